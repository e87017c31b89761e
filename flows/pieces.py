"""The small pieces flow files are made of, read with every fault noted and none fatal.

Each method gives something usable whatever it meets, so that an author sees all faults at once. Checks that need
the whole book (is there such a node? such a slot?) are noted here and made at the end.
"""

from __future__ import annotations

import re
from string import Formatter

from flows.book import PASSED, RETURN, SKIPPED, Phrase
from flows.reading import Branch, Leaf, Listing, Mapping, Place

PLACEHOLDERS = {
    "leave",
    "contacts",
    "services",
    "care",
    "misconduct",
    "child_rule",
    "receipt",
    "case",
    "holders",
    "answers",
}
"""Names that may stand in braces in a text; the outside fills them."""

_ID = re.compile(r"[a-z0-9][a-z0-9_]{0,31}\Z")


class Pieces:
    """Reads pieces and collects faults, and what is to be checked once everything has been read."""

    def __init__(self) -> None:
        self.faults: list[tuple[Place, str]] = []
        self.targets: list[tuple[Place, str]] = []
        self.anew: list[tuple[Place, str]] = []
        self.uses: list[tuple[Place, str]] = []
        self.wishes: list[tuple[Place, str]] = []

    def fault(self, place: Place, message: str) -> None:
        """Note a fault, once."""
        if (place, message) not in self.faults:
            self.faults.append((place, message))

    # --- plain values ---

    def id(self, leaf: Leaf) -> str:
        """A name as this house writes them."""
        if not _ID.match(leaf.text):
            self.fault(leaf.place, f"'{leaf.text}' is not a name: small letters, digits and _, at most 32")
        elif leaf.text in {SKIPPED, PASSED}:
            self.fault(leaf.place, f"'{leaf.text}' means that a question was not answered; take another name")
        return leaf.text

    def mapping(self, branch: Branch | None) -> tuple[tuple[Leaf, Branch], ...]:
        """The pairs of a mapping; none where it is absent."""
        if isinstance(branch, Mapping):
            return branch.items
        if branch is not None:
            self.fault(branch.place, "here a mapping is expected")
        return ()

    def leaves(self, branch: Branch | None) -> tuple[Leaf, ...]:
        """The words of a list; none where it is absent."""
        if isinstance(branch, Listing) and all(isinstance(item, Leaf) for item in branch.items):
            return tuple(item for item in branch.items if isinstance(item, Leaf))
        if branch is not None:
            self.fault(branch.place, "here a list of words is expected")
        return ()

    def leaf(self, node: Mapping, key: str, place: Place) -> Leaf | None:
        """The text under ``key``, which must be there."""
        value = node.get(key)
        if isinstance(value, Leaf):
            return value
        self.fault(value.place if value else place, f"'{key}' is missing or is not a text")
        return None

    def flag(self, node: Mapping, key: str, *, default: bool) -> bool:
        """``true`` or ``false`` under ``key``."""
        value = node.get(key)
        if value is None:
            return default
        if isinstance(value, Leaf) and value.text in {"true", "false"}:
            return value.text == "true"
        self.fault(value.place, f"'{key}' is true or false")
        return default

    # --- words ---

    def phrase(self, context: str, leaf: Leaf | None) -> Phrase:
        """Words to be shown. What stands in braces in them must be something the outside can fill."""
        if leaf is None:
            return Phrase(context, "")
        text = leaf.text.strip()
        if not text:
            self.fault(leaf.place, f"'{context}' has no words")
        try:
            parts = list(Formatter().parse(text))
        except ValueError:
            self.fault(leaf.place, f"a brace in '{context}' stands alone")
            parts = []
        for _, name, form, change in parts:
            if name is not None and (name not in PLACEHOLDERS or form or change):
                self.fault(leaf.place, f"nobody can fill '{{{name}}}' in '{context}'")
        return Phrase(context, text)

    # --- names of nodes ---

    def target(self, branch: Branch, *, back: bool = True) -> str:
        """The name of a node; with ``back`` also ``@return``."""
        if not isinstance(branch, Leaf):
            self.fault(branch.place, "here the name of a node is expected")
            return RETURN
        if branch.text == RETURN and not back:
            self.fault(branch.place, f"there is nothing to return to: '{RETURN}' cannot stand here")
        self.targets.append((branch.place, branch.text))
        return branch.text

    def maybe_target(self, node: Mapping, key: str, *, back: bool = True) -> str | None:
        """The name of a node under ``key``, if there is one."""
        branch = node.get(key)
        return None if branch is None else self.target(branch, back=back)
