"""The doors: one file a channel, and the one turn they all call."""
