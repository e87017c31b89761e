"""Care content that changes while people read it: corrections, mistakes, and what is refused."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.care import BUILT_IN, Care, CareError
from config.care_content import Country, General
from config.care_reading import parse_file
from tests.config.care_folders import ANYWHERE, BIRCH, change, filled, other


@pytest.fixture
def folder(tmp_path):
    return filled(tmp_path)


class TestChanges:
    """A correction applies at once; a mistake takes nothing away and is named."""

    def test_a_correction_shows_at_once_in_contacts_and_in_advice(self, folder):
        care = Care(folder)
        before = care.health("en", None)
        change(folder / "birch.yaml", BIRCH.replace("0 000 222", "0 000 999"))
        assert "0 000 999" in care.contacts("en", "birch")
        text = BUILT_IN.read_text("utf-8").replace("emergency contraception: within 5 days", "corrected: within 5 days")
        change(folder / "general.yaml", text)
        assert care.health("en", None) == before.replace("emergency contraception", "corrected")

    def test_a_broken_file_keeps_its_last_good_content_and_others_still_change(self, folder):
        care = Care(folder)
        good = care.contacts("en", "birch")
        assert care.fault is None
        change(folder / "birch.yaml", BIRCH.replace("verified: 2026-11-02", "verified: soon"))
        assert care.contacts("en", "birch") == good
        assert care.fault.startswith("birch.yaml:16: help line 2: verified must be a date")
        change(folder / "cedar.yaml", other("cedar").replace("444", "555"))
        assert "555" in care.contacts("en", "cedar")
        change(folder / "birch.yaml", BIRCH.replace("0 000 222", "0 000 999"))
        assert care.fault is None
        assert "0 000 999" in care.contacts("en", "birch")

    def test_asking_for_the_fault_first_does_not_hide_a_correction(self, folder):
        care = Care(folder)
        care.content()
        change(folder / "birch.yaml", BIRCH.replace("0 000 222", "0 000 999"))
        assert care.fault is None
        assert "0 000 999" in care.contacts("en", "birch")

    def test_several_faults_are_counted(self, folder):
        care = Care(folder)
        care.content()
        change(folder / "birch.yaml", "lines: [")
        change(folder / "cedar.yaml", "- a")
        assert re.fullmatch(r"birch\.yaml:\d+: the care file is not YAML \(and 1 more\)", care.fault)

    def test_a_new_file_is_found_and_a_removed_one_forgotten(self, folder):
        care = Care(folder)
        care.content()
        change(folder / "dogwood.yaml", other("dogwood"))
        assert "0 000 444" in care.contacts("en", "dogwood")
        (folder / "birch.yaml").unlink()
        assert care.contacts("en", "birch") == "• Line: 0 000 111 (always)"

    def test_a_new_file_that_is_broken_changes_nothing_but_the_fault(self, folder):
        care = Care(folder)
        good = care.contacts("en")
        change(folder / "dogwood.yaml", "lines: x")
        assert care.contacts("en") == good
        assert "dogwood.yaml:1: the care file has no list 'lines'" in care.fault

    def test_a_folder_that_vanishes_leaves_the_last_good_content(self, folder):
        care = Care(folder)
        good = care.contacts("en")
        folder.rename(folder.with_name("gone"))
        assert care.contacts("en") == good
        assert care.fault == "the care folder cannot be read"
        folder.with_name("gone").rename(folder)
        assert care.fault is None

    def test_a_start_with_a_broken_file_is_refused_until_it_is_mended(self, folder):
        change(folder / "birch.yaml", "lines: x")
        care = Care(folder)
        assert "birch.yaml:1" in care.fault
        with pytest.raises(CareError, match=r"birch\.yaml:1: "):
            care.contacts("en")
        change(folder / "birch.yaml", BIRCH)
        assert "0 000 222" in care.contacts("en", "birch")

    def test_a_file_with_the_other_ending_is_named(self, folder):
        (folder / "birch.yaml").rename(folder / "birch.yml")
        assert Care(folder).fault == "birch.yml: this file is not read; rename it to .yaml"

    def test_a_replaced_file_of_the_same_size_and_time_is_seen(self, folder):
        care = Care(folder)
        care.content()
        path = folder / "birch.yaml"
        stamp = path.stat().st_mtime_ns
        new = folder / ".birch.new"
        new.write_text(BIRCH.replace("0 000 222", "0 000 999"), "utf-8")
        os.utime(new, ns=(stamp, stamp))
        new.replace(path)
        assert "0 000 999" in care.contacts("en", "birch")

    def test_a_file_that_has_not_changed_is_not_read_again(self, folder, monkeypatch):
        care = Care(folder)
        care.content()
        change(folder / "birch.yaml", "lines: x")
        assert care.fault
        monkeypatch.setattr(Path, "read_text", lambda *_args: pytest.fail("read again"))
        assert care.contacts("en", "birch")
        assert care.fault

    def test_a_section_of_one_s_own_takes_the_place_of_the_general_one(self, folder):
        rule = "children:\n  - {text: {en: Ours.}, source: s, verified: never, reviewed: no}\n"
        change(folder / "general.yaml", ANYWHERE + rule)
        care = Care(folder)
        assert care.child_note("en", "cedar") == "Ours."
        assert care.health("en", None) == Care(None).health("en", None)


LINES = BIRCH.split("children:", maxsplit=1)[0]
NO_SOURCE = "children:\n  - {text: {en: x}, verified: never, reviewed: no}\n"
BAD = {
    "named otherwise": ("birch.yaml", BIRCH.replace("country: birch", "country: beech"), 1, "must be named after it"),
    "no name": ("birch.yaml", BIRCH.replace("name: {en: Birch, fr: Bouleau}\n", ""), 1, "needs a name"),
    "a name in no English": ("birch.yaml", BIRCH.replace("{en: Birch, fr", "{fr"), 2, "no 'en'"),
    "a field of its own": ("birch.yaml", BIRCH + "police: x\n", 23, "'police' is not known"),
    "health in a country": ("birch.yaml", BIRCH + "health: []\n", 23, "'health' is not known"),
    "a kind of its own": ("birch.yaml", BIRCH.replace("kind: child", "kind: police"), 11, "kind is one of: any"),
    "hours in no English": ("birch.yaml", BIRCH.replace("{en: daytime, fr", "{fr"), 7, "hours has no 'en'"),
    "no tag": ("birch.yaml", BIRCH.replace("fr: le jour", "French: le jour"), 7, "given by language"),
    "a field twice": ("birch.yaml", BIRCH.replace("    reach", "    hours: {en: x}\n    reach", 1), 8, "stands twice"),
    "a rule without a source": ("birch.yaml", LINES + NO_SOURCE, 19, "rule on children 1 must have exactly"),
    "rules that are no list": ("birch.yaml", LINES + "children: x\n", 18, "must be a list"),
    "a country without saying so": ("elm.yaml", ANYWHERE, 1, "only general.yaml may leave out 'country'"),
    "no advice for a window": ("general.yaml", "lines: []\nhealth: []\n", 2, "no health advice for 'within_24h'"),
    "advice that is no list": ("general.yaml", "lines: []\nhealth: x\n", 2, "'health' must be a list"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text", "line", "said"), BAD.values(), ids=BAD.keys())
def test_each_fault_names_file_and_line(folder, name, text, line, said):
    change(folder / name, text)
    with pytest.raises(CareError) as caught:
        Care(folder).content()
    found = re.match(r"([a-z.]+):(\d+): (.*)", str(caught.value))
    assert (found[1], int(found[2])) == (name, line), str(caught.value)
    assert said in found[3]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("windows: [within_120h]", "windows: [within_3_weeks]", "windows is one of: within_24h"),
        ("windows: [within_120h]", "windows: []", "names no window"),
        ("windows: [within_120h]", "windows: within_120h", "'windows' must be a list"),
        ("topic: contraception", "topic: pregnancy", "topic is one of: hiv"),
        ("within_120h, unknown]\n    topic: contraception", "within_120h]\n    topic: contraception", "leaves out"),
    ],
)
def test_advice_that_leaves_somebody_without_is_refused(folder, was, now, said):
    text = BUILT_IN.read_text("utf-8")
    assert was in text
    change(folder / "general.yaml", text.replace(was, now, 1))
    with pytest.raises(CareError, match=re.escape(said)):
        Care(folder).content()


@given(st.text(alphabet="abcdehilnrsty:-[]{} \n", max_size=120))
def test_any_text_is_content_or_one_line_of_fault(text):
    try:
        found = parse_file("general.yaml", text)
    except CareError as error:
        assert re.fullmatch(r"general\.yaml:\d+: .+", str(error))  # noqa: PT017 -- the other branch is the same test
    else:
        assert isinstance(found, General | Country)
