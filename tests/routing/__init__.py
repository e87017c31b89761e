"""Tests of the directory and of who is responsible."""
