"""What a person sees of their report once they have typed its number: how far it has come, who has it, what they wrote.

The number gives a look-up id and the private half of the mailbox (``crypto.receipt``). Both stand in the encrypted
session only while a screen of the case is being looked at, and at most for half an hour without an event; whoever
takes the phone then has to know the number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from babel.dates import format_skeleton

from bot.reply import ReplyError, open_reply
from cases.mailbox import WITHDRAWN, Behind, Ended, find
from cases.store import Store
from crypto.keys import RecipientKey
from locales.catalogues import Languages
from locales.isolate import fill, isolate, show
from routing.directory import Directory

OPEN_SECONDS = 30 * 60


@dataclass(frozen=True, slots=True)
class CaseKey:
    """What a number opens: the look-up id, the seed of the mailbox key, and until when, in unix seconds."""

    lookup: bytes = field(repr=False)
    seed: bytes = field(repr=False)
    until: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has been handed the report: the organisation's id, if it is known still, and the day they took it up."""

    entity: str | None
    taken: date | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: from which organisation, on which day, its words, and the language they are marked with (BCP 47).

    The words are None where they cannot be opened.
    """

    entity: str | None
    day: date
    text: str | None = field(repr=False)
    language: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A report as its own person may see it."""

    sent: date
    status: str
    status_day: date | None
    holders: tuple[Holder, ...]
    answers: tuple[Answer, ...] = field(repr=False)


async def look(store: Store, key: CaseKey, directory: Directory) -> Case | None:
    """Read and open what stands behind a number; None when it is gone.

    Raises:
        StoreError: the database did not answer.
    """
    found = await find(store, key.lookup)
    return None if found is None or isinstance(found, Ended) else _case(found, key, directory)


def _case(found: Behind, key: CaseKey, directory: Directory) -> Case:
    private = RecipientKey.from_seed(key.seed)

    def entity(person: str) -> str | None:
        known = directory.people.get(person)
        return known.entity if known is not None else None

    answers = []
    for message in found.messages:
        who, day = entity(message.recipient), _day(message.day)
        try:
            reply = open_reply(message.body, found.reference, private)
        except ReplyError:
            answers.append(Answer(who, day, None))
        else:
            answers.append(Answer(who, day, reply.text, reply.language))
    return Case(
        _day(found.day),
        found.status,
        None if found.status_day is None else _day(found.status_day),
        tuple(
            Holder(
                entity(one.recipient),
                None if one.acknowledged_hour is None else _day(one.acknowledged_hour // 24),
            )
            for one in found.readers
        ),
        tuple(answers),
    )


def _day(number: int) -> date:
    return datetime.fromtimestamp(number * 86_400, tz=UTC).date()


class CaseWords:
    """Puts a case into words, in one language."""

    def __init__(self, languages: Languages, tag: str, directory: Directory) -> None:
        self.languages = languages
        self.tag = tag
        self.directory = directory

    def values(self, case: Case) -> dict[str, str]:
        """What ``{case}``, ``{holders}`` and ``{answers}`` of the conversation stand for."""
        return {"case": self._state(case), "holders": self._holders(case), "answers": self._answers(case)}

    def _state(self, case: Case) -> str:
        lines = [self._say("case_sent", day=self._on(case.sent))]
        if case.status == WITHDRAWN:
            return "\n".join([*lines, self._say("case_status_withdrawn", day=self._on(case.status_day or case.sent))])
        lines.append(self._holders(case))
        if case.status_day is not None:
            lines.append(self._say(f"case_status_{case.status}", day=self._on(case.status_day)))
        lines.append(
            self._say("case_answers", count=str(len(case.answers))) if case.answers else self._say("case_no_answers")
        )
        return "\n\n".join(lines)

    def _holders(self, case: Case) -> str:
        if not case.holders:
            return self._say("case_nobody_yet")
        return "\n".join(
            self._say("case_handed", who=self._who(one.entity))
            if one.taken is None
            else self._say("case_taken", who=self._who(one.entity), day=self._on(one.taken))
            for one in case.holders
        )

    def _answers(self, case: Case) -> str:
        if not case.answers:
            return self._say("case_no_answers")
        direction = self.languages.direction(self.tag)
        parts = []
        for answer in reversed(case.answers):  # the newest first: the first lines are those that are read
            head = self._say("case_answer_from", who=self._who(answer.entity), day=self._on(answer.day))
            if answer.text is not None and (marked := self._foreign(answer.language)):
                head += "\n" + self._say("case_answer_language", language=marked)
            words = self._say("case_answer_lost") if answer.text is None else isolate(show(answer.text), direction)
            parts.append(f"{head}\n{words}")
        return "\n\n".join(parts)

    def _foreign(self, language: str) -> str | None:
        """The name of a language that is not the one on the screen, so that people know why they cannot read it."""
        if not language or language.partition("-")[0] == self.tag.partition("-")[0]:
            return None
        return self.languages.name(language) if language in self.languages.tags else show(language)[:16]

    def _who(self, entity: str | None) -> str:
        known = self.directory.entities.get(entity or "")
        return known.name_in(self.tag) if known is not None else self.languages.word(self.tag, "case_somebody")

    def _on(self, day: date) -> str:
        return format_skeleton("yMMMMEEEEd", datetime(day.year, day.month, day.day, tzinfo=UTC), locale=self._locale)

    @property
    def _locale(self) -> str:
        return self.tag.replace("-", "_")

    def _say(self, key: str, **values: str) -> str:
        return fill(self.languages.word(self.tag, key), values, self.languages.direction(self.tag))
