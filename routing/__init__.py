"""The directory of people, who is responsible and which counsellor fits. Pure functions."""
