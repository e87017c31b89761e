"""The tables, as SQLAlchemy Core knows them; the same for SQLite and PostgreSQL.

Nothing here names a person who reports. Sessions stand under a keyed pseudonym, reports under a random
reference; no column leads from one to the other. Times are whole hours or days since 1970 where they stand
beside anything of a person. On SQLite the tables have no rowid, so the order of rows tells no order of events.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

books = Table(
    "books",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Compiled conversations, for sessions that began with one that is no longer the present one."""

sessions = Table(
    "sessions",
    metadata,
    Column("pseudonym", LargeBinary(32), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("touched_hour", Integer, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Conversations under way. ``body`` is encrypted by the vault; ``version`` is for compare-and-swap."""

slots = Table(
    "slots",
    metadata,
    Column("pseudonym", LargeBinary(32), ForeignKey("sessions.pseudonym", ondelete="CASCADE"), primary_key=True),
    Column("slot", String(32), primary_key=True),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Words of a draft, padded and encrypted under the draft's own key, which stands in the session's ``body``."""

inbox = Table(
    "inbox",
    metadata,
    Column("mark", LargeBinary(32), primary_key=True),
    Column("day", Integer, nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""Deliveries already done, as keyed marks."""

documents = Table(
    "documents",
    metadata,
    Column("reference", String(8), primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("day", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("lookup", LargeBinary(32), nullable=True, unique=True),
    Column("mailbox", LargeBinary, nullable=True),
    sqlite_with_rowid=False,
)
"""Sealed reports and referral notices. ``lookup`` and ``mailbox`` come from the receipt (reports only)."""

statuses = Table(
    "statuses",
    metadata,
    Column("reference", String(8), ForeignKey("documents.reference", ondelete="CASCADE"), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("day", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""How far a report has come, one of ``cases.mailbox.STATUSES``; no row yet means "received"."""

additions = Table(
    "additions",
    metadata,
    Column("reference", String(8), ForeignKey("documents.reference", ondelete="CASCADE"), primary_key=True),
    Column("about", String(8), ForeignKey("documents.reference", ondelete="CASCADE"), nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""What a person added later: a sealed document of its own, and the report it belongs to."""

messages = Table(
    "messages",
    metadata,
    Column("reference", String(8), ForeignKey("documents.reference", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("recipient", String(64), nullable=False),
    Column("day", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Answers to the person who told, sealed to the mailbox key of their receipt. ``recipient`` is who wrote it."""

tombstones = Table(
    "tombstones",
    metadata,
    Column("lookup", LargeBinary(32), primary_key=True),
    Column("day", Integer, nullable=False),
    Column("ended", String(16), nullable=False),
    sqlite_with_rowid=False,
)
"""What is left of a report that is gone: that it ended, "withdrawn" or "expired", for whoever has its number."""

tries = Table(
    "tries",
    metadata,
    Column("mark", LargeBinary(32), primary_key=True),
    Column("wrong", Integer, nullable=False),
    Column("until_minute", Integer, nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""Wrong numbers typed, by the keyed pseudonym of whoever typed them, and until when they have to wait."""

wraps = Table(
    "wraps",
    metadata,
    Column("reference", String(8), ForeignKey("documents.reference", ondelete="CASCADE"), primary_key=True),
    Column("recipient", String(64), primary_key=True),
    Column("turn", Integer, nullable=False),
    Column("key_id", String(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("acknowledged_hour", Integer, nullable=True),
    sqlite_with_rowid=False,
)
"""The content key of a document, wrapped for one recipient; ``turn`` is 0 for the first in the chain."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("template", String(32), nullable=False),
    Column("reference", String(8), nullable=False),
    Column("recipient", String(64), nullable=False),
    Column("priority", String(8), nullable=False),
    Column("deadline_hour", Integer, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("fault", String(32), nullable=True),
    UniqueConstraint("template", "reference", "recipient", name="outbox_once"),
    Index("outbox_due", "state", "due"),
    sqlite_with_rowid=False,
)
"""What must go out: a template and ids, never text. ``state``: waiting, sent, done (no longer needed), dead.

``due`` is in unix seconds; at submission it is counted from a full hour. ``fault`` is a code, never a message.
"""

staff = Table(
    "staff",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("mark", LargeBinary(32), nullable=False, unique=True),
    Column("address", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Staff accounts in the staff bot: a keyed mark for coming in, an encrypted address for going out."""

invites = Table(
    "invites",
    metadata,
    Column("mark", LargeBinary(32), primary_key=True),
    Column("person", String(64), nullable=False),
    Column("expires_hour", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""One-time codes for linking a staff account, as keyed marks."""

duty = Table(
    "duty",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("until_hour", Integer, nullable=True),
    sqlite_with_rowid=False,
)
"""Who has said that they are away: until an hour since 1970, or until they are back (NULL)."""

trials = Table(
    "trials",
    metadata,
    Column("reference", String(8), primary_key=True),
    Column("person", String(64), nullable=False, index=True),
    Column("sent_day", Integer, nullable=False),
    Column("answered_day", Integer, nullable=True),
    sqlite_with_rowid=False,
)
"""Test alerts, and whether they were answered; days since 1970."""

logins = Table(
    "logins",
    metadata,
    Column("mark", LargeBinary(32), primary_key=True),
    Column("attempt", LargeBinary(32), nullable=False, unique=True),
    Column("person", String(64), nullable=False),
    Column("key_id", String(32), nullable=False),
    Column("expires_minute", Integer, nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""Open sessions of staff over the staff API: keyed marks of the token and of the attempt that it was given for."""

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("hour", Integer, nullable=False),
    Column("person", String(64), nullable=False),
    Column("act", String(16), nullable=False),
    Column("reference", String(8), nullable=False, index=True),
    Column("digest", LargeBinary(32), nullable=False),
    sqlite_with_rowid=False,
)
"""Who did what with which document in which hour, each line sealed to the one before (``cases.audit``)."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    sqlite_with_rowid=False,
)
"""The last line's number and digest, in one row: it is locked to write the next, and shows if lines are missing."""

installation = Table(
    "installation",
    metadata,
    Column("use", String(8), primary_key=True),
    sqlite_with_rowid=False,
)
"""One row: "live", or "practice" for invented cases (``cases.practice``)."""

editions = Table(
    "editions",
    metadata,
    Column("signer", String(32), primary_key=True),
    Column("serial", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    sqlite_with_rowid=False,
)
"""The highest edition of the signed directory that was in use, by the key that signed it."""
