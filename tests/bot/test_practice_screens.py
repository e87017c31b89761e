"""What is practice says so wherever a person sees it, and what is real never does."""

from dataclasses import replace
from datetime import date
from random import Random  # noqa: TID251 -- a die with a seed, so that a failure can be repeated

import pytest

from bot.alert_words import alert_text
from bot.alerts import Notice
from bot.mail import MailStaff
from bot.reporter_chat import _text
from bot.show import Shower
from bot.staff import COMMANDS
from bot.web_form import Posted
from bot.web_pages import Pages
from config.care import Care
from crypto.vault import Vault, new_secrets
from flows.book import Call, Choose, Say
from flows.path import here
from flows.state import Interrupt, Pick, Result
from flows.step import offers, step
from routing.directory import Directory
from tests.bot.browsing import Page
from tests.bot.drawing import Person
from tests.bot.staff_office import HAVE, THANKS, WORDS
from tests.bot.test_alerts import person
from tests.cases.chains import CHAIN, NOON, OWNER, REFERENCE, an_alert, report
from tests.crypto.streams import stream

CASE = "PRAC7K3M"
ASIDES = ("!help", "!back", "!language", "!skip")
MOSTLY = 0.8
NOTHING = Directory({}, {}, {}, {}, {}, {})
POSTED = Posted(session=None, seq=1, form="f" * 16, was="", button=None, words="typed", language="en")


def mark(tag):
    return WORDS.word(tag, "practice_mark")


def staff_mark(tag="en"):
    return WORDS.word(tag, "staff_practice")


def shower(*, practice):
    return Shower(WORDS, Care(None), directory=lambda: replace(NOTHING, practice=practice))


def wander(somebody, steps, die):
    """Screens of somebody who presses whatever there is, and for whom calls end as they may."""
    book = somebody.book
    for _ in range(steps):
        yield somebody.look(receipt="1234567812345678")
        node = book.waiting(here(book, somebody.state))
        ways = ["!skip"]
        if isinstance(node, Choose | Say):
            ways = [option.id for option in offers(book, somebody.state, node)]
        way = die.choice(ways if die.random() < MOSTLY else ASIDES)
        seq = somebody.state.seq
        event = Interrupt(way[1:], seq) if way.startswith("!") else Pick(way, seq)
        somebody.state = step(book, somebody.state, event).state
        while isinstance(called := book.nodes[here(book, somebody.state)], Call):
            outcome, _ = die.choice(called.outcomes)
            somebody.state = step(book, somebody.state, Result(str(somebody.state.pending), outcome)).state


@pytest.mark.parametrize("practice", [False, True], ids=["live", "practice"])
def test_every_screen_of_the_chat_and_every_page_says_so_or_never(practice):
    for seed in range(8):
        somebody = Person(shower(practice=practice))
        for screen in wander(somebody, 40, Random(seed)):  # noqa: S311 -- a die, no secret
            words = mark(screen.language)
            assert _text(screen).startswith(words) == practice
            page = Pages(WORDS, practice=practice).screen(screen, "T" * 43)
            assert (words in Page(page).text()) == practice


@pytest.mark.parametrize("tag", WORDS.tags)
@pytest.mark.parametrize("practice", [False, True], ids=["live", "practice"])
def test_what_comes_before_and_after_a_conversation_says_so_too(tag, practice):
    pages = Pages(WORDS, practice=practice)
    for page in (
        pages.start(tag),
        pages.start(tag, "page_old"),
        pages.again(POSTED, tag, "a notice"),
        pages.away(tag, "https://www.example.org/"),
    ):
        assert (mark(tag) in Page(page).text()) == practice
    [line] = shower(practice=practice).ended(tag, 7).paragraphs
    assert line.startswith(mark(tag)) == practice
    assert line.endswith(WORDS.word(tag, "leave_line"))


@pytest.mark.parametrize("template", ["staff_alert", "staff_reminder", "awaiting_owner", "coverage_alarm"])
@pytest.mark.parametrize("tag", ["en", "ar"])
def test_every_alert_about_an_invented_case_says_so_by_every_courier(template, tag):
    for reference, practice in ((CASE, True), (REFERENCE, False)):
        alert = an_alert(reference=reference, template=template)
        text = alert_text(WORDS, person(OWNER, languages=(tag,)), alert)
        assert text.startswith(staff_mark(tag)) == practice
        assert reference in text


def test_files_and_mails_of_an_invented_case_are_named_so():
    whom = replace(person(OWNER), email="somebody@office.example")
    notice = Notice(an_alert(reference=CASE), whom, b"sealed")
    assert notice.file_name == "practice-PRAC7K3M.linnet"
    assert Notice(an_alert(), whom, b"sealed").file_name == f"{REFERENCE}.linnet"
    vault = Vault(new_secrets(stream("vault"), date(2025, 11, 23)))
    message = MailStaff(None, "no-reply@desk.example", WORDS, vault, lambda: NOON)._message(notice, whom.email)
    assert CASE in message["Subject"]
    assert message.get_body().get_content().startswith(staff_mark())
    assert [part.get_filename() for part in message.iter_attachments()] == ["practice-PRAC7K3M.linnet"]


@pytest.fixture
async def practising(office):
    """The staff bot of a practice installation."""
    office.desk = replace(office.desk, practice=True)
    office.bot._desk = office.desk
    office.bot._linking._desk = office.desk
    office.open()
    return office


async def test_every_screen_of_the_staff_bot_says_so(practising):
    phone = await practising.linked()
    await report(practising.store, CHAIN, reference=CASE)
    await practising.drain.once()
    shown = []
    for command in COMMANDS:
        await phone.send_command(f"/{command}")
        await phone.wait_idle()
        shown += [message for message in phone.chat() if message.from_bot]
    for data in (
        f"one:{CASE}",
        f"not:{CASE}",
        "duty",
        "away:open",
        "back",
        f"again:{CASE}",
        f"have:{CASE}",
        "one:00000000",
    ):
        await phone.tap(data=data)
        await phone.wait_idle()
        shown += [message for message in phone.chat() if message.from_bot]
    await practising.drain.once()
    texts = {
        message.text for message in [*shown, *phone.chat()] if message.from_bot and not message.text.startswith("TEST")
    }
    assert len(texts) > 6
    assert [text for text in texts if not text.startswith(staff_mark())] == []
    assert [text for text in texts if text.count(staff_mark()) > 1] == []
    assert {name for name, _ in phone.documents()} == {"practice-PRAC7K3M.linnet"}


async def test_the_live_staff_bot_never_does(polling):
    phone = await polling.linked()
    await report(polling.store, CHAIN)
    await polling.drain.once()
    for command in COMMANDS:
        await phone.send_command(f"/{command}")
        await phone.wait_idle()
        assert not any("PRACTICE" in message.text for message in phone.chat())
    await phone.tap(HAVE)
    await phone.wait_for(THANKS)
    assert not any("PRACTICE" in message.text for message in phone.chat())
