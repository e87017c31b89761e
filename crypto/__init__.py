"""Seals, receipts, the vault for drafts, padding. Pure: randomness comes in as an argument."""
