"""One connection at a time to the mail server, and what each of its answers means for a message.

Alerts come in bursts of at most ``bot.alerts.AT_ONCE``. They queue for one connection, which is used for as long as
somebody waits for it and then closed: a server is greeted once a burst, never kept busy, and no idle connection goes
stale. When it could not be reached, or refused us, those that wait hear the same for a while without another
try: a wrong password tried eight times at once locks accounts.

What a failure means depends on how far the message got. Until its first byte has left, nothing was sent and trying
for days is right (``counted=False``). Afterwards it may have arrived although the answer never came. Replies of the
server name addresses, hosts and people; they go nowhere.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from pydantic import SecretStr

from bot.alerts import CannotDeliver, TryLater
from config.mail_server import MailServer

QUEUE_SECONDS, CONNECT_SECONDS, ADDRESS_SECONDS, DATA_SECONDS, QUIT_SECONDS = 14.0, 15.0, 10.0, 18.0, 2.0
"""How long each part may take: together less than ``bot.alerts.DELIVERY_SECONDS``, whose time-out could not tell
whether anything was sent."""
MOST_MESSAGES = 50
"""Messages over one connection; servers commonly end it at 100."""
UNREACHABLE_SECONDS, BUSY_SECONDS, REFUSED_SECONDS = 60.0, 300.0, 300.0
"""When to try again: greylisting asks for about five minutes, and a refused login for somebody to mend it."""

_PERMANENT = 500
_CLOSING = 421
_LOG_IN_FIRST = (530, 535, 538)

_UNREACHABLE = (SMTPException, OSError, TimeoutError, EOFError)


class Line:
    """The connection to the mail server, shared by all messages."""

    def __init__(
        self,
        server: MailServer,
        *,
        greeting: str,
        login: tuple[str, SecretStr] | None = None,
        authorities: Path | None = None,
        clock: Callable[[], float],
    ) -> None:
        """Prepare; nothing is opened yet.

        Args:
            server: where.
            greeting: the name to introduce ourselves by; the machine's own is nobody's business.
            login: user and password.
            authorities: a PEM file of certificate authorities to trust besides the system's.
            clock: seconds, from any start.

        Raises:
            OSError: the file of authorities cannot be read or holds no certificate (``ssl.SSLError`` is one).
        """
        self._server = server
        self._greeting = greeting
        self._login = login
        self._clock = clock
        self._context = ssl.create_default_context()
        if authorities is not None:
            self._context.load_verify_locations(cafile=authorities)
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._smtp: SMTP | None = None
        self._carried = 0
        self._down: tuple[float, TryLater] | None = None

    async def send(self, sender: str, recipient: str, message: bytes) -> None:
        """Hand one message in; whoever returns has the server's word for it.

        Raises:
            TryLater: not now.
            CannotDeliver: the server will never take this message for this recipient.
        """
        async with self._turn():
            smtp = await self._connected()
            try:
                await _address(smtp, sender, recipient)
                await _hand_in(smtp, message)
            except BaseException:
                self._close()
                raise
            self._carried += 1
            if not self._waiting or self._carried >= MOST_MESSAGES:
                await self._quit(smtp)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        self._waiting += 1
        try:
            async with asyncio.timeout(QUEUE_SECONDS):
                await self._lock.acquire()
        except TimeoutError:
            raise TryLater(None, "mail_busy", counted=False) from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._lock.release()

    async def _connected(self) -> SMTP:
        if self._smtp is not None and self._smtp.is_connected:
            return self._smtp
        if self._down is not None and self._clock() < self._down[0]:
            known = self._down[1]
            raise TryLater(known.after_seconds, known.code, counted=False)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                self._smtp = await self._connect()
        except TryLater as fault:
            self._down = (self._clock() + (fault.after_seconds or 0) / 2, fault)
            raise
        except TimeoutError:
            hung = TryLater(UNREACHABLE_SECONDS, "mail_unreachable", counted=False)
            self._down = (self._clock() + UNREACHABLE_SECONDS / 2, hung)
            raise hung from None
        self._down = None
        self._carried = 0
        return self._smtp

    async def _connect(self) -> SMTP:
        server = self._server
        smtp = SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname=self._greeting,
            use_tls=server.protection == "tls",
            start_tls=False,
            tls_context=self._context,
            timeout=CONNECT_SECONDS,
        )
        try:
            try:
                await smtp.connect()
                await smtp.ehlo()
            except _UNREACHABLE as error:
                raise _not_reached(error) from None
            if server.protection == "starttls":
                await _secure(smtp)
            if self._login is not None:
                await _log_in(smtp, *self._login)
        except BaseException:
            smtp.close()
            raise
        return smtp

    async def _quit(self, smtp: SMTP) -> None:
        """Take leave. What was handed in stays handed in, however this ends."""
        with suppress(*_UNREACHABLE):
            async with asyncio.timeout(QUIT_SECONDS):
                await smtp.quit()
        self._close()

    def _close(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


async def _secure(smtp: SMTP) -> None:
    """Turn TLS on, or send nothing: a stranger in between could have taken the offer out of the greeting."""
    try:
        await smtp.starttls()
        await smtp.ehlo()
    except ssl.SSLError:
        raise TryLater(REFUSED_SECONDS, "tls_failed", counted=False) from None
    except SMTPResponseException as error:
        code = "mail_busy" if error.code < _PERMANENT else "tls_failed"
        raise TryLater(REFUSED_SECONDS, code, counted=False) from None
    except (OSError, TimeoutError, EOFError) as error:
        raise _not_reached(error) from None
    except SMTPException:
        raise TryLater(REFUSED_SECONDS, "tls_not_offered", counted=False) from None


async def _log_in(smtp: SMTP, user: str, password: SecretStr) -> None:
    try:
        await smtp.login(user, password.get_secret_value())
    except SMTPResponseException as error:
        code = "mail_busy" if error.code < _PERMANENT else "login_refused"
        raise TryLater(REFUSED_SECONDS, code, counted=False) from None
    except (OSError, TimeoutError, EOFError) as error:
        raise _not_reached(error) from None
    except SMTPException:
        raise TryLater(REFUSED_SECONDS, "login_not_offered", counted=False) from None


async def _address(smtp: SMTP, sender: str, recipient: str) -> None:
    """Say from whom and to whom; nothing has been sent when this fails."""
    quiet = smtp.supports_extension("dsn")
    try:
        async with asyncio.timeout(ADDRESS_SECONDS):
            await smtp.mail(sender, options=["RET=HDRS"] if quiet else [])
            await smtp.rcpt(recipient, options=["NOTIFY=NEVER"] if quiet else [])
    except SMTPResponseException as error:
        raise _refused(error) from None
    except _UNREACHABLE as error:
        raise _not_reached(error) from None


async def _hand_in(smtp: SMTP, message: bytes) -> None:
    """Give the message; whatever goes wrong without a reply, it may have arrived."""
    try:
        async with asyncio.timeout(DATA_SECONDS):
            await smtp.data(message)
    except SMTPResponseException as error:
        raise _refused(error) from None
    except _UNREACHABLE:
        raise TryLater(None, "no_answer") from None


def _not_reached(error: BaseException) -> TryLater:
    """Say what it means that the server did not answer, or answered the greeting with a no."""
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return TryLater(REFUSED_SECONDS, "tls_failed", counted=False)
    if isinstance(error, SMTPResponseException):
        busy = error.code < _PERMANENT
        return TryLater(
            BUSY_SECONDS if busy else REFUSED_SECONDS, "mail_busy" if busy else "mail_refused", counted=False
        )
    return TryLater(UNREACHABLE_SECONDS, "mail_unreachable", counted=False)


def _refused(error: SMTPResponseException) -> TryLater | CannotDeliver:
    """Say what a reply of 400 and above means for the message it was given to."""
    match error:
        case SMTPResponseException() if error.code == _CLOSING:
            return TryLater(BUSY_SECONDS, "mail_busy", counted=False)
        case SMTPResponseException() if error.code < _PERMANENT:
            # Greylisting, a full mailbox, too many at once. The server does not have the message.
            return TryLater(BUSY_SECONDS, "told_to_wait", counted=False)
        case SMTPResponseException() if isinstance(error, SMTPSenderRefused) or error.code in _LOG_IN_FIRST:
            # About us, not about the recipient: all messages would meet it, and none is to blame.
            return TryLater(REFUSED_SECONDS, "sender_refused", counted=False)
        case SMTPRecipientRefused():
            return CannotDeliver("recipient_refused")
        case _:
            return CannotDeliver("refused")
