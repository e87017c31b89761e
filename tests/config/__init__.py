"""Tests of settings and care content."""
