"""Linnet as a whole: real processes, a real database, and everything that can happen to them."""
