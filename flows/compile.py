"""From flow files to a book: every shape checked, every target and option known, one canonical digest.

The compiler finds what can be seen by looking at each line (a misspelt target, an option missing from its
closed set, a question that cannot be skipped, free text that is not sealed). What needs walking the whole
conversation is the checker's (``flows.check``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from collections.abc import Sequence

from flows.book import (
    INTERRUPTS,
    KEPT,
    LANGUAGE,
    RETURN,
    SKIPPED,
    UNSURE,
    Book,
    Call,
    Choose,
    Decide,
    Do,
    Node,
    Option,
    Phrase,
    Rule,
    Say,
    Text,
)
from flows.canonical import with_digest
from flows.errors import BookError, Fault
from flows.reading import Branch, Leaf, Listing, Mapping, Place, read

Vocabulary = Dict[str, Sequence[tuple[str, Dict[str, str]]]]
"""Closed sets that come from outside the flow files: name -> (id, {language: proper name}), in order."""

OUTCOMES = {"submit": ("sent", "nobody"), "refer": ("sent", "nobody")}
"""What can be called, and every outcome each call can have."""

PLACEHOLDERS = {"leave", "contacts", "receipt"}
"""Names that may stand in braces in a text; the outside fills them."""

_ID = re.compile(r"[a-z0-9][a-z0-9_]{0,31}\Z")
_OUTSIDE_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,47}\Z")
"""An id from outside must fit into a button's data: 64 bytes in Telegram, with a number of 10 digits before it."""
_RESERVED = {KEPT, SKIPPED, UNSURE, "erase"}
_BRACES = re.compile(r"\{([^{}]*)\}")
_NODE_KEYS = {
    "choose": {"ask", "note", "options", "to", "skip", "every_language", "read_back"},
    "text": {"ask", "note", "to", "skip", "seal"},
    "say": {"note", "options", "to", "read_back"},
    "decide": {"note"},
    "call": {"uses", "outcomes", "forgets", "note"},
    "do": {"to", "note"},
}
_ACTS = ("forget", "leave")


def compile_book(texts: Dict[str, str], vocabulary: Vocabulary) -> Book:
    """Compile flow files (name -> YAML text) with outside vocabularies into one book.

    Raises:
        BookError: with every fault found, each with file and line.
    """
    return _Compiler(vocabulary).book([read(file, text) for file, text in texts.items()])


