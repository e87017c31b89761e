"""Reading a triage table, every fault with its line; the page that shows it; who is never shown it."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.triage import SKIPPED, Route, TableFaults, Tag, parse_table, reach, triage
from routing.triage_page import markdown

ROOT = Path(__file__).parents[2]
TABLE = parse_table((ROOT / "config" / "triage.yaml").read_text("utf-8"), "triage.yaml")

SMALL = """\
reviewed: no
facts:
  danger: [yes, no]
  actor: [insider, outsider]
rules:
  - {id: hurry, when: {danger: [yes]}, urgent: yes, because: b, source: s}
  - {id: inside, when: {actor: [insider]}, route: dual, tags: [sea], because: b, source: s}
  - {id: rest, route: coordinator, because: b, source: s}
"""

AGAIN = "- {id: again, when: {danger: [yes]}, urgent: yes, because: b, source: s}\n  - {id: rest"


class TestReading:
    """From text to a proved table, or to every fault with its line."""

    def test_a_small_table(self):
        table = parse_table(SMALL, "small.yaml")
        assert dict(table.facts) == {"danger": ("yes", "no", SKIPPED), "actor": ("insider", "outsider", SKIPPED)}
        assert reach(table) == {"hurry": 3, "inside": 3, "rest": 6}
        verdict = triage(table, {"danger": "yes", "actor": "insider"})
        assert (verdict.route, verdict.tags, verdict.urgent, verdict.rules) == (
            Route.DUAL,
            (Tag.SEA,),
            True,
            ("hurry", "inside"),
        )

    @pytest.mark.parametrize(
        ("was", "now", "line", "message"),
        [
            ("reviewed: no\n", "", 1, "no 'reviewed'"),
            ("reviewed: no", "reviewed: maybe", 1, "'maybe' is not known here"),
            ("actor: [insider, outsider]", "actor: []", 4, "'actor' is empty"),
            ("[insider, outsider]", "[insider, skipped]", 4, "'skipped' need not be listed"),
            ("[insider, outsider]", "[insider, insider, outsider]", 4, "stands twice in 'actor'"),
            ("actor: [insider, outsider]", "Actor: [insider, outsider]", 4, "'Actor' cannot be a fact"),
            ("{danger: [yes]}", "{danger: [perhaps]}", 6, "'perhaps' is no answer to 'danger'"),
            ("{danger: [yes]}", "{mood: [yes]}", 6, "there is no fact 'mood'"),
            ("{danger: [yes]}", "{danger: [yes, no, skipped]}", 6, "every answer to 'danger' is listed"),
            ("{danger: [yes]}", "{}", 6, "this condition is empty"),
            ("{danger: [yes]}", "{danger: yes}", 6, "'danger' must be a list"),
            ("urgent: yes, ", "", 6, "this rule does nothing"),
            ("urgent: yes", "urgent: soon", 6, "'soon' is not known here"),
            ("route: dual", "route: police", 7, "'police' is not known here"),
            ("tags: [sea]", "tags: [rape]", 7, "'rape' is not known here"),
            ("id: inside", "id: In Side", 7, "'In Side' cannot be an id"),
            ("id: rest", "id: inside", 8, "there is a rule 'inside' already, on line 7"),
            ("id: rest, ", "", 8, "this rule has no 'id'"),
            ("tags: [sea], because: b", "tags: [sea]", 7, "this rule has no 'because'"),
            ("because: b, source: s}\n  - {id: rest", "because: b}\n  - {id: rest", 7, "this rule has no 'source'"),
            ("id: rest,", "id: rest, then: x,", 8, "a rule has no field 'then'"),
            ("id: rest,", "id: rest, when: {actor: [outsider]},", 8, "nothing decides 3 combinations"),
            ("id: inside, when: {actor: [insider]}", "id: inside", 8, "'rest' never has a say"),
            ("- {id: rest", AGAIN, 8, "'again' never has a say"),
            ("facts:", "facts: [", 4, "this is not YAML"),
        ],
    )
    def test_each_fault_names_its_line(self, was, now, line, message):
        assert SMALL.count(was) >= 1
        with pytest.raises(TableFaults) as caught:
            parse_table(SMALL.replace(was, now, 1), "small.yaml")
        assert any(
            fault.file == "small.yaml" and fault.line == line and message in fault.message and fault.mend
            for fault in caught.value.faults
        ), [str(fault) for fault in caught.value.faults]

    @pytest.mark.parametrize("text", ["", "# only a remark\n", "- a\n- b\n", "facts: {}\nrules: []\nreviewed: no\n"])
    def test_what_is_no_table_is_refused(self, text):
        with pytest.raises(TableFaults, match=r"small\.yaml:\d+: "):
            parse_table(text, "small.yaml")

    def test_every_fault_is_found_in_one_look(self):
        broken = SMALL.replace("route: dual", "route: police").replace("urgent: yes", "urgent: soon")
        with pytest.raises(TableFaults, match=r"small\.yaml:6: .*\(and 2 more\)") as caught:
            parse_table(broken, "small.yaml")
        assert [fault.line for fault in caught.value.faults] == [6, 6, 7]

    def test_an_undecided_case_is_shown(self):
        with pytest.raises(TableFaults, match="such as danger yes, actor outsider"):
            parse_table(SMALL.replace("id: rest,", "id: rest, when: {actor: [skipped]},"), "small.yaml")

    def test_a_table_that_nobody_could_read_is_refused(self):
        many = "\n".join(f"  fact{number}: [a, b, c, d]" for number in range(8))
        with pytest.raises(TableFaults, match="more than 200000 combinations"):
            parse_table(SMALL.replace("  danger:", f"{many}\n  danger:"), "small.yaml")

    @given(st.text(alphabet="abcdefginorstu_-:[]{}, \n0", max_size=200))
    def test_any_text_is_a_table_or_a_fault(self, text):
        try:
            table = parse_table(text, "small.yaml")
        except TableFaults as error:
            assert error.faults  # noqa: PT017 -- the other branch is the same test
        else:
            assert table.rules


class TestPage:
    """docs/triage.md shows the table as it is."""

    def test_the_page_shows_the_table_as_it_is(self):
        page = (ROOT / "docs" / "triage.md").read_text("utf-8")
        shown = page.split("<!-- table -->\n")[1].split("\n<!-- end of table -->")[0]
        fresh = markdown(TABLE)
        assert shown == fresh, f"docs/triage.md shows another table. Put this between its two marks:\n\n{fresh}\n"

    def test_the_page_names_every_route_and_tag(self):
        page = (ROOT / "docs" / "triage.md").read_text("utf-8").split("<!-- table -->")[0]
        assert all(f"`{one}`" in page for one in (*Route, *Tag))

    def test_a_bar_in_a_reason_opens_no_column(self):
        drawn = markdown(parse_table(SMALL.replace("because: b", 'because: "a | b"', 1), "small.yaml"))
        assert {row.count("|") for row in drawn.splitlines() if row.startswith(("| 1 ", "| 2 ", "| 3 "))} == {8}


class TestNeverAnnounced:
    """Tags are suggestions; the person who tells never sees them."""

    def test_a_verdict_says_nothing_in_its_repr(self):
        verdict = triage(TABLE, {"actor": "aid_worker", "works": "community", "under_18": "yes", "danger": "yes"})
        assert repr(verdict) == str(verdict) == "Verdict()"

    def test_no_reason_is_a_text_that_is_shown_to_people(self):
        shown = (ROOT / "locales" / "linnet.pot").read_text("utf-8").replace('"\n"', "")
        assert "Hello." in shown
        assert not [rule.id for rule in TABLE.rules if rule.because in shown]

    @pytest.mark.parametrize("file", ["bot/show.py", "bot/screen.py", "flows/conversations/2-telling.yaml"])
    def test_what_makes_screens_does_not_know_of_triage(self, file):
        text = (ROOT / file).read_text("utf-8")
        assert not re.search(r"routing\.triage|\bVerdict\b|\{(route|tags|verdict|rule)\}", text)


def test_what_cannot_be_changed_is_frozen():
    verdict = triage(TABLE, {})
    with pytest.raises(AttributeError):
        verdict.urgent = True
    assert isinstance(TABLE.facts, Mapping)
    with pytest.raises(TypeError):
        TABLE.facts["danger"] = ()
