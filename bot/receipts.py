"""Deriving receipts: slow on purpose, so in a thread of its own, one after the other.

Each takes 64 MiB; ``crypto.passwords`` says why not side by side. A thread, not a lock around any thread: a turn that
is cancelled would let go of the lock at once, while its derivation goes on.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from crypto.receipt import ReceiptKeys, derive

_HASHING = ThreadPoolExecutor(1, thread_name_prefix="receipt")


async def keys_of(receipt: str, pepper: bytes) -> ReceiptKeys:
    """Derive the keys of sixteen digits without holding up anybody else's turn."""
    return await asyncio.get_running_loop().run_in_executor(_HASHING, partial(derive, receipt, pepper=pepper))
