"""What is kept: tables, the transaction of one turn, the outbox, clocks, retention."""
