"""How a screen becomes a page: headings, lists, the number, languages side by side."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import segno

from bot.screen import Button, Screen, Told
from bot.web_pages import Block, Pages, blocks
from locales.isolate import fill
from tests.bot.browsing import LANGUAGES, Page

TOKEN = "T" * 43
BARE = Screen("en", "ltr", 7, ("Who is it about?",), options=(Button("me", "About me"),))


def page(screen: Screen) -> Page:
    return Page(Pages(LANGUAGES).screen(screen, TOKEN))


class TestBlocks:
    """Which paragraph becomes what."""

    def test_the_heading_is_what_is_asked(self):
        screen = replace(BARE, paragraphs=("We are sorry.", "Who is it about?", "Any answer is fine."))
        assert [block.kind for block in blocks(screen)] == ["prose", "heading", "prose"]
        assert blocks(screen)[1].asks

    @pytest.mark.parametrize("question", ["Qui ?", "عمّن؟", "关于谁？"])
    def test_questions_are_known_in_every_script(self, question):
        assert blocks(replace(BARE, paragraphs=("One.", question)))[1] == Block("heading", (question,), asks=True)

    def test_what_only_tells_has_a_quiet_heading(self):
        first, second = blocks(replace(BARE, paragraphs=("Thank you.", "Please wait.")))
        assert (first.kind, first.asks, second.kind) == ("heading", False, "prose")

    def test_lines_with_bullets_are_a_list(self):
        found = blocks(replace(BARE, paragraphs=("Early:\n• one\n• two\nand later",)))
        assert [(block.kind, block.lines) for block in found] == [
            ("heading", ("Early:",)),
            ("bullets", ("one", "two")),
            ("prose", ("and later",)),
        ]

    def test_help_lines_filled_into_arabic_are_a_list_and_keep_their_isolates(self):
        text = fill("{contacts}", {"contacts": "• خط الثقة: 0 8008 8008\n• العيادة"}, "rtl")
        (block,) = blocks(replace(BARE, paragraphs=(text,)))
        assert block.kind == "bullets"
        for line in block.lines:
            assert "•" not in line
            assert line.count("\u2068") == line.count("\u2069") >= 1

    def test_a_telephone_number_does_not_break_at_the_end_of_a_line(self):
        (block,) = blocks(replace(BARE, paragraphs=("Trust line: 0 8008 8008 (8 to 20)",)))
        assert block.lines == ("Trust line: 0\u00a08008\u00a08008 (8 to 20)",)

    @pytest.mark.parametrize("shown", ["4821 9930 1175 6042", "\u2068\u20684821 9930 1175 6042\u2069\u2069"])
    def test_the_number_stands_where_the_text_puts_it(self, shown):
        screen = replace(BARE, paragraphs=("This is it:", shown, "Keep it."), number="4821 9930 1175 6042")
        assert blocks(screen)[1] == Block("number", ("4821", "9930", "1175", "6042"))
        assert len(blocks(screen)) == 3

    def test_a_number_that_the_text_forgot_is_shown_all_the_same(self):
        assert blocks(replace(BARE, number="4821993011756042"))[-1] == Block("number", ("4821", "9930", "1175", "6042"))


class TestPage:
    """The markup."""

    def test_the_choice_of_language_names_each_in_itself(self):
        options = tuple(Button(tag, LANGUAGES.name(tag)) for tag in LANGUAGES.tags)
        found = page(replace(BARE, paragraphs=("Choose your language.", "اختر لغتك."), options=options)).tags
        assert [values["lang"] for tag, values in found if tag == "button" and "lang" in values] == list(LANGUAGES.tags)
        assert [values.get("dir") for tag, values in found if tag in ("h1", "p") and "class" not in values] == ["auto"]

    def test_a_lone_way_on_is_the_obvious_one_and_ways_past_are_quiet(self):
        told = replace(BARE, options=(Button("go_on", "Continue"), Button("!skip", "Skip")))
        looks = {values.get("value"): values.get("class") for tag, values in page(told).tags if tag == "button"}
        assert (looks["go_on"], looks["!skip"]) == ("on", "by")
        two = replace(BARE, options=(Button("a", "A"), Button("b", "B")))
        assert [values.get("class") for tag, values in page(two).tags if values.get("value") in ("a", "b")] == [
            None
        ] * 2

    def test_leave_is_there_even_when_the_screen_forgot_it(self):
        assert page(BARE).leave.buttons == [("!leave", "Leave")]

    def test_everything_shown_is_escaped(self):
        nasty = "<i>&\"'</i>"
        screen = replace(
            BARE,
            paragraphs=(nasty, f"• {nasty}", f"{nasty}?"),
            notice=nasty,
            told=(Told(nasty, nasty),),
            options=(Button(nasty, nasty),),
            asides=(Button("!help", nasty), Button("!leave", nasty)),
            writes=True,
            written=nasty,
            number=nasty,
        )
        found = page(screen)
        assert "i" not in [tag for tag, _ in found.tags]
        assert found.main.box == nasty
        assert (nasty, nasty) in found.main.buttons

    def test_two_drawings_of_one_screen_are_two_pages(self):
        assert page(BARE).main.hidden["form"] != page(BARE).main.hidden["form"]


def test_the_number_can_be_opened_as_a_picture_of_its_digits_alone():
    drawn_page = Pages(LANGUAGES).screen(replace(BARE, paragraphs=("Keep it.",), number="4821 9930 1175 6042"), "token")
    path = re.search(r'<path d="([^"]+)"/></svg>', drawn_page)[1]
    drawn = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path)}
    rows = list(segno.make("4821993011756042", error="h", micro=False).matrix_iter(border=4))
    assert drawn == {(x, y) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark}
    assert f'viewBox="0 0 {len(rows)} {len(rows)}"' in drawn_page
    assert "<details" in drawn_page  # closed until somebody wants it


def test_without_a_number_there_is_no_picture():
    assert "<svg" not in Pages(LANGUAGES).screen(BARE, "token")