class _Compiler:
    """Collects faults on the way, so that an author sees all of them at once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.faults: list[Fault] = []
        self.attrs: dict[str, tuple[str, ...]] = {}
        self.names: dict[str, dict[str, Dict[str, str]]] = {}
        self.targets: list[tuple[Place, str]] = []

    # --- the whole -----------------------------------------------------------------------------

    def book(self, tops: Sequence[Mapping]) -> Book:
        merged: dict[str, Branch] = {}
        node_items: list[tuple[Leaf, Branch]] = []
        for top in tops:
            for key, value in top.items:
                if key.text == "nodes" and isinstance(value, Mapping):
                    node_items += value.items
                elif key.text in {"book", "start", "languages", "attrs", "interrupts", "loose"}:
                    if key.text in merged:
                        self.fault(key.place, f"'{key.text}' is already given in another file")
                    merged[key.text] = value
                else:
                    self.fault(key.place, f"'{key.text}' is not part of a flow file")
        place = tops[0].place
        missing = [k for k in ("start", "languages", "attrs", "interrupts", "loose") if k not in merged]
        for key_name in missing:
            self.fault(place, f"'{key_name}' is missing")
        if missing:
            raise BookError(tuple(self.faults))

        written = tuple(leaf.text for leaf in self.leaves(merged["languages"]))
        # A deployment may offer fewer languages than the files are written for, never more.
        offered = [tag for tag, _ in self.vocabulary.get("languages", ())]
        languages = tuple(tag for tag in written if tag in offered) if offered else written
        self.read_attrs(merged["attrs"], languages)
        nodes = self.read_nodes(node_items)
        start = self.target(merged["start"])
        loose = self.target(merged["loose"])
        interrupts = self.read_interrupts(merged["interrupts"])
        for where, name in self.targets:
            if name != RETURN and name not in nodes:
                self.fault(where, f"there is no node '{name}'")
        if loose in nodes and not isinstance(nodes[loose], Text):
            self.fault(merged["loose"].place, "'loose' must be a text node")
        for name, values in self.attrs.items():
            if not any(isinstance(node, Choose) and node.attr == name for node in nodes.values()):
                self.fault(merged["attrs"].place, f"nobody asks for the attribute '{name}' {values}")
        if self.faults:
            raise BookError(tuple(sorted(self.faults, key=lambda fault: (fault.file, fault.line))))
        return with_digest(Book("", start, languages, self.attrs, interrupts, loose, nodes))

    def read_attrs(self, branch: Branch, languages: tuple[str, ...]) -> None:
        for key, value in self.mapping(branch):
            attr = self.id(key)
            if isinstance(value, Mapping):
                source = value.get("from")
                name = source.text if isinstance(source, Leaf) else ""
                extra = value.get("and")
                more = tuple(leaf.text for leaf in self.leaves(extra)) if extra else ()
                if name == "languages":
                    ids: tuple[str, ...] = languages
                    self.names[attr] = {tag: {} for tag in languages}
                elif name in self.vocabulary:
                    self.names[attr] = dict(self.vocabulary[name])
                    for entry in self.names[attr]:
                        if not _OUTSIDE_ID.match(entry) or entry in _RESERVED:
                            self.fault(key.place, f"'{entry[:64]}' from {name} cannot be an option's id")
                    ids = tuple(self.names[attr])
                else:
                    self.fault(value.place, f"there is no vocabulary '{name}' to take '{attr}' from")
                    continue
                self.attrs[attr] = ids + more
            else:
                self.attrs[attr] = tuple(self.id(leaf) for leaf in self.leaves(value))
            if len(set(self.attrs[attr])) != len(self.attrs[attr]):
                self.fault(key.place, f"'{attr}' has a value twice")

    def read_interrupts(self, branch: Branch) -> dict[str, str]:
        found = {key.text: self.target(value) for key, value in self.mapping(branch)}
        for name in set(found) ^ set(INTERRUPTS):
            self.fault(branch.place, f"the interrupts are {', '.join(INTERRUPTS)}; look at '{name}'")
        return found

    # --- nodes ---------------------------------------------------------------------------------

    def read_nodes(self, items: Sequence[tuple[Leaf, Branch]]) -> dict[str, Node]:
        nodes: dict[str, Node] = {}
        for key, value in items:
            name = self.id(key)
            if name in nodes:
                self.fault(key.place, f"there are two nodes '{name}'")
            if not isinstance(value, Mapping):
                self.fault(value.place, f"node '{name}' is not a mapping")
                continue
            kinds = [k.text for k, _ in value.items if k.text in _NODE_KEYS]
            if len(kinds) != 1:
                self.fault(key.place, f"node '{name}' must be exactly one of {', '.join(_NODE_KEYS)}")
                continue
            kind = kinds[0]
            for inner, _ in value.items:
                if inner.text != kind and inner.text not in _NODE_KEYS[kind]:
                    self.fault(inner.place, f"a '{kind}' node has no '{inner.text}'")
            node = getattr(self, f"read_{kind}")(name, key.place, value)
            if node is not None:
                nodes[name] = node
        return nodes

    def read_choose(self, name: str, place: Place, node: Mapping) -> Choose | None:
        attr = self.text(node, "choose", place)
        if attr not in self.attrs:
            self.fault(place, f"'{name}' asks for '{attr}', which is not among the attrs")
            return None
        default = self.maybe_target(node, "to")
        skip = self.maybe_target(node, "skip")
        given = self.read_options(name, node.get("options"), default)
        proper = self.names.get(attr, {})
        named = tuple(
            Option(
                entry, Phrase(f"{name}/{entry}", "", tuple(sorted(names.items())) or ((entry, entry),)), default or ""
            )
            for entry, names in proper.items()
        )
        options = named + given
        ids = [option.id for option in options]
        for absent in [value for value in self.attrs[attr] if value not in ids]:
            self.fault(place, f"'{name}' offers no option '{absent}', which is in the closed set of '{attr}'")
        for foreign in [value for value in ids if value not in self.attrs[attr]]:
            self.fault(place, f"'{name}' offers '{foreign}', which is not in the closed set of '{attr}'")
        if skip is None and UNSURE not in ids and attr != LANGUAGE:
            self.fault(place, f"question '{name}' can neither be skipped nor answered with '{UNSURE}'")
        for option in options:
            if not option.to and option.redo is None:
                self.fault(place, f"option '{option.id}' of '{name}' leads nowhere")
        return Choose(
            name,
            attr,
            self.phrase(name, node, "ask", place),
            options,
            skip,
            every_language=self.flag(node, "every_language", default=False),
            read_back=self.flag(node, "read_back", default=True),
        )

    def read_text(self, name: str, place: Place, node: Mapping) -> Text:
        slot = self.text(node, "text", place)
        seal = self.flag(node, "seal", default=False)
        skip = self.maybe_target(node, "skip")
        to = self.maybe_target(node, "to")
        if not seal:
            self.fault(place, f"the words written at '{name}' are not sealed; say 'seal: true'")
        if skip is None:
            self.fault(place, f"question '{name}' can neither be skipped nor answered with '{UNSURE}'")
        if to is None:
            self.fault(place, f"'{name}' leads nowhere")
        return Text(name, slot, self.phrase(name, node, "ask", place), to or RETURN, skip, seal)

    def read_say(self, name: str, place: Place, node: Mapping) -> Say:
        default = self.maybe_target(node, "to")
        options = self.read_options(name, node.get("options"), default)
        if not options and default is not None:
            options = (Option("go_on", Phrase(f"{name}/go_on", "Continue"), default),)
        if not options:
            self.fault(place, f"'{name}' is a dead end: it has neither options nor 'to'")
        for option in options:
            if not option.to and option.redo is None:
                self.fault(place, f"option '{option.id}' of '{name}' leads nowhere")
        say = self.phrase(name, node, "say", place)
        return Say(name, say, options, read_back=self.flag(node, "read_back", default=False))

    def read_decide(self, name: str, place: Place, node: Mapping) -> Decide | None:
        branch = node.get("decide")
        rules: list[Rule] = []
        for item in branch.items if isinstance(branch, Listing) else ():
            if not isinstance(item, Mapping):
                self.fault(item.place, "a rule is {when: …, to: …} or {else: …}")
                continue
            other, when, to = item.get("else"), item.get("when"), item.get("to")
            if other is not None and when is None:
                rules.append(Rule((), self.target(other)))
            elif when is not None and to is not None:
                rules.append(Rule(self.read_when(when), self.target(to)))
            else:
                self.fault(item.place, "a rule is {when: …, to: …} or {else: …}")
        if not rules or rules[-1].when or any(not rule.when for rule in rules[:-1]):
            self.fault(place, f"the last rule of '{name}', and only the last, must be 'else'")
            return None
        return Decide(name, tuple(rules))

    def read_when(self, branch: Branch) -> tuple[tuple[str, tuple[str, ...]], ...]:
        found = []
        for key, values in self.mapping(branch):
            listed = tuple(leaf.text for leaf in self.leaves(values))
            known = (*self.attrs.get(key.text, ()), "skipped")
            if key.text not in self.attrs:
                self.fault(key.place, f"there is no attribute '{key.text}'")
            else:
                for value in listed:
                    if value not in known:
                        self.fault(values.place, f"'{value}' is not in the closed set of '{key.text}'")
            found.append((key.text, listed))
        return tuple(found)

    def read_call(self, name: str, place: Place, node: Mapping) -> Call | None:
        call = self.text(node, "call", place)
        if call not in OUTCOMES:
            self.fault(place, f"'{name}' calls '{call}'; what can be called is {', '.join(OUTCOMES)}")
            return None
        branch = node.get("outcomes")
        outcomes = {key.text: self.target(value) for key, value in self.mapping(branch)} if branch else {}
        for outcome in set(OUTCOMES[call]) ^ set(outcomes):
            self.fault(place, f"the outcomes of '{call}' are {', '.join(OUTCOMES[call])}; look at '{outcome}'")
        uses = tuple(leaf.text for leaf in self.leaves(node.get("uses")))
        forgets = tuple(leaf.text for leaf in self.leaves(node.get("forgets")))
        return Call(name, call, uses, tuple(sorted(outcomes.items())), forgets)

    def read_do(self, name: str, place: Place, node: Mapping) -> Do:
        act = self.text(node, "do", place)
        to = self.maybe_target(node, "to")
        if act not in _ACTS:
            self.fault(place, f"'{name}' does '{act}'; what can be done is {', '.join(_ACTS)}")
        if act == "forget" and to is None:
            self.fault(place, f"'{name}' leads nowhere")
        return Do(name, act, to or "")

    def read_options(self, node: str, branch: Branch | None, default: str | None) -> tuple[Option, ...]:
        options = []
        for key, value in self.mapping(branch) if branch else ():
            option_id = self.id(key)
            if isinstance(value, Leaf):
                label, to, via, redo = value.text, default, None, None
            elif isinstance(value, Mapping):
                for inner, _ in value.items:
                    if inner.text not in {"label", "to", "via", "redo"}:
                        self.fault(inner.place, f"an option has no '{inner.text}'")
                label = self.text(value, "label", value.place)
                redo, via = self.maybe_target(value, "redo"), self.maybe_target(value, "via")
                to = self.maybe_target(value, "to") or (None if redo else default)
            else:
                self.fault(value.place, f"option '{option_id}' is neither a label nor a mapping")
                continue
            if not label.strip():
                self.fault(value.place, f"option '{option_id}' has no label")
            options.append(Option(option_id, Phrase(f"{node}/{option_id}", label), to or "", via, redo))
        return tuple(options)

    # --- small pieces ----------------------------------------------------------------------------

    def fault(self, place: Place, message: str) -> None:
        self.faults.append(place.fault(message))

    def id(self, leaf: Leaf) -> str:
        if not _ID.match(leaf.text):
            self.fault(leaf.place, f"'{leaf.text}' is not a name: small letters, digits and _, at most 32")
        return leaf.text

    def mapping(self, branch: Branch | None) -> tuple[tuple[Leaf, Branch], ...]:
        if isinstance(branch, Mapping):
            return branch.items
        if branch is not None:
            self.fault(branch.place, "here a mapping is expected")
        return ()

    def leaves(self, branch: Branch | None) -> tuple[Leaf, ...]:
        if isinstance(branch, Listing) and all(isinstance(item, Leaf) for item in branch.items):
            return tuple(item for item in branch.items if isinstance(item, Leaf))
        if branch is not None:
            self.fault(branch.place, "here a list of words is expected")
        return ()

    def text(self, node: Mapping, key: str, place: Place) -> str:
        value = node.get(key)
        if isinstance(value, Leaf):
            return value.text
        self.fault(place, f"'{key}' is missing or is not a text")
        return ""

    def flag(self, node: Mapping, key: str, *, default: bool) -> bool:
        value = node.get(key)
        if value is None:
            return default
        if isinstance(value, Leaf) and value.text in {"true", "false"}:
            return value.text == "true"
        self.fault(value.place, f"'{key}' is true or false")
        return default

    def phrase(self, name: str, node: Mapping, key: str, place: Place) -> Phrase:
        text = self.text(node, key, place).strip()
        if not text:
            self.fault(place, f"'{name}' has no words")
        for inside in _BRACES.findall(text):
            if inside not in PLACEHOLDERS:
                self.fault(place, f"nobody can fill '{{{inside}}}' in '{name}'")
        return Phrase(name, text)

    def target(self, branch: Branch) -> str:
        if isinstance(branch, Leaf):
            self.targets.append((branch.place, branch.text))
            return branch.text
        self.fault(branch.place, "here the name of a node is expected")
        return RETURN

    def maybe_target(self, node: Mapping, key: str) -> str | None:
        branch = node.get(key)
        return None if branch is None else self.target(branch)
