"""The yearly attestation of an office as one page of HTML that prints well, in English or another language.

The page needs nothing from outside: its style is in it, it has no script, and it can be sent by e-mail. It is either
wholly in a language or not in that language at all, because whoever signs must understand every word.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from jinja2 import Environment, PackageLoader, StrictUndefined

from locales.catalogues import Languages
from locales.isolate import fill, isolate, show
from routing.coverage import KINDS, Counselling, Service
from routing.directory import Directory, Person
from routing.offices import Attested, Open, OpenPoint, Post

__all__ = ["Attestation", "languages_of"]

_WORDS: Final = "attest_"
_WHOM: Final = {Service.AFFECTED: "affected", Service.PERSONNEL: "personnel"}
_COLUMNS: Final = ("since", "alternate", "certified", "trained", "tested", "speaks")
_CHECKS: Final = ("checked", "told", "public", "safe", "mended")


@dataclass(frozen=True, slots=True)
class _Row:
    """One person in the table of those who receive reports: under the name, when they are told and where they are."""

    name: str
    beneath: tuple[str, str]
    cells: tuple[str, ...]


class Attestation:
    """Writes the pages of a directory.

    Args:
        directory: For the names of places and organisations.
        languages: The words.
        day: The day of the attestation.
        tests: The day on which each person last answered a test alert, by id; None: not known.
    """

    def __init__(self, directory: Directory, languages: Languages, day: date, tests: Mapping[str, date] | None) -> None:
        self._directory, self._languages, self._day, self._tests = directory, languages, day, tests
        environment = Environment(
            loader=PackageLoader("bot"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._template = environment.get_template("attestation.html")

    def page(self, facts: Attested, tag: str) -> str:
        """Write the page of one office in one of the languages that `languages_of` gives."""
        words = _Words(self._languages, tag)
        directory = self._directory
        office, country = facts.office, facts.covered.country
        return self._template.render(
            tag=tag,
            direction=self._languages.direction(tag),
            word=words.word,
            title=words.word("title", office=office.name_in(tag)),
            intro=words.word("intro", day=words.day(self._day)),
            about=[
                (words.word("entity"), directory.entities[office.entity].name_in(tag)),
                (words.word("station"), facts.station.name_in(tag)),
                (words.word("country"), country.name_in(tag)),
                (words.word("head"), office.head or words.word("not_stated")),
            ],
            heads=[words.word(one) for one in ("name", *_COLUMNS)],
            kinds=[(words.word(kind), [self._row(words, post) for post in facts.posts[kind]]) for kind in KINDS],
            languages=[
                (
                    words.language(language),
                    words.listed(person.name for person, _ in speakers) or words.word("nobody"),
                    *(self._counsellors(words, facts, language, service) for service in Service),
                )
                for language, speakers in facts.languages.items()
            ],
            open=[_open(words, point) for point in facts.open],
            checks=[words.word(one) for one in _CHECKS if one != "mended" or facts.open],
        )

    def _row(self, words: "_Words", post: Post) -> _Row:
        person = post.person
        hours = f"{post.turn.after.total_seconds() / 3600:g}"
        turn = words.word("later", hours=hours) if post.turn.after else words.word("at_once")
        cells = (
            words.day(post.since),
            post.alternate.name if post.alternate else words.word("none"),
            words.day(person.certified_until),
            words.day(person.trained_on),
            self._test(words, person),
            words.listed(words.language(one) for one in person.languages),
        )
        return _Row(person.name, (turn, words.word(f"where_{post.where}")), cells)

    def _test(self, words: "_Words", person: Person) -> str:
        if self._tests is None:
            return words.word("not_known")
        answered = self._tests.get(person.id)
        return words.word("not_answered") if answered is None else words.day(answered)

    def _counsellors(self, words: "_Words", facts: Attested, language: str, service: Service) -> str:
        one = next(one for one in facts.counselling if (one.language, one.service) == (language, service))
        return words.word("nobody") if not one.counsellors else _hours(words, one)


def languages_of(languages: Languages, facts: Attested) -> tuple[str, ...]:
    """The tags to write an office's page in: English, and the first of the country's languages that is whole."""
    for spoken in facts.covered.country.languages:
        tag = languages.negotiate(spoken)
        if tag != languages.fallback and languages.complete(tag, _WORDS):
            return languages.fallback, tag
        if spoken.partition("-")[0] == languages.fallback:
            break
    return (languages.fallback,)


class _Words:
    """The words of the page in one language."""

    def __init__(self, languages: Languages, tag: str) -> None:
        self._languages, self._tag = languages, tag
        # English as the United Nations write it: 31 January, not January 31.
        self._locale = Locale.parse("en_150") if tag == "en" else Locale.parse(tag, sep="-")

    def word(self, key: str, /, **values: str) -> str:
        template = self._languages.word(self._tag, f"{_WORDS}{key}")
        return fill(template, values, self._languages.direction(self._tag)) if values else template

    def day(self, day: date | None) -> str:
        return self.word("not_stated") if day is None else format_date(day, "long", locale=self._locale)

    def listed(self, several: Iterable[str]) -> str:
        """Put names into a row as this language writes one, each apart from the direction of the others."""
        direction = self._languages.direction(self._tag)
        return format_list([isolate(one, direction) for one in several], locale=self._locale)

    def language(self, tag: str) -> str:
        """The name of a language in this one; its tag where there is none."""
        try:
            return Locale.parse(tag, sep="-").get_display_name(self._locale) or tag
        except (UnknownLocaleError, ValueError):
            return tag


def _hours(words: _Words, one: Counselling) -> str:
    counted = [number for number in one.at_work if number is not None]
    staffed = sum(number > 0 for number in counted)
    return words.word("counsellors", count=str(len(one.counsellors)), hours=str(staffed), all=str(len(counted)))


def _open(words: _Words, point: OpenPoint) -> str:
    values = {
        "kind": words.word(point.kind) if point.kind else "",
        "name": show(point.person.name) if point.person else "",
        "day": words.day(point.day),
        "language": words.language(point.language) if point.language else "",
    }
    service = f"_{_WHOM[point.service]}" if point.what is Open.NO_COUNSELLOR and point.service else ""
    return words.word(f"open_{point.what}{service}", **values)
