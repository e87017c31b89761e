"""The way to a focal point by e-mail: a neutral message with the sealed file, from an address nobody reads.

Mail lies about in many places: on lock screens, in search indexes, in other people's inboxes when somebody is away.
So a message holds what an alert may hold (reference, priority, deadline) and a file that only one key opens. What an
answer, an absence note or a bounce would carry back is content too, and must not reach the operator: answers are
directed to an address that cannot exist (RFC 2606), programs are asked not to answer (RFC 3834), and servers are
asked to send no bounces (RFC 3461, in ``bot.mail_line``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bot.alert_words import Words, alert_text, language_of
from bot.alerts import CannotDeliver, Notice, NoWay
from bot.mail_line import Line
from cases.outbox import GAP
from config.mail_server import is_mailbox
from crypto.vault import Vault
from locales.isolate import fill

NOWHERE = "no-reply@no-reply.invalid"
"""Where answers go: RFC 2606 promises that the domain never exists, so they stay in the sender's own server."""

_POLICY = SMTP.clone(cte_type="7bit")
"""For servers that take no more than seven bits a byte; the default would trust them with eight."""
_MESSAGE_ID_LABEL = "mail message id"
_MESSAGE_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class MailStaff:
    """Sends alerts to people whose entry in the directory has an e-mail address.

    Attributes:
        line: the connection to the mail server.
        sender: the address that messages come from.
        words: for every language that is supported.
        vault: names messages, so that a repeat has the same name and a mail program can show it once.
        clock: unix seconds.
    """

    line: Line = field(repr=False)
    sender: str = field(repr=False)
    words: Words = field(repr=False)
    vault: Vault = field(repr=False)
    clock: Callable[[], float]

    async def deliver(self, notice: Notice) -> None:
        """Send one alert; see ``bot.alerts.Courier``."""
        if notice.person.email is None:
            raise NoWay("no_email")
        address = _ascii(notice.person.email)
        try:
            message = self._message(notice, address)
        except KeyError:
            raise CannotDeliver("no_words") from None
        await self.line.send(self.sender, address, message.as_bytes())

    def _message(self, notice: Notice, address: str) -> EmailMessage:
        language = language_of(self.words, notice.person)
        # A gap stands under a day and not under a reference (``bot.schedule``); the text below says all there is to it.
        named = notice.alert.template != GAP
        subject = self.words.word(language, "staff_mail_subject" if named else "staff_mail_subject_plain")
        text = [alert_text(self.words, notice.person, notice.alert)]
        if notice.sealed is not None:
            text.append(self.words.word(language, "staff_mail_open"))
        text.append(self.words.word(language, "staff_mail_no_reply"))
        message = EmailMessage(policy=_POLICY)
        message["From"] = self.sender
        message["To"] = address
        message["Reply-To"] = NOWHERE
        message["Subject"] = fill(subject, {"reference": notice.alert.reference}, self.words.direction(language))
        message["Date"] = _hour(self.clock())
        message["Message-ID"] = self._name(notice)
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"  # Exchange does not heed the line above
        if notice.alert.priority == "urgent":
            message["Importance"] = "high"
        message.set_content("\n\n".join(text) + "\n", charset="utf-8")
        if notice.sealed is not None:
            message.add_attachment(
                notice.sealed, maintype="application", subtype="octet-stream", filename=notice.file_name
            )
        return message

    def _name(self, notice: Notice) -> str:
        """A name that is the same for a repeat and says nothing: no time, no machine, nobody's id."""
        alert = notice.alert
        mark = self.vault.mark(_MESSAGE_ID_LABEL, f"{alert.template}/{alert.reference}/{alert.recipient}")
        return f"<{mark[:_MESSAGE_ID_BYTES].hex()}@{self.sender.rpartition('@')[2]}>"


def _hour(now: float) -> str:
    """The full hour before now, as a Date that tells no time zone ("-0000", RFC 5322, 3.3).

    An alert leaves within a second of its report. Servers on the way note when they saw it; we need not.
    """
    hour = datetime.fromtimestamp(int(now) // 3600 * 3600, tz=UTC)
    return format_datetime(hour.replace(tzinfo=None))


def _ascii(address: str) -> str:
    """An address as it goes over the wire, its domain in ASCII (IDNA)."""
    local, _, domain = address.rpartition("@")
    try:
        plain = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        plain = ""
    if not is_mailbox(plain):
        raise CannotDeliver("address_unusable")
    return plain
