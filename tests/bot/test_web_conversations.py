"""Whole conversations in the browser, over the real turn and a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.turn import TurnTaker
from tests.bot.browsing import LANGUAGES, Browser, Page, door
from tests.bot.real_turns import real_turns

CANARY = "canary 7f3a عصفور"
TO_STORY = ("go_on", "yes", "no", "go_on", "report", "me", "no", "sexual")
TO_WHERE = ("longer", "go_on", "aid_worker", "unsure", "community", "unsure")
TO_REVIEW = ("no", "no", "yes", "no")


@pytest.fixture
async def turns(tmp_path: Path) -> AsyncIterator[TurnTaker]:
    async with real_turns(tmp_path) as turns:
        yield turns


@pytest.fixture
async def browser(turns: TurnTaker) -> AsyncIterator[Browser]:
    async with door(turns) as client:
        yield Browser(client)


async def to_story(browser: Browser, language: str = "en") -> Page:
    """As far as the question for the story, past what is only told on the way."""
    await browser.open()
    await browser.press(language)
    for button in TO_STORY:
        assert browser.status == 200
        await browser.press(button)
    while browser.page.main.box is None:
        await browser.press("go_on")
    return browser.page


async def to_review(browser: Browser, language: str = "en") -> Page:
    await to_story(browser, language)
    await browser.press(None, CANARY)
    return await rest(browser, "by the well")


async def rest(browser: Browser, where: str = "", consent: tuple[str, ...] = ("yes",)) -> Page:
    """From the question whether the story may be sent to the read-back."""
    for button in (*consent, *TO_WHERE):
        await browser.press(button)
    await browser.press(None, where)
    await browser.press(None, "")
    for button in TO_REVIEW:
        await browser.press(button)
    return browser.page


async def rows(turns: TurnTaker, table: str) -> int:
    async with turns.store.reading() as connection:
        return (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()  # noqa: S608


async def left(browser: Browser, fields: dict[str, str]) -> bool:
    return "Refresh" in (await browser.post(fields)).headers


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
async def test_a_report_from_the_first_tap_to_the_number(browser, turns, tmp_path, language):
    page = await to_review(browser, language)
    assert page.html() == {"lang": language, "dir": LANGUAGES.direction(language)}
    told = page.text("dd")
    assert CANARY in told.replace("\u2068", "").replace("\u2069", "")
    assert "by the well" in told
    page = await browser.press("send")
    number = [group for tag, group in page.texts if tag == "span"][1:]
    assert [len(group) for group in number] == [4] * 4
    assert "".join(number).isdigit()
    assert await rows(turns, "documents") == 1
    page = await browser.press("kept")
    assert number[0] not in page.text()
    page = await browser.press("next")
    assert await left(browser, page.main.fields("leave"))
    assert await rows(turns, "sessions") == 0
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert b"canary" not in file.read_bytes(), file.name


async def test_a_hasty_thumb_sends_one_report(browser, turns):
    page = await to_review(browser)
    fields = page.main.fields("send")
    answers = await asyncio.gather(*(browser.post(fields) for _ in range(3)))
    pages = [Page(await answer.text()) for answer in answers]
    numbers = {tuple(group for tag, group in page.texts if tag == "span") for page in pages}
    assert len(numbers) == 1, "whichever answer the browser shows, it shows the number"
    assert await rows(turns, "documents") == 1


async def test_half_a_sentence_survives_every_aside(browser):
    page = await to_story(browser)
    for aside, back in (("!help", "back"), ("!language", "en"), ("!delete", "back"), ("!back", "sexual")):
        words = f"{page.main.box or ''}before {aside} "
        await browser.press(aside, words)
        page = await browser.press(back)
        while page.main.box is None:
            page = await browser.press("go_on")
        assert page.main.box == words
    await browser.press(None)
    page = await rest(browser)
    assert "before !help before !language before !delete before !back" in page.text("dd")


async def test_an_answer_can_be_changed_and_erased(browser):
    await to_review(browser)
    await browser.press("change")
    page = await browser.press("story")
    assert page.main.box == CANARY
    page = await browser.press(None, "other words")
    assert CANARY not in page.text()
    assert "other words" in page.text("dd")
    await browser.press("change")
    await browser.press("story")
    page = await browser.press(None, " ")
    assert "other words" not in page.text()
    assert "by the well" in page.text("dd")


async def test_words_from_an_old_page_are_kept_and_shown(browser):
    page = await to_story(browser)
    old = page.main.fields(None, "written on an old page")
    await browser.press(None, "new words")
    page = await browser.send(old)
    assert "kept" in page.text("p")
    page = await rest(browser)
    assert "written on an old page" in page.text("dd")
    assert "new words" in page.text("dd")


async def test_the_stop_word_leaves_from_the_box_too(browser, turns):
    page = await to_story(browser)
    assert await left(browser, page.main.fields(None, " leave\n"))
    assert await rows(turns, "sessions") == 0


async def test_after_leaving_old_pages_lead_away_or_to_the_beginning(browser, turns):
    page = await to_story(browser)
    sent = page.main.fields(None, CANARY)
    await browser.send(sent)
    assert await left(browser, browser.page.leave.fields("!leave"))
    assert await rows(turns, "sessions") == 0
    assert await left(browser, sent), "sent again by the back button: a repeat of what is over"
    page = await browser.send(page.main.fields("!skip"))
    assert CANARY not in page.text()
    assert {value for value, _ in page.main.buttons if value in LANGUAGES.tags} == set(LANGUAGES.tags)
    page = await browser.press("fr")
    assert page.html()["lang"] == "fr"


async def test_a_young_person_is_never_shown_a_box_for_the_story(browser):
    await browser.open()
    await browser.press("en")
    for button in (*TO_STORY[:6], "yes", TO_STORY[7], *TO_WHERE, "go_on", *TO_REVIEW):
        assert browser.page.main.box is None
        await browser.press(button)
    assert "send" in [value for value, _ in browser.page.main.buttons]
