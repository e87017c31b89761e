"""The address that a server is known by, which a staff member's login is bound to: the same words on both sides.

A module of its own, because staff's own computers need it and nothing else of the server.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Names of this very machine: what they name is nobody else's server."""


def place_of(public_origin: str | None, host: str) -> str | None:
    """The address that people know this server by, as ``crypto.login`` binds it; None: it is not known.

    Args:
        public_origin: the setting.
        host: what the request says. It counts only where it names this very machine, as in a demonstration.
    """
    if public_origin is not None:
        return authority(public_origin)
    name = host.lower()
    return name if re.sub(r":\d+$", "", name) in LOCAL else None


def authority(address: str) -> str:
    """Host and port of a web address: in lower case, without the port that goes without saying."""
    parts = urlsplit(address.lower())
    return parts.netloc.removesuffix({"https": ":443", "http": ":80"}.get(parts.scheme, ""))
