"""The web door: one page after another, over turns with a script."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import ClientResponse

from bot.incoming import Command, Open, Tap, Typed
from bot.turn import NotSaved
from tests.bot.browsing import LANGUAGES, NEUTRAL, Browser, Page, door
from tests.bot.scripted_turns import NUMBER, ScriptedTurns

CANARY = "canary-7f3a-hölle-عصفور"


@pytest.fixture
def turns() -> ScriptedTurns:
    return ScriptedTurns()


@pytest.fixture
async def browser(turns: ScriptedTurns) -> AsyncIterator[Browser]:
    async with door(turns) as client:
        yield Browser(client)


@pytest.fixture
def story(browser: Browser) -> Callable[[], Awaitable[Browser]]:
    async def to_story() -> Browser:
        await browser.open()
        await browser.press("en")
        return browser

    return to_story


def gone_to_neutral(response: ClientResponse) -> bool:
    return (response.status, response.headers.get("Refresh")) == (200, f"0;url={NEUTRAL}")


class TestGoingThrough:
    """From the start page to the number."""

    async def test_the_start_page_knows_of_no_session_and_asks_only_for_a_language(self, browser, turns):
        page = await browser.open()
        assert {value for value, _ in page.main.buttons} == set(LANGUAGES.tags)
        assert set(page.main.hidden) == {"language"}
        assert turns.taken == []

    async def test_a_language_begins_a_session_and_answers_its_first_question(self, browser, turns):
        await browser.open()
        page = await browser.press("ar")
        assert [type(taken.happened) for taken in turns.taken] == [Open, Tap]
        assert page.html() == {"lang": "ar", "dir": "rtl"}
        assert re.fullmatch(r"[\w-]{43}", page.main.hidden["session"])
        assert page.leave.hidden == {"session": page.main.hidden["session"], "language": "ar"}

    async def test_from_the_first_tap_to_the_number(self, browser, story):
        await story()
        page = await browser.press(None, "First line\nsecond & <b>line</b>")
        assert page.text("dd") == "First line\nsecond & <b>line</b>"
        page = await browser.press("send")
        assert [text for tag, text in page.texts if tag == "span"][1:] == NUMBER.split()
        assert page.text().count("4821") == 1, "the number stands on the page once"

    async def test_the_pages_keep_a_sensible_order_for_text_browsers_and_screen_readers(self, browser, story):
        await story()
        page = await browser.press(None, "words")
        words = page.text()
        order = [words.index(part) for part in ("Leave", "Help now", "This is what you have told", "words", "Send")]
        assert order == sorted(order)
        assert [tag for tag, _ in page.tags].count("h1") == 1
        assert ("dd", {"dir": "auto", "translate": "no"}) in page.tags

    async def test_a_page_has_no_script_and_nothing_from_elsewhere(self, browser, story):
        await story()
        for tag, values in browser.page.tags:
            assert tag != "script"
            assert not [name for name in values if name.startswith("on") or name == "style"]
            for name in ("src", "href", "action"):
                assert (values.get(name) or "/").startswith("/")


class TestTheBox:
    """What Continue means."""

    async def test_words_are_sent_whole(self, browser, turns, story):
        await story()
        await browser.press(None, " one\n two ")
        happened = turns.taken[-1].happened
        assert isinstance(happened, Typed)
        assert happened.final
        assert happened.words.reveal() == " one\n two "

    async def test_an_empty_box_is_a_skip(self, browser, turns, story):
        await story()
        await browser.press(None, " \n ")
        assert turns.taken[-1].happened == Tap("!skip", 2)

    async def test_an_untouched_box_is_kept_and_an_emptied_one_is_erased(self, browser, turns, story):
        await story()
        await browser.press(None, "\nkept\nwords")
        page = await browser.press("change")
        assert page.main.box == "\nkept\nwords", "the first line end belongs to the person, not to the markup"
        await browser.press(None)
        assert turns.taken[-1].happened == Tap("!done", 4)
        await browser.press("change")
        await browser.press(None, "")
        assert turns.taken[-1].happened == Tap("erase", 6)

    async def test_keep_is_not_shown_beside_continue(self, browser, story):
        await story()
        await browser.press(None, "kept")
        page = await browser.press("change")
        assert [value for value, _ in page.main.buttons][-2:] == [None, "erase"]

    async def test_help_keeps_what_stands_in_the_box(self, browser, turns, story):
        await story()
        page = await browser.press("!help", "half a sent")
        kept, tapped = (taken.happened for taken in turns.taken[-2:])
        assert isinstance(kept, Typed)
        assert not kept.final
        assert tapped == Tap("!help", 3)
        assert page.text("li") == "Trust line: 0\u00a08008\u00a08008\nHealth post, block 4"
        page = await browser.press("back")
        assert page.main.box == "half a sent"

    async def test_help_with_an_untouched_box_is_one_turn(self, browser, turns, story):
        await story()
        before = len(turns.taken)
        await browser.press("!help")
        assert len(turns.taken) == before + 1


class TestRepeats:
    """Double taps, reloads, pages from before."""

    async def test_the_same_page_sent_twice_changes_nothing_the_second_time(self, browser, turns, story):
        await story()
        fields = browser.page.main.fields(None, "told once")
        await browser.send(fields)
        page = await browser.send(fields)
        first, second = turns.taken[-2:]
        assert first.delivery == second.delivery
        assert "This is what you have told" in page.text("h1")
        assert page.text("p") == "", "no notice: to the person it is one act"

    async def test_another_button_or_other_words_are_another_delivery(self, browser, turns, story):
        await story()
        form = browser.page.main
        for fields in (form.fields(None, "one"), form.fields(None, "two"), form.fields("!skip"), form.fields("!back")):
            await browser.send(fields)
        deliveries = [taken.delivery for taken in turns.taken[2:]]
        assert len(set(deliveries)) == len(deliveries)

    async def test_a_page_from_before_is_answered_with_the_present_question(self, browser, story):
        await story()
        old = browser.page.main.fields("!skip")
        await browser.press(None, "words")
        page = await browser.send(old)
        assert "earlier question" in page.text("p")
        assert "This is what you have told" in page.text("h1")

    async def test_a_token_with_a_second_life_is_not_haunted_by_its_first(self, browser, turns, story):
        """After leaving, a page from the browser's memory begins anew; its answers are no repeats."""
        await story()
        old = browser.page.main.fields("!skip")
        await browser.post(browser.page.leave.fields("!leave"))
        await browser.send(old)
        await browser.press("fr")
        assert [taken.delivery for taken in turns.taken].count(turns.taken[-1].delivery) == 1
        assert turns.talks[turns.taken[-1].person].language == "fr"


