"""The six kinds of node, each read from its mapping, with everything that can be seen by looking at one node."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence

from flows.book import LANGUAGE, RETURN, UNSURE, YES, Call, Choose, Decide, Do, Node, Option, Phrase, Rule, Say, Text
from flows.pieces import Pieces
from flows.reading import Branch, Leaf, Listing, Mapping, Place

OUTCOMES = {
    "submit": ("sent", "nobody"),
    "refer": ("sent", "nobody"),
    "check_number": ("right", "wrong"),
    "open_number": ("opened", "wrong", "wait", "ended"),
    "add": ("sent", "nobody"),
    "allow_sharing": ("sent", "nobody"),
    "stop_sharing": ("sent", "nobody"),
    "allow_counting": ("sent", "nobody"),
    "stop_counting": ("sent", "nobody"),
    "stop_contact": ("sent", "nobody"),
    "look_before_withdrawing": ("unread", "read"),
    "withdraw_unread": ("done", "changed"),
    "withdraw_read": ("done", "changed"),
}
"""What can be called, and every outcome each call can have."""

_FORGETS = {
    "submit": ("sent",),
    "refer": ("sent",),
    "add": ("sent",),
    "check_number": OUTCOMES["check_number"],
    "open_number": OUTCOMES["open_number"],
}
"""After which outcomes the words that a call uses must be gone: once sent, and a number that was typed always.

