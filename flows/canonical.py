"""The one canonical form of a book: what its digest is taken of, and what is stored for open conversations."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from flows.book import Book, Call, Choose, Decide, Do, Node, Option, Phrase, Rule, Say, Text
from flows.errors import BookError


def to_json(book: Book) -> str:
    """The canonical JSON of a book: sorted keys, no spaces, no digest."""
    plain = asdict(book)
    del plain["digest"]
    plain["nodes"] = {
        name: {"kind": type(book.nodes[name]).__name__}
        | {key: value for key, value in node.items() if _said(key, value)}
        for name, node in plain["nodes"].items()
    }
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


_YOUNGER = ("apart", "once", "wishes")
"""Fields that books did not always have. Left out when empty, so that the digest of an older book stays what it was."""


def _said(key: str, value: object) -> bool:
    return bool(value) or key not in _YOUNGER


def with_digest(book: Book) -> Book:
    """The same book, named by the SHA-256 of its canonical form."""
    digest = hashlib.sha256(to_json(book).encode()).hexdigest()
    return Book(digest, book.start, book.languages, book.attrs, book.interrupts, book.loose, book.enough, book.nodes)


def from_json(text: str) -> Book:
    """The book that ``to_json`` gave; for conversations that began with an earlier book.

    Raises:
        BookError: the text is not a book.
    """
    try:
        plain = json.loads(text)
        nodes = {name: _node(value) for name, value in plain["nodes"].items()}
        attrs = {name: tuple(values) for name, values in plain["attrs"].items()}
        languages = tuple(plain["languages"])
        book = Book("", plain["start"], languages, attrs, plain["interrupts"], plain["loose"], plain["enough"], nodes)
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        raise BookError("this is not a stored book") from error
    return with_digest(book)


def _node(plain: dict[str, Any]) -> Node:
    kind = plain.pop("kind")
    match kind:
        case "Choose" | "Say":
            plain["options"] = tuple(
                Option(**{**option, "label": _phrase(option["label"])}) for option in plain["options"]
            )
            words = "ask" if kind == "Choose" else "say"
            plain[words] = _phrase(plain[words])
            return Choose(**plain) if kind == "Choose" else Say(**plain)
        case "Text":
            return Text(**{**plain, "ask": _phrase(plain["ask"])})
        case "Decide":
            rules = tuple(
                Rule(tuple((attr, tuple(values)) for attr, values in rule["when"]), rule["to"])
                for rule in plain["rules"]
            )
            return Decide(plain["name"], rules)
        case "Call":
            outcomes = tuple((name, to) for name, to in plain["outcomes"])
            uses, forgets, wishes = (tuple(plain.get(key, ())) for key in ("uses", "forgets", "wishes"))
            return Call(plain["name"], plain["call"], uses, outcomes, forgets, wishes)
        case "Do":
            return Do(**plain)
        case _:
            raise ValueError(kind)


def _phrase(plain: dict[str, Any]) -> Phrase:
    return Phrase(plain["context"], plain["english"], tuple((tag, name) for tag, name in plain["names"]))
