"""`linnet directory attest`, and the pages it writes."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from secrets import token_bytes

import pytest
import typer
from sqlalchemy import select
from typer.testing import CliRunner, Result

from bot.attestation import Attestation, languages_of
from bot.commands.directory import register
from cases.migrate import upgrade
from cases.store import open_store
from cases.tables import trials
from cases.trials import answer, send
from locales.catalogues import load
from routing.coverage import cover
from routing.directory import Office
from routing.offices import attested, offices
from tests.bot.directory_folders import SignedFolder, signed_folder
from tests.routing.covering import somebody, spoken
from tests.routing.worlds import TODAY, directory_of

DAY = ("--day", "2026-11-23")
OFFICE = ("--office", "relief.port")


@pytest.fixture(scope="module")
def languages():
    return load()


@pytest.fixture
def signed(tmp_path: Path) -> SignedFolder:
    return signed_folder(tmp_path)


@pytest.fixture
def linnet():
    app = typer.Typer()
    register(app)
    app.command("other")(lambda: None)  # as in the real program, `directory` is one group among others
    runner = CliRunner()

    def run(*words: object, **environment: str) -> Result:
        return runner.invoke(app, ["directory", *map(str, words)], env={"COLUMNS": "200", **environment})

    return run


class Text(HTMLParser):
    """Reads the words of a page, each element's in a line of its own, and the names of its elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):  # noqa: ARG002 -- the base class calls it so
        self.tags.add(tag)

    def handle_data(self, data):
        if self.lasttag != "style" and data.strip():
            self.lines.append(data.strip())


def text_of(path: Path) -> list[str]:
    return Text(path.read_text("utf-8")).lines


def page(languages, directory, tag="en", tests=None) -> str:
    (office, *_) = offices(directory, TODAY)
    facts = attested(directory, cover(directory, TODAY), office, tests)
    return Attestation(directory, languages, TODAY, tests).page(facts, tag)


def test_a_page_has_the_facts_of_the_office(linnet, signed, tmp_path):
    result = linnet("attest", signed.path, *OFFICE, *DAY, "--out", tmp_path / "out")
    assert result.exit_code == 0
    written = result.stdout.splitlines()
    assert written[0] == f"Written: {tmp_path}/out/relief.port.html"
    assert f"Written: {tmp_path}/out/relief.port.fr.html" in written
    assert '<html lang="fr"' in (tmp_path / "out" / "relief.port.fr.html").read_text("utf-8")
    lines = text_of(tmp_path / "out" / "relief.port.html")
    assert lines[:2] == ["Yearly attestation: Relief, Port"] * 2
    assert lines[lines.index("Place") + 1] == "Port"
    start = lines.index("Ana")
    assert lines[start : start + 9] == [
        "Ana",
        "told at once",
        "at this office",
        "1 January 2026",
        "Ben",
        "31 January 2030",
        "not stated",
        "not known",
        "French and Chinese (Simplified)",
    ]
    assert "The directory states no certification of Ben." in lines
    assert "Nobody who receives reports speaks Arabic." in lines


def test_all_offices_have_a_page_each(linnet, signed, tmp_path):
    assert linnet("attest", signed.path, "--all", *DAY, "--out", tmp_path / "out").exit_code == 0
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert "relief.port.html" in names
    assert all(name.startswith("relief.port.") for name in names)


@pytest.mark.parametrize("words", [(), ("--all", *OFFICE)])
def test_it_must_be_clear_which_offices(linnet, signed, tmp_path, words):
    result = linnet("attest", signed.path, *words, *DAY, "--out", tmp_path)
    assert (result.exit_code, result.stderr) == (2, "name offices with --office, or ask for --all\n")


def test_an_office_that_is_none_is_refused_and_the_others_are_named(linnet, signed, tmp_path):
    result = linnet("attest", signed.path, "--office", "moon", *DAY, "--out", tmp_path)
    assert (result.exit_code, result.stderr) == (2, "there is no office 'moon'; there are: relief.port\n")


def test_what_cannot_be_written_is_said(linnet, signed, tmp_path):
    (tmp_path / "file").write_text("")
    result = linnet("attest", signed.path, *OFFICE, *DAY, "--out", tmp_path / "file")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_test_alerts_come_from_the_database(linnet, signed, tmp_path):
    noon = int(datetime(2026, 10, 3, 12, tzinfo=UTC).timestamp())
    url = f"sqlite:///{tmp_path}/linnet.db"

    async def tried() -> None:
        store = open_store(url)
        await upgrade(store)
        await send(store, "ana", now=noon, entropy=token_bytes)
        async with store.reading() as connection:
            reference = (await connection.execute(select(trials.c.reference))).scalar_one()
        assert await answer(store, reference, "ana", noon + 3600)
        await store.close()

    asyncio.run(tried())
    out = tmp_path / "out"
    result = linnet("attest", signed.path, *OFFICE, *DAY, "--out", out, "--database", url)
    assert result.exit_code == 0, result.stderr
    lines = text_of(out / "relief.port.html")
    assert "3 October 2026" in lines
    assert "not answered" in lines
    assert "Ben has not answered a test alert in the last year." in lines
    assert "Ana has not answered a test alert in the last year." not in lines
    assert "not known" not in lines


