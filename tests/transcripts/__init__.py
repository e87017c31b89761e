"""Whole conversations as data, and one test that holds every door to them."""