class TestLeaving:
    """Leave works always."""

    async def test_leave_ends_the_conversation_and_shows_the_neutral_site(self, browser, turns, story):
        await story()
        session = browser.page.main.hidden["session"]
        response = await browser.post(browser.page.leave.fields("!leave"))
        assert gone_to_neutral(response)
        assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
        assert response.headers["Cache-Control"] == "no-store"
        page = Page(await response.text())
        assert page.text() == "Have a good day!\nHave a good day!", "the title and a link, nothing of ours"
        assert [values["href"] for tag, values in page.tags if tag == "a"] == [NEUTRAL]
        assert turns.talks == {}
        assert turns.gone_for == [session]

    async def test_an_answer_that_ends_the_conversation_leaves_too(self, browser, turns, story):
        await story()
        await browser.press(None, "words")
        response = await browser.post(browser.page.main.fields("leave"))
        assert gone_to_neutral(response)
        assert len(turns.gone_for) == 1

    async def test_leave_carries_no_words(self, browser, story):
        await story()
        assert browser.page.leave.box is None
        assert browser.page.leave.buttons == [("!leave", "Leave")]

    @pytest.mark.parametrize(
        "fields",
        [{}, {"session": "A" * 43}, {"session": "A" * 43, "seq": "77", "form": "B" * 16, "words": "x"}],
        ids=["no session", "unknown session", "stale page"],
    )
    async def test_leave_always_leaves(self, browser, fields):
        response = await browser.post({**fields, "button": "!leave"})
        assert gone_to_neutral(response)

    @pytest.mark.parametrize("error", [NotSaved("no"), RuntimeError(CANARY)])
    async def test_leave_leaves_when_nothing_can_be_erased(self, browser, turns, story, error, caplog):
        await story()
        turns.fail = [error]
        response = await browser.post(browser.page.leave.fields("!leave"))
        assert gone_to_neutral(response)
        assert CANARY not in caplog.text
        assert f"web_leave_failed {type(error).__name__}" in caplog.text

    async def test_leave_is_never_taken_for_a_repeat(self, browser, turns, story):
        await story()
        fields = browser.page.leave.fields("!leave")
        await browser.post(fields)
        await browser.post(fields)
        left = [taken for taken in turns.taken if taken.happened == Command("leave")]
        assert len({taken.delivery for taken in left}) == 2


