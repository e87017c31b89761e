"""Alembic's environment; the same migrations serve SQLite and PostgreSQL."""
