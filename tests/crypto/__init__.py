"""Tests of the crypto package, one file a module, and published vectors."""
