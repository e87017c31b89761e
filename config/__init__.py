"""Settings, the demo directory and care content."""
