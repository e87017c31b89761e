"""Care content for each country, and health advice for each window: whole, in one language, and never too late."""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from config.care import BUILT_IN, Care, Kind, Window, window
from config.care_content import AT_ONCE, EVERYWHERE, Advice, Block, General, Topic
from config.care_reading import parse_file
from tests.config.care_folders import BIRCH, change, filled, other

CONFIG = Path(str(files("config")))
DEMO = CONFIG / "demo" / "care"
SHIPPED = sorted([*(CONFIG / "care").glob("*.yaml"), *DEMO.glob("*.yaml")])
TAGS = ("en", "fr", "ar")
HOURS = {
    Window.WITHIN_24H: 5,
    Window.WITHIN_72H: 50,
    Window.WITHIN_120H: 100,
    Window.WITHIN_6_MONTHS: 2_000,
    Window.LATER: 20_000,
    Window.UNKNOWN: None,
}
FORBIDDEN = {
    "en": re.compile(
        r"too late|no longer|\b(s?he|hers?|his|him|wom[ae]n|girls?|victim|rape|guarantee)\b|will (get|receive)",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"trop tard|\bn(e |’)\S+ plus\b|\b(elles?|femmes?|filles?|victime|viol|garanti)\b|vous (recevrez|aurez)",
        re.IGNORECASE,
    ),
    "ar": re.compile("فات الأوان|متأخر|مرأة|نساء|فتاة|ضحية|اغتصاب|سوف تحصل|ستحصل"),
}


@pytest.fixture
def folder(tmp_path):
    return filled(tmp_path)


class TestWindow:
    """Computed from hours; a bound is still within."""

    @pytest.mark.parametrize(
        ("hours", "expected"),
        [
            (0, Window.WITHIN_24H),
            (24, Window.WITHIN_24H),
            (25, Window.WITHIN_72H),
            (72, Window.WITHIN_72H),
            (73, Window.WITHIN_120H),
            (96, Window.WITHIN_120H),
            (120, Window.WITHIN_120H),
            (121, Window.WITHIN_6_MONTHS),
            (183 * 24, Window.WITHIN_6_MONTHS),
            (183 * 24 + 1, Window.LATER),
            (10**9, Window.LATER),
            (None, Window.UNKNOWN),
            (-1, Window.UNKNOWN),
        ],
    )
    def test_each_bound(self, hours, expected):
        assert window(hours) is expected

    @given(st.integers(0, 10_000), st.integers(0, 10_000))
    def test_more_hours_never_lead_to_an_earlier_window(self, one, two):
        order = list(Window)
        first, second = sorted((one, two))
        assert order.index(window(first)) <= order.index(window(second)) < order.index(Window.UNKNOWN)


