"""Stand-ins for the outside world: a strict Bot API server."""
