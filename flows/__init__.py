"""The conversation: YAML, its compiler and checker, and a pure step function."""