class TestFailing:
    """Nothing typed is lost."""

    async def test_more_than_the_box_takes_comes_back_to_be_made_shorter(self, browser, turns):
        """Text browsers let people write more than ``maxlength``."""
        await browser.open()
        await browser.press("en")
        before, taken = dict(browser.page.main.hidden), len(turns.taken)
        page = await browser.press(None, "a" * 10_001)
        assert "too long" in page.text("h1")
        assert page.main.box == "a" * 10_001
        assert page.main.hidden == before
        assert len(turns.taken) == taken
        page = await browser.press(None, "a" * 10_000)
        assert page.text("dd") == "a" * 10_000

    @pytest.mark.parametrize(
        ("error", "status", "sentence"),
        [(NotSaved("Pas enregistré."), 503, "Pas enregistré."), (RuntimeError(CANARY), 500, "enregistr")],
    )
    async def test_words_that_could_not_be_kept_come_back_ready_to_send(
        self, browser, turns, error, status, sentence, caplog
    ):
        await browser.open()
        await browser.press("fr")
        before = dict(browser.page.main.hidden)
        turns.fail = [error]
        page = await browser.press(None, f"{CANARY}\n\nend")
        assert browser.status == status
        assert sentence in page.text("h1")
        assert page.main.hidden == before, "the same delivery, should it have been kept after all"
        assert page.main.box == f"{CANARY}\n\nend"
        page = await browser.press(None)
        assert browser.status == 200
        assert page.text("dd") == f"{CANARY}\n\nend"
        assert CANARY not in caplog.text

    async def test_a_button_that_could_not_be_kept_can_be_pressed_again(self, browser, turns, story):
        await story()
        await browser.press(None, "words")
        turns.fail = [NotSaved("no")]
        page = await browser.press("send")
        assert page.main.buttons == [("send", "Continue")]
        page = await browser.press("send")
        assert "This is your number:" in page.text()

    async def test_when_only_the_second_of_two_turns_fails_nothing_is_said_twice(self, browser, turns, story):
        await story()
        fields = browser.page.main.fields("!help", "half")
        take = turns.take

        async def second_fails(incoming):
            if incoming.happened == Tap("!help", 3):
                turns.take = take
                raise NotSaved("no")
            return await take(incoming)

        turns.take = second_fails
        await browser.send(fields)
        assert browser.page.main.box == "half"
        page = await browser.press("!help")
        assert page.text("li").startswith("Trust line")
        (talk,) = turns.talks.values()
        assert talk.story == "half"

    @pytest.mark.parametrize("error", [NotSaved("no"), RuntimeError(CANARY)])
    async def test_a_session_that_could_not_begin_is_offered_again(self, browser, turns, error):
        await browser.open()
        turns.fail = [error]
        page = await browser.press("fr")
        assert {value for value, _ in page.main.buttons} == set(LANGUAGES.tags)
        assert "could not be saved" in page.text("p")
