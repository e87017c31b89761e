"""What a conversation remembers, what can happen to it, and what it asks the outside to do.

The state is small on purpose. Where somebody stands is not stored: it follows from the answers given
so far (``flows.path``), so an answer changed later moves the whole path with it, and what was answered
on a path no longer taken stays out of the report without being lost.

Words a person typed never stand in the state. They arrive as a ``Secret`` and leave as a ``Seal``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from flows.errors import BookError


class Secret:
    """Words a person typed. Their repr tells nothing, so no log or traceback can."""

    __slots__ = ("_words",)

    def __init__(self, words: str) -> None:
        self._words = words

    def reveal(self) -> str:
        """The words themselves, for sealing or for showing them to the person who wrote them."""
        return self._words

    def __len__(self) -> int:
        """Length in code points."""
        return len(self._words)

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._words == self._words

    def __hash__(self) -> int:
        return hash(self._words)


@dataclass(frozen=True, slots=True)
class State:
    """One conversation at rest.

    ``trail`` holds (node, way) in the order of answering; a way is an option id, ``kept`` or ``skipped``.
    ``root`` is where the present path begins. ``aside`` is the node of an interruption, ``redo`` a question
    being answered anew. ``sealed`` names the slots that hold words, with their length in characters.
    ``adding`` names the slots that are still being written, whatever came in between: the next words join those
    there instead of replacing them, until the person says that it is all. ``wishes`` holds what was chosen for a
    counsellor, by attribute: no answers of the report, and forgotten once they have been sent. ``heard`` names the
    kinds of distress that words were taken for: no answers either, they only make what is sent urgent.
    ``pending`` is the key of a call whose result is awaited. ``seq`` counts what was drawn: a tap that was
    drawn for another number is stale. ``sent`` is true once a report has gone out and nothing is being told any more.
    """

    book: str
    language: str
    seq: int
    root: str
    trail: tuple[tuple[str, str], ...] = ()
    aside: str | None = None
    redo: str | None = None
    adding: tuple[str, ...] = ()
    sealed: tuple[tuple[str, int], ...] = ()
    wishes: tuple[tuple[str, str], ...] = ()
    heard: tuple[str, ...] = ()
    pending: str | None = None
    sent: bool = False
    over: bool = False

    def ways(self) -> dict[str, str]:
        """The last way taken at each node."""
        return dict(self.trail)

    def kept(self, slot: str) -> int:
        """How many characters a slot holds; 0 when it is empty."""
        return dict(self.sealed).get(slot, 0)

    def has(self, node: str) -> bool:
        """Whether something was answered at ``node``, on the present path or not."""
        return any(name == node for name, _ in self.trail)

    def answered(self, node: str, way: str) -> State:
        """With ``way`` as the answer at ``node``, in its old place if it had one."""
        if self.has(node):
            trail = tuple((name, way if name == node else old) for name, old in self.trail)
        else:
            trail = (*self.trail, (node, way))
        return replace(self, trail=trail)

    def with_slot(self, slot: str, length: int) -> State:
        """With ``slot`` holding ``length`` characters; 0 removes it."""
        rest = tuple(item for item in self.sealed if item[0] != slot)
        if not length:
            return replace(self, sealed=rest).written(slot)
        return replace(self, sealed=tuple(sorted((*rest, (slot, length)))))

    def wish(self, attr: str) -> str | None:
        """What was chosen for a counsellor; ``None`` when it was not asked or was skipped."""
        return dict(self.wishes).get(attr)

    def wishing(self, attr: str, value: str | None) -> State:
        """With ``value`` as the wish for ``attr``; ``None`` takes it back."""
        rest = tuple(item for item in self.wishes if item[0] != attr)
        return replace(self, wishes=rest if value is None else tuple(sorted((*rest, (attr, value)))))

    def writing(self, slot: str) -> State:
        """With ``slot`` open for more words."""
        return self if slot in self.adding else replace(self, adding=(*self.adding, slot))

    def written(self, slot: str) -> State:
        """With ``slot`` no longer open: what is written next would replace what it holds."""
        return replace(self, adding=tuple(name for name in self.adding if name != slot)) if self.adding else self

    def to_json(self) -> dict[str, Any]:
        """Plain data, for the encrypted session."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_json(cls, data: Any) -> State:
        """The state that ``to_json`` gave.

        Raises:
            BookError: the data is not a state.
        """
        try:
            plain = json.loads(json.dumps(data))
            state = cls(
                **{
                    **plain,
                    "trail": tuple((str(node), str(way)) for node, way in plain["trail"]),
                    "sealed": tuple((str(slot), int(length)) for slot, length in plain["sealed"]),
                    "adding": tuple(str(slot) for slot in plain["adding"]),
                    "wishes": tuple((str(attr), str(value)) for attr, value in plain.get("wishes", ())),
                    "heard": tuple(str(kind) for kind in plain.get("heard", ())),
                }
            )
        except (TypeError, ValueError, KeyError) as error:
            raise BookError("this is not a stored conversation") from error
        return state


# --- what can happen -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pick:
    """A button, or its number or label typed. ``seq`` is the number it was drawn for, if the channel tells."""

    option: str
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """Free text.

    ``alarm`` when words of distress were heard in it; ``near`` when it is almost, but not quite, a word like "leave".
    ``seq`` is known for forms only, and a form brings all there is of an answer: it never joins.

    ``final`` when the answer is complete with it, so that no "that's all" is needed. ``number`` when it is sixteen
    digits and nothing else.
    """

    words: Secret
    seq: int | None = None
    final: bool = False
    alarm: Literal["self_harm", "worried", "danger"] | None = None
    near: bool = False
    number: bool = False


@dataclass(frozen=True, slots=True)
class Interrupt:
    """help, leave, language, delete, back, skip, done or enough (go to the end), from any place."""

    name: Literal["help", "leave", "language", "delete", "back", "skip", "done", "enough"]
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """Nothing but a wish to see the present question (``/start``, a page opened anew)."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """Something that cannot be kept: a sticker, a photo, a voice note."""


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a call."""

    key: str
    outcome: str


Event = Pick | Words | Interrupt | Look | Unusable | Result


# --- what is asked of the outside -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seal:
    """Keep these words under this slot; ``append`` adds them to what the slot already holds."""

    slot: str
    words: Secret
    append: bool


@dataclass(frozen=True, slots=True)
class Forget:
    """Destroy what these slots hold; ``None`` means all of them, and a new key for what may follow."""

    slots: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Ask:
    """Carry out a call and bring back a ``Result`` with the same key."""

    call: str
    key: str
    uses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class End:
    """The conversation is over: destroy everything that is left of it."""


Effect = Seal | Forget | Ask | End

Notice = Literal[
    "stale",
    "choose",
    "kept",
    "kept_more",
    "kept_aside",
    "not_kept",
    "empty",
    "full",
    "unusable",
    "no_skip",
    "no_back",
    "near",
]
"""Why the person sees what they see, when it is not simply the next question."""


@dataclass(frozen=True, slots=True)
class Stepped:
    """The answer of ``step``: what the conversation is now, what to do, and what to tell the person first."""

    state: State
    effects: tuple[Effect, ...] = ()
    notice: Notice | None = None
