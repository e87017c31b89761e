"""What is kept: the outbox, staff accounts, the transaction of a turn."""
