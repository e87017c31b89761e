"""The mail server that alerts leave through, as an operator writes it: ``host:port``, or an address with a scheme.

``smtp://`` is the submission protocol with STARTTLS (RFC 3207), ``smtps://`` is TLS from the first byte (RFC 8314).
Without a scheme it is ``smtp://``. What a stranger on the way could read or change is not left to be chosen by
accident: only a server on this very machine is spoken to in the clear, unless ``LINNET_SMTP_TLS`` says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal, TypeAlias

SUBMISSION, SUBMISSIONS = 587, 465
"""Ports of RFC 6409 and RFC 8314."""
LAST_PORT = 65_535

Protection: TypeAlias = Literal["tls", "starttls", "none"]

_ADDRESS = re.compile(
    r"(?:(?P<scheme>smtps?)://)?(?:\[(?P<six>[0-9a-fA-F:]+)\]|(?P<host>[A-Za-z0-9.-]+))(?::(?P<port>\d{1,5}))?/?"
)
# Dot-atoms and letters, digits and hyphens (RFC 5321, 4.1.2), without the quoted and literal forms nobody uses.
_MAILBOX = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_LONGEST_MAILBOX = 254


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where alerts by e-mail are handed in.

    Attributes:
        host: a name or an address.
        port: 1 to 65535.
        protection: "tls" from the first byte, "starttls" (nothing is sent without it), or "none".
    """

    host: str
    port: int
    protection: Protection

    @property
    def here(self) -> bool:
        """Whether it is this very machine, so that nothing passes over a wire."""
        if self.host.lower() == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def exposed(self) -> bool:
        """Whether somebody on the way could read and change what is sent, password included."""
        return self.protection == "none" and not self.here


def parse_mail_server(text: str, tls: Literal["required", "off"] | None = None) -> MailServer:
    """Read a mail server's address.

    Args:
        text: ``host:port``, ``smtp://host[:port]`` or ``smtps://host[:port]``; IPv6 in brackets. No user, no path.
        tls: "required": STARTTLS even on this machine; "off": never; None: everywhere but on this machine.

    Raises:
        ValueError: another form; the message does not repeat it, since people put passwords in such addresses.
    """
    found = _ADDRESS.fullmatch(text)
    if found is None or not (found["scheme"] or found["port"]):
        raise ValueError("must be HOST:PORT, smtp://HOST:PORT or smtps://HOST:PORT, without user or password")
    if found["scheme"] == "smtps":
        if tls == "off":
            raise ValueError("smtps:// and smtp_tls=off contradict each other")
        server = MailServer(found["six"] or found["host"], int(found["port"] or SUBMISSIONS), "tls")
    else:
        server = MailServer(found["six"] or found["host"], int(found["port"] or SUBMISSION), "starttls")
        if tls == "off" or (tls is None and server.here):
            server = MailServer(server.host, server.port, "none")
    if not 0 < server.port <= LAST_PORT:
        raise ValueError("the port must be 1 to 65535")
    return server


def is_mailbox(text: str) -> bool:
    """Say whether a text is a plain address such as ``name@example.org``: ASCII, without display name or quotes."""
    return len(text) <= _LONGEST_MAILBOX and _MAILBOX.fullmatch(text) is not None