class TestHealth:
    """What is said in each window, in the texts that come with Linnet."""

    @pytest.mark.parametrize("tag", TAGS)
    @pytest.mark.parametrize("at", Window)
    def test_every_window_has_advice_whole_in_every_language(self, at, tag):
        text = Care(None).health(tag, HOURS[at])
        pieces = [one.text[tag] for one in built_in() if at in one.windows]
        assert re.sub(r"\s*\n\s*|• ", " ", text).split() == " ".join(pieces).split()
        assert bool(re.search("[\u0600-\u06ff]", text)) is (tag == "ar")

    @pytest.mark.parametrize("tag", TAGS)
    def test_unknown_time_shows_everything(self, tag):
        topics = {one.topic for one in built_in() if one.topic}
        assert topics == set(Topic)
        assert {one.topic for one in built_in() if one.topic and Window.UNKNOWN in one.windows} == topics
        assert Care(None).health(tag, None).count("•") == len(topics)

    @pytest.mark.parametrize(
        ("at", "topics"),
        [
            (Window.WITHIN_24H, set(Topic)),
            (Window.WITHIN_72H, set(Topic)),
            (Window.WITHIN_120H, set(Topic) - {Topic.HIV}),
            (Window.WITHIN_6_MONTHS, {Topic.INFECTIONS, Topic.TALKING}),
            (Window.LATER, set()),
            (Window.UNKNOWN, set(Topic)),
        ],
    )
    def test_what_can_still_help_in_each_window(self, at, topics):
        assert {one.topic for one in built_in() if one.topic and at in one.windows} == topics

    def test_points_are_bullets_between_paragraphs(self):
        text = Care(None).health("en", 48)
        head, points, tail = text.split("\n\n")
        assert head.endswith(":")
        assert [line[:2] for line in points.split("\n")] == ["• "] * 4
        assert "without making a report" in tail

    def test_a_language_that_lacks_one_piece_gets_all_of_it_in_english(self, folder):
        plain = yaml.load(BUILT_IN.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 -- strings only
        del next(one for one in plain["health"] if one.get("topic") == "contraception")["text"]["fr"]
        change(folder / "general.yaml", yaml.dump(plain, allow_unicode=True))
        care = Care(folder)
        assert care.health("fr", 5) == care.health("en", 5)
        assert care.health("fr", 20_000) != care.health("en", 20_000)
        assert care.health("de", None) == care.health("en", None)
        assert care.whole("fr", "birch") == "en"


def built_in() -> tuple[Advice, ...]:
    found = parse_file("general.yaml", BUILT_IN.read_text("utf-8"))
    assert isinstance(found, General)
    assert found.health
    return found.health


class TestContacts:
    """A country's lines first; somebody of an unknown country sees what there is."""

    def test_the_country_s_lines_come_first_then_the_general_ones(self, folder):
        assert Care(folder).contacts("en", "birch") == (
            "• Clinic: 0 000 222 (daytime)\n• Young: 0 000 333 (evenings)\n• Line: 0 000 111 (always)"
        )

    def test_an_unknown_country_shows_everything_each_under_its_name(self, folder):
        assert Care(folder).contacts("en") == (
            "• Line: 0 000 111 (always)\n\n"
            "Birch:\n• Clinic: 0 000 222 (daytime)\n• Young: 0 000 333 (evenings)\n\n"
            "Cedar:\n• Clinic: 0 000 444 (daytime)"
        )

    def test_a_country_without_a_file_shows_no_other_country_s_lines(self, folder):
        assert Care(folder).contacts("en", "dogwood") == "• Line: 0 000 111 (always)"

    def test_many_countries_are_not_all_listed(self, folder):
        for name in ("elm", "fir", "gum"):
            change(folder / f"{name}.yaml", other(name))
        care = Care(folder)
        assert len(care.content().countries) == EVERYWHERE + 1
        assert care.contacts("en") == "• Line: 0 000 111 (always)"
        assert len(care.lines()) == 7

    def test_one_missing_translation_makes_all_of_it_english(self, folder):
        change(folder / "birch.yaml", BIRCH.replace("fr: Jeunes", "es: Joven"))
        care = Care(folder)
        assert care.contacts("fr", "birch") == care.contacts("en", "birch")
        assert care.contacts("fr") == care.contacts("en")
        assert care.contacts("fr", "cedar") == "• Clinique: 0 000 444 (le jour)\n• Ligne: 0 000 111 (toujours)"

    def test_a_country_s_name_counts_when_it_is_shown(self, folder):
        change(folder / "birch.yaml", BIRCH.replace(", fr: Bouleau", ""))
        care = Care(folder)
        assert care.contacts("fr") == care.contacts("en")
        assert "Clinique" in care.contacts("fr", "birch")

    def test_nothing_is_none(self):
        assert Care(None).contacts("en") is None
        assert Care(None).contacts("en", "birch") is None


class TestChildren:
    """Who must be told by law, and the lines for children."""

    def test_the_country_s_rule_and_its_lines_for_children(self, folder):
        assert Care(folder).child_note("fr", "birch") == "Il faut prévenir.\n\n• Jeunes: 0 000 333 (le soir)"

    def test_a_country_without_a_rule_gets_the_general_note(self, folder):
        care = Care(folder)
        assert care.child_note("en", "cedar") == care.child_note("en") == Care(None).child_note("en", "birch")
        assert "under 18" in care.child_note("en")

    def test_one_missing_translation_makes_all_of_it_english(self, folder):
        change(folder / "birch.yaml", BIRCH.replace(", fr: Jeunes", ""))
        care = Care(folder)
        assert care.child_note("fr", "birch") == care.child_note("en", "birch")


class TestWhole:
    """A screen with two texts asks once for its language."""

    @pytest.mark.parametrize("country", [None, "birch", "cedar"])
    def test_the_wanted_language_only_when_every_text_is_in_it(self, folder, country):
        care = Care(folder)
        assert care.whole("fr", country) == "fr"
        assert care.whole("ar", country) == "en"

    def test_the_rule_on_children_counts(self, folder):
        change(folder / "birch.yaml", BIRCH.replace(", fr: Il faut prévenir.", ""))
        assert Care(folder).whole("fr", "birch") == "en"
        assert Care(folder).whole("fr", "cedar") == "fr"

    def test_only_what_is_shown_counts(self, folder):
        change(folder / "birch.yaml", BIRCH.replace(", fr: Il faut prévenir.", ""))
        care = Care(folder)
        assert care.whole("fr", "birch", [Block.CONTACTS, Block.SERVICES, Block.CARE]) == "fr"
        assert care.whole("fr", "birch", [Block.CHILD_RULE]) == "en"
        assert care.whole("fr", "birch", []) == "fr"

    def test_health_counts_for_its_own_time_only(self, folder):
        plain = yaml.load(BUILT_IN.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 -- strings only
        del next(one for one in plain["health"] if one.get("topic") == "contraception")["text"]["fr"]
        change(folder / "general.yaml", yaml.dump(plain, allow_unicode=True))
        care = Care(folder)
        assert care.whole("fr", "cedar", [Block.CARE], 20_000) == "fr"
        assert care.whole("fr", "cedar", [Block.CARE], 5) == "en"
        assert care.whole("fr", "cedar", [Block.CONTACTS], 5) == "fr"

    @pytest.mark.parametrize("block", list(Block))
    def test_a_block_is_the_text_of_its_own_name(self, folder, block):
        care = Care(folder)
        texts = {
            Block.CONTACTS: care.contacts("fr", "birch", AT_ONCE),
            Block.SERVICES: care.contacts("fr", "birch"),
            Block.MISCONDUCT: care.contacts("fr", "birch", frozenset({Kind.MISCONDUCT})),
            Block.CARE: care.health("fr", 5),
            Block.CHILD_RULE: care.child_note("fr", "birch"),
        }
        assert care.block(block, "fr", "birch", 5) == texts[block]

    def test_each_gap_is_named_with_its_place_and_languages(self, folder):
        change(folder / "birch.yaml", BIRCH.replace(", fr: Il faut prévenir.", ""))
        gaps = [gap for gap in Care(folder).gaps(["en", "fr"]) if gap.startswith("birch")]
        assert len(gaps) == 1
        assert gaps[0].startswith("birch: “")
        assert gaps[0].endswith("” is not there in fr")


class TestShipped:
    """What comes with Linnet is honest about itself and says nothing it must not."""

    def test_moldova_is_the_worked_example(self):
        care = Care(CONFIG / "care")
        assert set(care.content().countries) == {"moldova"}
        contacts = care.contacts("en", "moldova")
        assert "0 8008 8008" in contacts
        assert "116 111" in contacts
        note = care.child_note("en", "moldova")
        assert "guardianship authority" in note
        assert "116 111" in note

    def test_the_demonstration_has_the_countries_of_its_directory(self):
        directory = yaml.safe_load((CONFIG / "demo" / "directory.yaml").read_text("utf-8"))
        assert set(Care(DEMO).content().countries) == {one["id"] for one in directory["countries"]}

    def test_the_demonstration_says_in_every_entry_that_it_is_invented(self):
        for country in Care(DEMO).content().countries.values():
            assert "fictional" in country.name["en"]
            assert all("invented" in one.text["en"] for one in country.children)
        for line in Care(DEMO).lines():
            assert "invented" in line.name["en"]
            assert line.reach.startswith("0 000 ")
            assert line.source == "invented"

    @pytest.mark.parametrize("folder", [CONFIG / "care", DEMO, None])
    def test_nothing_is_claimed_to_be_reviewed_or_verified(self, folder):
        standing = Care(folder).standing()
        assert standing.entries > 10
        assert (standing.reviewed, standing.verified, standing.oldest) == (0, 0, None)

    def test_the_standing_counts_what_was_checked(self, folder):
        standing = Care(folder).standing()
        assert (standing.reviewed, standing.verified, str(standing.oldest)) == (1, 2, "2026-11-01")

    @pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
    @pytest.mark.parametrize("tag", TAGS)
    def test_every_entry_is_in_every_language_of_today(self, path, tag):
        for text in texts(path):
            assert text.get(tag)
            assert bool(re.search("[\u0600-\u06ff]", text[tag])) is (tag == "ar")

    @pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
    @pytest.mark.parametrize("tag", TAGS)
    def test_never_too_late_never_gendered_and_nothing_promised(self, path, tag):
        for text in texts(path):
            assert not FORBIDDEN[tag].search(text[tag]), text[tag]

    @pytest.mark.parametrize(
        ("tag", "words"),
        [
            ("en", "It is too late for this."),
            ("en", "She can go there."),
            ("en", "You will get medicine."),
            ("fr", "Il est trop tard."),
            ("fr", "Ce médicament n’agit plus."),
            ("fr", "Elle peut y aller."),
            ("ar", "لقد فات الأوان"),
            ("ar", "يمكن للمرأة الذهاب"),
        ],
    )
    def test_such_words_would_be_seen(self, tag, words):
        assert FORBIDDEN[tag].search(words)

    @pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
    def test_french_punctuation_does_not_begin_a_line(self, path):
        for text in texts(path):
            assert not re.search(r"(?<!\u00a0)[:;?!](?!\d)", text["fr"]), text["fr"]

    @pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
    def test_english_sentences_are_short(self, path):
        for text in texts(path):
            for sentence in re.split(r"[.:;] ?", text["en"]):
                assert len(sentence.split()) <= 22, sentence

    def test_the_countries_are_in_order(self):
        names = list(Care(DEMO).content().countries)
        assert all(one < two for one, two in pairwise(names))

    def test_every_country_says_for_what_each_line_is(self):
        kinds = {line.kind for country in Care(DEMO).content().countries.values() for line in country.lines}
        assert kinds >= {Kind.HEALTH, Kind.SAFETY, Kind.LEGAL, Kind.CHILD}


def texts(path: Path) -> list[dict[str, str]]:
    """Every text by language in a file."""
    found = parse_file(path.name, path.read_text("utf-8"))
    worded = [dict(one.text) for one in found.children or ()]
    for line in found.lines:
        worded += [dict(line.name), dict(line.hours)]
    if isinstance(found, General):
        worded += [dict(one.text) for one in found.health or ()]
    else:
        worded.append(dict(found.name))
    return worded
