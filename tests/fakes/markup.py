"""Text as Telegram takes it: cleaned, trimmed, and with HTML turned into entities.

The server replaces control characters, drops the separators and direction overrides U+2028 to U+202E
(isolates U+2066 to U+2069 stay), and trims the ends; what is then empty is refused. Offsets of entities
count UTF-16 units, as in the Bot API.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from tests.fakes.errors import breach

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
_DROPPED = re.compile("[\r\u2028-\u202e]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SEEN_AS_NOTHING = re.compile("[\\s\u1680\u180e\u2000-\u200f\u202f\u205f\u2800\u3000\ufffc]*")
_TOKEN = re.compile(r"<(?P<close>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9-]*)(?P<attrs>[^<>]*)>|&(?P<name>#?\w+);|(?P<stray><)")
_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
}  # fmt: skip
_NAMED = {"lt", "gt", "amp", "quot"}


@dataclass(frozen=True, slots=True)
class Text:
    """Cleaned text and its entities."""

    value: str
    entities: tuple[dict[str, Any], ...] = ()


def clean(text: str) -> str:
    """The text as the server would keep it."""
    kept = _CONTROL.sub(" ", _DROPPED.sub("", text)).strip()
    return "" if _SEEN_AS_NOTHING.fullmatch(kept) else kept


def parse_text(params: Mapping[str, Any]) -> Text:
    """Reads the text of a message: 1 to 4,096 code points; raises a 400."""
    text = _parse(params["text"], params.get("parse_mode"), params.get("entities"))
    if not text.value:
        raise breach("message text is empty")
    if len(text.value) > LONGEST_TEXT:
        raise breach("message is too long")
    return text


def parse_caption(params: Mapping[str, Any]) -> Text:
    """Reads the caption of a document: at most 1,024 code points; raises a 400."""
    text = _parse(params.get("caption", ""), params.get("parse_mode"), params.get("caption_entities"))
    if len(text.value) > LONGEST_CAPTION:
        raise breach("message caption is too long")
    return text


def _parse(text: str, parse_mode: str | None, entities: list[dict[str, Any]] | None) -> Text:
    if parse_mode and entities:
        raise breach("fake server: both parse_mode and entities")
    parsed = _html(text) if parse_mode == "HTML" else Text(clean(text), tuple(entities or ()))
    for entity in parsed.entities:
        if entity["offset"] + entity["length"] > utf16(parsed.value):
            raise breach("fake server: an entity beyond the end of the text")
    return parsed


def utf16(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def _html(source: str) -> Text:
    out: list[str] = []
    found: list[dict[str, Any]] = []
    open_tags: list[tuple[str, int, str]] = []
    position = 0
    for token in _TOKEN.finditer(source):
        out.append(source[position : token.start()])
        position = token.end()
        here = utf16("".join(out))
        byte = len(source[: token.start()].encode())
        if token["stray"]:
            raise _unparsable(f"Unsupported start tag at byte offset {byte}")
        if token["name"]:
            out.append(_reference(token[0], token["name"]))
        elif token["close"]:
            _close(token["tag"].lower(), open_tags, found, here, byte)
        else:
            tag = token["tag"].lower()
            if tag not in _TAGS and tag != "span":
                raise _unparsable(f'Unsupported start tag "{tag}" at byte offset {byte}')
            open_tags.append((tag, here, token["attrs"]))
    if open_tags:
        raise _unparsable(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    out.append(source[position:])
    return _trimmed("".join(out), found)


def _reference(whole: str, name: str) -> str:
    # Telegram knows four named references and all numeric ones; others stay as they were written.
    return unescape(whole) if name in _NAMED or name.startswith("#") else whole


def _close(tag: str, open_tags: list[tuple[str, int, str]], found: list[dict[str, Any]], here: int, byte: int) -> None:
    if not open_tags:
        raise _unparsable(f"Unexpected end tag at byte offset {byte}")
    expected, start, attrs = open_tags.pop()
    if tag != expected:
        raise _unparsable(f'Unmatched end tag at byte offset {byte}, expected "</{expected}>", found "</{tag}>"')
    if here > start:
        entity: dict[str, Any] = {"type": _TAGS.get(tag, "spoiler"), "offset": start, "length": here - start}
        if tag == "a" and (href := re.search(r"href\s*=\s*[\"']?([^\"'\s]+)", attrs)):
            entity["url"] = href[1]
        found.append(entity)


def _trimmed(text: str, found: list[dict[str, Any]]) -> Text:
    kept = clean(text)
    shift = utf16(text) - utf16(text.lstrip())
    end = utf16(kept)
    moved = []
    for entity in sorted(found, key=lambda e: (e["offset"], -e["length"])):
        start = max(entity["offset"] - shift, 0)
        length = min(entity["offset"] - shift + entity["length"], end) - start
        if length > 0:
            moved.append({**entity, "offset": start, "length": length})
    return Text(kept, tuple(moved))


def _unparsable(why: str) -> Exception:
    # A bot that lets people's words into its markup fails here: that is a bug, not bad luck.
    return breach(f"can't parse entities: {why}")
