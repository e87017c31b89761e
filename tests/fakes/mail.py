"""A real SMTP server (aiosmtpd) on a free port of this machine, which keeps what it takes and fails when told to."""

# ruff: noqa: N802, ARG002 -- the hooks and their arguments are aiosmtpd's

from __future__ import annotations

import asyncio
import ssl
from email import message_from_bytes
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD = "linnet", "canary-password-9"


class PostOffice:
    """What the server does, one fault for each time it is asked, and what it saw."""

    def __init__(self, *, dsn=True):
        self.dsn = dsn
        self.connections = 0
        self.greetings = []
        self.senders = []
        self.options = []
        self.logins = 0
        self.letters = []
        self.raw = []
        self.faults = {"MAIL": [], "RCPT": [], "DATA": []}
        self.open_now = self.most_open = 0

    def fail(self, command, *replies):
        """Answer the next commands of a kind with these; None is for the usual answer, "drop" hangs up."""
        self.faults[command] += replies

    def _reply(self, server, command):
        reply = self.faults[command].pop(0) if self.faults[command] else None
        if reply == "drop":
            server.transport.abort()
        return reply

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        self.greetings.append(hostname)
        return [*responses[:-1], "250-DSN", responses[-1]] if self.dsn else responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        reply = self._reply(server, "MAIL")
        if reply is None:
            self.senders.append(address)
            envelope.mail_from = address
        return reply or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = self._reply(server, "RCPT")
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        reply = self._reply(server, "DATA")
        if reply in (None, "drop"):
            self.raw.append(envelope.content)
            self.letters.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content, policy=default)))
        return reply or "250 OK"

    def authenticate(self, server, session, envelope, mechanism, auth_data):
        self.logins += 1
        right = (auth_data.login, auth_data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)


class Counter(SMTP):
    """aiosmtpd with the DSN extension's parameters (RFC 3461), and an eye on its connections."""

    def connection_made(self, transport):
        if self._original_transport is None:  # else it is the same connection, now with TLS
            self.event_handler.connections += 1
            self.event_handler.open_now += 1
            self.event_handler.most_open = max(self.event_handler.most_open, self.event_handler.open_now)
        super().connection_made(transport)

    def connection_lost(self, error):
        self.event_handler.open_now -= 1
        super().connection_lost(error)

    def _getparams(self, params):
        if not self.event_handler.dsn:
            return super()._getparams(params)
        kept = [one for one in params if not one.upper().startswith(("RET=", "NOTIFY="))]
        self.event_handler.options += [one for one in params if one not in kept]
        return super()._getparams(kept)


class Served:
    """The server while it runs; ``stop`` and ``start`` may be called again and again, on the same port."""

    def __init__(self, office, *, tls=None, implicit=False, login=False):
        self.office, self.tls, self.implicit, self.login = office, tls, implicit, login
        self.port = 0

    async def start(self):
        more = {}
        if self.tls is not None and not self.implicit:
            more |= {"tls_context": self.tls, "require_starttls": True}
        if self.login:
            more |= {"authenticator": self.office.authenticate, "auth_required": True}
        self.server = await asyncio.get_running_loop().create_server(
            lambda: Counter(self.office, hostname="mx.example", **more),
            "127.0.0.1",
            self.port,
            ssl=self.tls if self.implicit else None,
        )
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self):
        self.server.close()
        await self.server.wait_closed()

    async def __aenter__(self):
        await self.start()
        return self

    async def __aexit__(self, *error):
        await self.stop()


def server_tls(authority, *names):
    """A server's TLS with a certificate of a trustme authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context
