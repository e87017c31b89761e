"""What a form of ours sends back, and what it means.

Hidden in each form are ``session`` (the only place where the token lives: no cookie, no address), ``seq`` (the
screen it was drawn for), ``form`` (random, new for each page drawn), ``was`` (a digest of what stood in the box) and
``language``. The same page sent twice, by a double tap or a reload, gives the same delivery and so changes nothing;
another button, or other words, from that page is another delivery, and the turn tells by ``seq`` whether it comes too
late. ``form`` is there because a token can have two lives: after "Leave", a page brought back from the browser's
memory begins anew under its old token, and its first answers must not be taken for repeats.

Every form also holds an unseen password field, ``unkept``, which means nothing here. Chromium (and whatever is made of
it) writes the pages of each tab to a file from which it restores them, and with a page the form that led to it: the
words and the token, in the clear, and there they stay after "Leave" for as long as the browser likes. It leaves out
forms that hold a password. The field is named as a one-time code, so that no browser offers to remember it; one
character is too short for Firefox to ask either. Measured with Chromium 150 (``tests/bot/test_web_chromium.py``).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from bot.incoming import Happened, Tap, Typed
from flows.state import Secret

LEAVE = "!leave"
DONE = "!done"
SKIP = "!skip"
ERASE = "erase"
KEEPS_WORDS = ("!help", "!language", "!back", "!delete", "!enough")
"""Asides from which one comes back: what already stands in the box is kept first."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_FORM = re.compile(r"[A-Za-z0-9_-]{16}", re.ASCII)
_SEQ = re.compile(r"[0-9]{1,18}", re.ASCII)
_BUTTON_LENGTH = 64
_FIELDS = 16


class Malformed(Exception):  # noqa: N818 -- it describes the form
    """This is not a form of ours."""


@dataclass(frozen=True, slots=True)
class Posted:
    """One form as it came. ``session`` is ``None`` for the start page. Only the language shows in its repr."""

    session: str | None = field(repr=False)
    seq: int = field(repr=False)
    form: str = field(repr=False)
    button: str | None = field(repr=False)
    words: str | None = field(repr=False)
    was: str = field(repr=False)
    language: str


def new_token() -> str:
    """A session: 32 random bytes in base64url."""
    return secrets.token_urlsafe(32)


def new_form() -> str:
    """The mark of one page drawn: 12 random bytes in base64url."""
    return secrets.token_urlsafe(12)


def digest(words: str | None) -> str:
    """What ``was`` says about the words in the box: "" for none. It goes only to who can read the words anyway."""
    plain = _plain(words or "").strip()
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:32] if plain else ""


def parse(body: bytes) -> Posted:
    """Read a form.

    Raises:
        Malformed: not a form of ours: a field twice, too many fields, a token or number that we never gave out.
    """
    try:
        pairs = parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        raise Malformed from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Malformed
    button = fields.get("button")
    if button is not None and not (0 < len(button) <= _BUTTON_LENGTH):
        raise Malformed
    session = fields.get("session")
    words = fields.get("words")
    if session is None:
        return Posted(None, 0, "", button, None, "", fields.get("language", ""))
    seq, form = fields.get("seq", ""), fields.get("form", "")
    if not _TOKEN.fullmatch(session):
        raise Malformed
    if button != LEAVE and not (_SEQ.fullmatch(seq) and _FORM.fullmatch(form)):
        raise Malformed
    if button is None and words is None:
        raise Malformed
    return Posted(
        session,
        int(seq) if _SEQ.fullmatch(seq) else 0,
        form,
        button,
        None if words is None else _plain(words),
        fields.get("was", ""),
        fields.get("language", ""),
    )


def _plain(words: str) -> str:
    """Line ends as everybody but a form writes them."""
    return words.replace("\r\n", "\n").replace("\r", "\n")


def meant(posted: Posted) -> tuple[Happened, ...]:
    """What the person did, in order.

    Continue with words in the box sends them whole. An untouched box means "keep". An empty box means "skip", and
    one that was emptied means "erase what I wrote". A button that skips says no to the words in the box too: at some
    questions the words go out at once, and only Continue may do that.
    """
    if posted.button is not None:
        tap = Tap(posted.button, posted.seq)
        if posted.button in KEEPS_WORDS and _changed(posted):
            return (Typed(Secret(posted.words or ""), posted.seq), tap)
        return (tap,)
    if not (posted.words or "").strip():
        return (Tap(ERASE if posted.was else SKIP, posted.seq),)
    if not _changed(posted):
        return (Tap(DONE, posted.seq),)
    return (Typed(Secret(posted.words or ""), posted.seq, final=True),)


def _changed(posted: Posted) -> bool:
    """Whether the box holds words other than those it was drawn with."""
    now = digest(posted.words)
    return now not in ("", posted.was)


def delivery(posted: Posted, happened: Happened) -> str:
    """The name of this delivery: equal for repeats of the same act on the same page, else not."""
    match happened:
        case Tap(button=button):
            act = f"tap:{button}"
        case Typed(words=words):
            act = f"words:{digest(words.reveal())}"
        case _:
            act = type(happened).__name__.lower()
    return f"{posted.session}:{posted.form}:{act}"