"submit" alone names no slots and forgets the whole conversation; calls that are not listed use no words at all.
"""

_KEYS = {
    "choose": {"ask", "note", "options", "to", "skip", "every_language", "read_back", "consent", "must"},
    "text": {"ask", "note", "to", "skip", "seal", "consent", "apart", "once"},
    "say": {"note", "options", "to", "read_back", "passes"},
    "decide": {"note"},
    "call": {"uses", "wishes", "outcomes", "forgets", "note"},
    "do": {"to", "note"},
}
_ACTS = ("forget", "leave")


class Kinds(Pieces):
    """Reads nodes. ``attrs`` and ``names`` (of options that come from outside) are known before the first node."""

    def __init__(self) -> None:
        super().__init__()
        self.attrs: dict[str, tuple[str, ...]] = {}
        self.names: dict[str, dict[str, Dict[str, str]]] = {}
        self.slots: dict[str, str] = {}

    def nodes(self, items: Sequence[tuple[Leaf, Branch]]) -> dict[str, Node]:
        """All nodes by their names; one that cannot be read at all is left out, with a fault."""
        nodes: dict[str, Node] = {}
        seen: set[str] = set()
        for key, value in items:
            name = self.id(key)
            if name in seen:
                self.fault(key.place, f"there are two nodes '{name}'")
            seen.add(name)
            node = self.node(name, key.place, value)
            if node is not None:
                nodes[name] = node
        return nodes

    def node(self, name: str, place: Place, value: Branch) -> Node | None:
        """One node, of the kind that its mapping names."""
        if not isinstance(value, Mapping):
            self.fault(value.place, f"node '{name}' is not a mapping")
            return None
        kinds = [key.text for key, _ in value.items if key.text in _KEYS]
        if len(kinds) != 1:
            self.fault(place, f"node '{name}' must be exactly one of {', '.join(_KEYS)}")
            return None
        kind = kinds[0]
        for key, _ in value.items:
            if key.text != kind and key.text not in _KEYS[kind]:
                self.fault(key.place, f"a '{kind}' node has no '{key.text}'")
        match kind:
            case "choose":
                return self.choose(name, place, value)
            case "text":
                return self.text(name, place, value)
            case "say":
                return self.say(name, place, value)
            case "decide":
                return self.decide(name, place, value)
            case "call":
                return self.call(name, place, value)
            case _:
                return self.do(name, place, value)

    # --- nodes that wait for a person ---

    def choose(self, name: str, place: Place, node: Mapping) -> Choose | None:
        """A question whose options are exactly the closed set of its attribute."""
        attr = self.leaf(node, "choose", place)
        if attr is None or attr.text not in self.attrs:
            if attr is not None:
                self.fault(attr.place, f"'{name}' asks for '{attr.text}', which is not among the attrs")
            return None
        closed = self.attrs[attr.text]
        default = self.maybe_target(node, "to")
        skip = self.maybe_target(node, "skip")
        outside = tuple(
            Option(
                entry, Phrase(f"{name}/{entry}", "", tuple(sorted(names.items())) or ((entry, entry),)), default or ""
            )
            for entry, names in self.names.get(attr.text, {}).items()
        )
        options = outside + self.options(name, node.get("options"), default)
        ids = [option.id for option in options]
        for absent in [value for value in closed if value not in ids]:
            self.fault(place, f"'{name}' offers no option '{absent}', which is in the closed set of '{attr.text}'")
        for foreign in [value for value in ids if value not in closed]:
            self.fault(place, f"'{name}' offers '{foreign}', which is not in the closed set of '{attr.text}'")
        for twice in sorted({value for value in ids if ids.count(value) > 1}):
            self.fault(place, f"'{name}' offers '{twice}' twice")
        if skip is None and UNSURE not in ids and attr.text != LANGUAGE:
            self.fault(place, f"question '{name}' can neither be skipped nor answered with '{UNSURE}'")
        every = self.flag(node, "every_language", default=False)
        if every and attr.text != LANGUAGE:
            self.fault(place, f"'{name}' does not ask for the language; 'every_language' has no meaning here")
        if any(option.redo is not None for option in options):
            self.fault(place, f"'{name}' is a question; only the options of a 'say' node can have 'redo'")
        self.lead(name, place, options)
        ask = self.phrase(name, self.leaf(node, "ask", place))
        allows = self.maybe_words(node, "consent", place)
        if allows is not None and (sorted(ids) != ["no", YES] or skip is None):
            self.fault(place, f"consent '{name}' must offer exactly yes and no, and can be passed over with 'skip'")
        return Choose(
            name,
            attr.text,
            ask,
            options,
            skip,
            every_language=every,
            read_back=self.flag(node, "read_back", default=True),
            consent=allows,
            must=self.flag(node, "must", default=False),
        )

    def text(self, name: str, place: Place, node: Mapping) -> Text:
        """A question answered in own words, which are sealed."""
        slot = self.leaf(node, "text", place)
        seal = self.flag(node, "seal", default=False)
        skip = self.maybe_target(node, "skip")
        to = self.maybe_target(node, "to")
        if not seal:
            self.fault(place, f"the words written at '{name}' are not sealed; say 'seal: true'")
        if skip is None:
            self.fault(place, f"question '{name}' can neither be skipped nor answered with '{UNSURE}'")
        if to is None:
            self.fault(place, f"'{name}' leads nowhere")
        if slot is not None and self.slots.setdefault(slot.text, name) != name:
            self.fault(slot.place, f"the words of '{self.slots[slot.text]}' are kept under '{slot.text}' already")
        ask = self.phrase(name, self.leaf(node, "ask", place))
        consent = self.maybe_words(node, "consent", place)
        if consent is not None and consent not in self.attrs:
            self.fault(place, f"the consent of '{name}' is '{consent}', which is not among the attrs")
        apart = self.flag(node, "apart", default=False)
        if apart and (to, skip, consent) != (RETURN, RETURN, None):
            self.fault(place, f"the words of '{name}' are set apart: 'to' and 'skip' are '{RETURN}', without 'consent'")
        once = self.flag(node, "once", default=False)
        return Text(name, self.id(slot) if slot else "", ask, to or "", skip, seal, consent, apart, once)

    def say(self, name: str, place: Place, node: Mapping) -> Say:
        """Words with at least one way on."""
        default = self.maybe_target(node, "to")
        options = self.options(name, node.get("options"), default)
        if not options and default is not None:
            options = (Option("go_on", Phrase(f"{name}/go_on", "Continue"), default),)
        if not options:
            self.fault(place, f"'{name}' is a dead end: it has neither options nor 'to'")
        self.lead(name, place, options)
        words = self.phrase(name, self.leaf(node, "say", place))
        passes = self.maybe_words(node, "passes", place)
        if passes is not None and passes not in {option.id for option in options}:
            self.fault(place, f"'{name}' passes by '{passes}', which is not among its options")
        return Say(name, words, options, read_back=self.flag(node, "read_back", default=False), passes=passes)

    def maybe_words(self, node: Mapping, key: str, place: Place) -> str | None:
        """The text under a key that may be absent."""
        leaf = self.leaf(node, key, place) if node.get(key) is not None else None
        return leaf.text if leaf else None

    def options(self, node: str, branch: Branch | None, default: str | None) -> tuple[Option, ...]:
        """The options of a question or a statement, in their order."""
        options = []
        for key, value in self.mapping(branch):
            option_id = self.id(key)
            context = f"{node}/{option_id}"
            match value:
                case Leaf():
                    options.append(Option(option_id, self.phrase(context, value), default or ""))
                case Mapping():
                    for inner, _ in value.items:
                        if inner.text not in {"label", "to", "via", "redo"}:
                            self.fault(inner.place, f"an option has no '{inner.text}'")
                    label = self.phrase(context, self.leaf(value, "label", value.place))
                    to = self.maybe_target(value, "to")
                    via, redo = (
                        self.maybe_target(value, "via", back=False),
                        self.maybe_target(value, "redo", back=False),
                    )
                    if redo is not None:
                        self.anew.append((value.place, redo))
                        if to is not None or via is not None:
                            self.fault(value.place, f"'{context}' asks a question anew; 'to' and 'via' have no meaning")
                    options.append(Option(option_id, label, to or ("" if redo else default or ""), via, redo))
                case _:
                    self.fault(value.place, f"option '{option_id}' is neither a label nor a mapping")
        return tuple(options)

    def lead(self, name: str, place: Place, options: Sequence[Option]) -> None:
        """Every option must lead somewhere."""
        for option in options:
            if not option.to and option.redo is None:
                self.fault(place, f"option '{option.id}' of '{name}' leads nowhere")

    # --- nodes that pass at once ---

    def decide(self, name: str, place: Place, node: Mapping) -> Decide | None:
        """Rules, of which the last one always matches."""
        branch = node.get("decide")
        rules = [self.rule(item) for item in branch.items] if isinstance(branch, Listing) else []
        if not rules or rules[-1].when or any(not rule.when for rule in rules[:-1]):
            self.fault(place, f"the last rule of '{name}', and only the last, must be 'else'")
            return None
        return Decide(name, tuple(rules))

    def rule(self, item: Branch) -> Rule:
        """``{when: {attribute: [values]}, to: node}`` or ``{else: node}``."""
        if isinstance(item, Mapping):
            keys = {key.text for key, _ in item.items}
            other, when, to = item.get("else"), item.get("when"), item.get("to")
            if keys == {"else"} and other is not None:
                return Rule((), self.target(other))
            if keys == {"when", "to"} and when is not None and to is not None:
                return Rule(self.when(when), self.target(to))
        self.fault(item.place, "a rule is {when: …, to: …} or {else: …}")
        return Rule((("", ()),), "")

    def when(self, branch: Branch) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What a rule asks for: attributes, each with the values that fit."""
        found = []
        for key, values in self.mapping(branch):
            listed = tuple(leaf.text for leaf in self.leaves(values))
            if key.text not in self.attrs:
                self.fault(key.place, f"there is no attribute '{key.text}'")
            for value in listed:
                if key.text in self.attrs and value not in (*self.attrs[key.text], "skipped"):
                    self.fault(values.place, f"'{value}' is not in the closed set of '{key.text}'")
            found.append((key.text, listed))
        if not found:
            self.fault(branch.place, "this rule asks for nothing")
        return tuple(found)

    def call(self, name: str, place: Place, node: Mapping) -> Call | None:
        """A call with all its outcomes."""
        call = self.leaf(node, "call", place)
        if call is None or call.text not in OUTCOMES:
            if call is not None:
                self.fault(call.place, f"'{name}' calls '{call.text}'; what can be called is {', '.join(OUTCOMES)}")
            return None
        known = OUTCOMES[call.text]
        outcomes = {key.text: self.target(value) for key, value in self.mapping(node.get("outcomes"))}
        for outcome in sorted(set(known) ^ set(outcomes)):
            self.fault(place, f"the outcomes of '{call.text}' are {', '.join(known)}; look at '{outcome}'")
        uses, forgets = self.leaves(node.get("uses")), self.leaves(node.get("forgets"))
        wishes = self.leaves(node.get("wishes"))
        self.uses += [(leaf.place, leaf.text) for leaf in uses]
        self.wishes += [(leaf.place, leaf.text) for leaf in wishes]
        for leaf in forgets:
            if leaf.text not in known:
                self.fault(leaf.place, f"the outcomes of '{call.text}' are {', '.join(known)}; look at '{leaf.text}'")
        must = _FORGETS.get(call.text, ())
        if set(must) != {leaf.text for leaf in forgets}:
            said = f"forgets: [{', '.join(must)}]" if must else "no 'forgets'"
            self.fault(place, f"'{name}' must forget what it used as soon as it is of no more use; say {said}")
        with_words = call.text in _FORGETS and call.text != "submit"
        if bool(uses) != with_words:
            rule = "must say which slots it uses" if with_words else "uses no slots; it has no 'uses'"
            self.fault(place, f"'{name}' {rule}")
        if wishes and call.text != "refer":
            self.fault(place, f"'{name}' sends the whole report; it has no 'wishes'")
        return Call(
            name,
            call.text,
            tuple(leaf.text for leaf in uses),
            tuple(sorted(outcomes.items())),
            tuple(leaf.text for leaf in forgets),
            tuple(leaf.text for leaf in wishes),
        )

    def do(self, name: str, place: Place, node: Mapping) -> Do:
        """Forgetting or leaving."""
        act = self.leaf(node, "do", place)
        to = self.maybe_target(node, "to", back=False)
        if act is not None and act.text not in _ACTS:
            self.fault(act.place, f"'{name}' does '{act.text}'; what can be done is {', '.join(_ACTS)}")
        if act is not None and act.text == "forget" and to is None:
            self.fault(place, f"'{name}' leads nowhere")
        if act is not None and act.text == "leave" and to is not None:
            self.fault(place, f"'{name}' ends the conversation; it leads nowhere")
        return Do(name, act.text if act else "", to or "")