def test_a_database_that_is_not_there_is_refused(linnet, signed, tmp_path):
    result = linnet("attest", signed.path, *OFFICE, "--out", tmp_path, "--database", f"sqlite:///{tmp_path}/no.db")
    assert (result.exit_code, "there is no such database" in result.stderr) == (2, True)


def test_a_page_needs_nothing_from_outside_and_runs_nothing(languages):
    text = page(languages, spoken(directory_of([somebody("ann")])))
    assert not re.search(r"https?:|src=|href=|@import|url\(", text)
    assert not {"script", "img", "link", "iframe", "object"} & Text(text).tags


def test_a_name_cannot_break_out(languages):
    person = somebody("ann", name="<script>alert(1)</script> & Söhne", languages=("en",))
    text = page(languages, spoken(directory_of([person])))
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Söhne" in text


def test_names_stand_apart_from_the_direction_of_the_page(languages):
    text = page(languages, spoken(directory_of([somebody("ann", name="ليلى")])))
    assert "<bdi>ليلى</bdi>" in text
    assert '<html lang="en" dir="ltr">' in text
    assert '<html lang="ar" dir="rtl">' in page(languages, spoken(directory_of([somebody("ann")])), "ar")


def test_a_row_of_names_is_written_as_the_language_writes_it(languages):
    directory = spoken(directory_of([somebody("ann", languages=("en", "ar", "fr"))]))
    assert "English, Arabic and French" in page(languages, directory)
    assert "الإنجليزية" in page(languages, directory, "ar")
    assert "الإنجليزية," not in page(languages, directory, "ar")


def test_a_page_counts_no_report_and_shows_no_key_or_address(languages):
    person = somebody("ann", email="ann@example.org", key_id="a-key")
    text = page(languages, spoken(directory_of([person])), tests={"ann": TODAY})
    assert not {"ann@example.org", "a-key"} & set(re.findall(r"[\w@.-]+", text))


def test_nobody_is_said_plainly(languages):
    directory = spoken(directory_of([somebody("ann", roles=())]))
    lines = Text(page(languages, directory)).lines
    assert lines.count("Nobody") >= 2
    assert "Nobody would receive this kind of report: Sexual harassment." in lines


def test_what_is_open_is_only_promised_when_something_is(languages):
    promise = languages.word("en", "attest_mended")
    assert promise in page(languages, spoken(directory_of([somebody("ann")])))
    trained = [somebody(one, trained_on=date(2026, 3, 1)) for one in ("ann", "bob")]
    directory = spoken(directory_of(trained))
    directory = replace(directory, countries={"ada": replace(directory.countries["ada"], languages=())})
    text = page(languages, directory)
    assert promise not in text
    assert "Nothing is open." in text


class Whole:
    """Words that are whole in some languages."""

    fallback = "en"

    def __init__(self, *whole: str) -> None:
        self.whole = whole

    def negotiate(self, hint: str) -> str:
        return hint if hint in {"en", "fr", "ar"} else "en"

    def complete(self, tag: str, prefix: str) -> bool:
        assert prefix == "attest_"
        return tag in self.whole


@pytest.mark.parametrize(
    ("spoken_there", "whole", "pages"),
    [
        (("fr", "ar"), ("fr", "ar"), ("en", "fr")),
        (("fr", "ar"), ("ar",), ("en", "ar")),
        (("fr", "ar"), (), ("en",)),
        (("en", "fr"), ("fr",), ("en",)),
        (("sw", "fr"), ("fr",), ("en", "fr")),
        ((), ("fr",), ("en",)),
    ],
)
def test_a_page_is_also_in_the_offices_language_when_that_is_whole(spoken_there, whole, pages):
    directory = directory_of([somebody("ann")])
    directory = replace(directory, countries={"ada": replace(directory.countries["ada"], languages=spoken_there)})
    facts = attested(directory, cover(directory, TODAY), Office("hub", "Hub", {}, "un", "ada1"))
    assert languages_of(Whole(*whole), facts) == pages
