"""The triage table: every combination of answers, and every sentence that the table was written from."""

import re
from collections import Counter
from functools import cache
from itertools import product
from math import prod
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from routing.triage import SKIPPED, Route, Table, TableFaults, Tag, Verdict, parse_table, reach, triage

ROOT = Path(__file__).parents[2]
FILE = ROOT / "config" / "triage.yaml"
TEXT = FILE.read_text("utf-8")
TABLE = parse_table(TEXT, "triage.yaml")

FACTS = {
    "danger": {"yes", "no", "unsure"},
    "self_harm": {"yes", "no"},
    "under_18": {"no", "yes", "unsure"},
    "actor": {"aid_worker", "peacekeeper", "other_force", "other_person", "unsure"},
    "works": {"staff", "community", "unsure"},
    "about": {"sexual", "retaliation", "trafficking", "other_misconduct", "question", "unsure"},
    "setting_aid": {"yes", "no", "unsure"},
}

# In how many of all combinations each rule has a say. Each follows from the sizes of its sets, as in
# test_the_cases_that_rules_decide_add_up. A change here is a change of policy, and somebody should mean it.
GOLDEN = {
    "danger-now": 16_128,
    "self-harm": 5_376,
    "child": 24_192,
    "trafficking": 4_608,
    "retaliation": 4_608,
    "nothing-sexual": 4_608,
    "question-only": 4_608,
    "child-and-aid-worker": 1_728,
    "aid-worker-and-community": 144,
    "aid-worker-and-staff": 144,
    "aid-worker-and-unclear": 288,
    "aid-worker-and-trafficking": 768,
    "aid-worker-and-retaliation": 768,
    "aid-worker-nothing-sexual": 768,
    "other-force": 4_608,
    "peacekeeper-not-sexual": 1_536,
    "peacekeeper-and-trafficking": 768,
    "peacekeeper-and-child": 1_728,
    "peacekeeper-and-staff": 144,
    "peacekeeper-and-unclear": 288,
    "peacekeeper-and-community": 144,
    "outside-aid": 2_304,
    "outside-aid-not-sexual": 2_304,
    "unknown-near-aid": 1_536,
    "not-sure": 7_680,
}
FOCAL_POINTS = {Route.SEA_FOCAL_POINT, Route.SH_FOCAL_POINT, Route.DUAL}
PERSONNEL = ("aid_worker", "peacekeeper")
UNKNOWN = ("unsure", SKIPPED)
MINOR = ("yes", "unsure", SKIPPED)
SEXUAL = ("sexual", "unsure", SKIPPED)

Cases = list[tuple[dict[str, str], Verdict]]


@cache
def everything() -> Cases:
    """All combinations of answers, each with its verdict."""
    names = list(TABLE.facts)
    combinations = (dict(zip(names, values, strict=True)) for values in product(*TABLE.facts.values()))
    return [(facts, triage(TABLE, facts)) for facts in combinations]


def cases(**wanted: str | tuple[str, ...]) -> Cases:
    """The combinations in which each named answer is one of those given; never none."""
    sets = {name: {values} if isinstance(values, str) else set(values) for name, values in wanted.items()}
    found = [case for case in everything() if all(case[0][name] in values for name, values in sets.items())]
    assert found
    return found


def told(**facts: str) -> Verdict:
    return triage(TABLE, facts)


class TestAllCombinations:
    """Some rule always decides, each rule has a say, and the counts are the ones somebody meant."""

    def test_the_closed_sets_are_the_agreed_ones_and_each_may_be_skipped(self):
        assert {name: set(values) for name, values in TABLE.facts.items()} == {
            name: values | {SKIPPED} for name, values in FACTS.items()
        }

    def test_some_rule_always_decides_and_says_which(self):
        deciding = {rule.id for rule in TABLE.rules if rule.route is not None}
        assert len(everything()) == prod(len(values) + 1 for values in FACTS.values()) == 32_256
        for _, verdict in everything():
            assert verdict.rule in deciding
            assert verdict.rules[-1] == verdict.rule

    def test_no_rule_is_dead_and_the_counts_are_the_golden_ones(self):
        decided = Counter(verdict.rule for _, verdict in everything())
        added = Counter(rule for _, verdict in everything() for rule in adding(verdict))
        assert {rule.id: (decided if rule.route is not None else added)[rule.id] for rule in TABLE.rules} == GOLDEN
        assert all(GOLDEN.values())

    def test_the_cases_that_rules_decide_add_up(self):
        deciding = [rule.id for rule in TABLE.rules if rule.route is not None]
        assert sum(GOLDEN[one] for one in deciding) == 32_256
        # For example: 4 answers on danger, 3 on self-harm, 1 of 4 on age, 1 of 6, 1 of 4, 3 of 7, 4 on the setting.
        assert GOLDEN["aid-worker-and-staff"] == 4 * 3 * 1 * 1 * 1 * 3 * 4

    def test_the_proof_by_bits_counts_as_reading_one_by_one_does(self):
        assert reach(TABLE) == GOLDEN

    def test_every_route_and_every_tag_is_used(self):
        assert {verdict.route for _, verdict in everything()} == set(Route)
        assert {tag for _, verdict in everything() for tag in verdict.tags} == set(Tag)

    def test_tags_come_in_one_order_and_none_twice(self):
        for _, verdict in everything():
            assert list(verdict.tags) == [tag for tag in Tag if tag in verdict.tags]

    def test_every_rule_gives_a_reason_and_a_source(self):
        assert all(rule.because and rule.source for rule in TABLE.rules)

    def test_no_specialist_has_signed_it_yet(self):
        assert TABLE.reviewed is False


def adding(verdict: Verdict) -> list[str]:
    """The rules without a route that said something which no rule before them had said."""
    said: set[str] = set()
    found = []
    for one in verdict.rules[:-1]:
        rule = next(rule for rule in TABLE.rules if rule.id == one)
        new = {str(tag) for tag in rule.tags} | ({"urgent"} if rule.urgent else set())
        if new - said:
            found.append(one)
        said |= new
    return found


class TestOrder:
    """The order matters where one rule is a case of another."""

    @pytest.mark.parametrize(
        ("above", "below"),
        [
            ("question-only", "aid-worker-and-staff"),
            ("child-and-aid-worker", "aid-worker-and-staff"),
            ("peacekeeper-and-child", "peacekeeper-and-staff"),
            ("peacekeeper-not-sexual", "peacekeeper-and-child"),
            ("child", "question-only"),
        ],
    )
    def test_the_more_particular_rule_stands_above(self, above, below):
        order = [rule.id for rule in TABLE.rules]
        assert order.index(above) < order.index(below)
        swapped = reordered(above, below)
        assert any(outcome(triage(swapped, facts)) != outcome(verdict) for facts, verdict in everything())

    @pytest.mark.parametrize(
        ("above", "below"),
        [
            ("child-and-aid-worker", "aid-worker-and-unclear"),
            ("peacekeeper-and-staff", "peacekeeper-and-community"),
            ("outside-aid", "outside-aid-not-sexual"),
            ("unknown-near-aid", "not-sure"),
        ],
    )
    def test_the_general_rule_above_would_leave_the_particular_one_dead(self, above, below):
        with pytest.raises(TableFaults) as caught:
            reordered(above, below)
        assert [fault for fault in caught.value.faults if f"'{above}' never has a say" in fault.message]

    def test_not_sure_is_the_last_rule_and_names_no_answer(self):
        assert TABLE.rules[-1].id == "not-sure"
        assert not TABLE.rules[-1].when


def reordered(one: str, other: str) -> Table:
    """The shipped table with two rules in each other's place."""
    plain = yaml.load(TEXT, Loader=yaml.BaseLoader)  # noqa: S506 -- makes nothing but strings
    rules = plain["rules"]
    here, there = (next(at for at, rule in enumerate(rules) if rule["id"] == name) for name in (one, other))
    rules[here], rules[there] = rules[there], rules[here]
    return parse_table(yaml.dump(plain, sort_keys=False), "triage.yaml")


def outcome(verdict: Verdict) -> tuple[Route, tuple[Tag, ...], bool]:
    return verdict.route, verdict.tags, verdict.urgent


class TestSafetyFirst:
    """Imminent danger or self-harm: safety first, in any category."""

    def test_danger_or_self_harm_is_urgent_in_any_category_and_nothing_else_is(self):
        for facts, verdict in everything():
            assert verdict.urgent is (facts["danger"] in {"yes", "unsure"} or facts["self_harm"] == "yes")

    def test_danger_and_self_harm_change_neither_route_nor_tags(self):
        for facts, verdict in cases(danger="yes", self_harm="yes"):
            calm = triage(TABLE, facts | {"danger": "no", "self_harm": "no"})
            assert (verdict.route, verdict.tags, verdict.rule) == (calm.route, calm.tags, calm.rule)


class TestChildren:
    """The affected person is under 18, or it is not known."""

    def test_under_18_or_unsure_is_flagged_whatever_else_is_said(self):
        for facts, verdict in everything():
            assert (Tag.CHILD in verdict.tags) is (facts["under_18"] in MINOR)

    @pytest.mark.parametrize("actor", PERSONNEL)
    def test_any_sexual_activity_of_personnel_with_under_18s_is_sea_and_child(self, actor):
        for _, verdict in cases(actor=actor, under_18=MINOR, about=SEXUAL):
            assert verdict.tags == (Tag.SEA, Tag.CHILD)

    def test_a_young_colleague_is_a_child_first(self):
        assert told(under_18="yes", actor="aid_worker", works="staff", about="sexual").route is Route.SEA_FOCAL_POINT

    def test_a_mistaken_age_is_no_defence_so_unsure_is_decided_as_under_18_is(self):
        for facts, verdict in cases(under_18="unsure"):
            sure = triage(TABLE, facts | {"under_18": "yes"})
            assert (verdict.route, verdict.tags, verdict.rule) == (sure.route, sure.tags, sure.rule)


class TestAidWorkers:
    """The alleged person is of the UN, an NGO, a partner, a contractor, a volunteer; even probably."""

    def test_towards_aid_recipients_and_community_it_is_sea_for_the_entity_s_psea_focal_point(self):
        for _, verdict in cases(actor="aid_worker", works="community", under_18="no", about=SEXUAL):
            assert (verdict.route, verdict.tags) == (Route.SEA_FOCAL_POINT, (Tag.SEA,))

    def test_towards_personnel_it_is_sh_for_the_sh_focal_point(self):
        for _, verdict in cases(actor="aid_worker", works="staff", under_18="no", about=SEXUAL):
            assert (verdict.route, verdict.tags) == (Route.SH_FOCAL_POINT, (Tag.SH,))

    def test_sexual_assault_keeps_sh_because_nothing_asks_what_the_act_was(self):
        words = {word for name, values in TABLE.facts.items() for word in (name, *values)}
        assert not [word for word in words if re.search(r"assault|rape|act\b|touch|injur|severity", word)]
        # Danger, and so urgency, does not take it from the SH focal point either.
        for _, verdict in cases(actor="aid_worker", works="staff", under_18="no", about="sexual", danger="yes"):
            assert (verdict.route, verdict.urgent) == (Route.SH_FOCAL_POINT, True)

    def test_both_or_unclear_is_tagged_twice_and_goes_the_dual_way(self):
        for _, verdict in cases(actor="aid_worker", works=UNKNOWN, under_18="no", about=SEXUAL):
            assert (verdict.route, verdict.tags) == (Route.DUAL, (Tag.SEA, Tag.SH))

    def test_only_what_is_unclear_about_aid_workers_goes_the_dual_way(self):
        assert {verdict.rule for _, verdict in everything() if verdict.route is Route.DUAL} == {
            "aid-worker-and-unclear"
        }


class TestForces:
    """Peacekeepers, and forces that are not the UN's."""

    def test_a_force_that_is_not_the_un_s_goes_to_the_coordinator_and_is_not_counted_as_sea(self):
        for facts, verdict in cases(actor="other_force"):
            if facts["about"] != "question":
                assert verdict.route is Route.COORDINATOR
            assert not {Tag.SEA, Tag.SH, Tag.POSSIBLE_SEA} & set(verdict.tags)

    def test_a_peacekeeper_goes_to_the_conduct_and_discipline_team_whatever_it_is_about(self):
        for facts, verdict in cases(actor="peacekeeper"):
            if facts["about"] != "question":
                assert verdict.route is Route.CONDUCT_AND_DISCIPLINE

    def test_nobody_else_does(self):
        for facts, verdict in everything():
            if verdict.route is Route.CONDUCT_AND_DISCIPLINE:
                assert facts["actor"] == "peacekeeper"

    def test_peacekeepers_are_tagged_as_aid_workers_are(self):
        for facts, verdict in cases(actor="peacekeeper"):
            assert verdict.tags == triage(TABLE, facts | {"actor": "aid_worker"}).tags


class TestOutsideAid:
    """Partner, family, stranger, police, landlord, another refugee."""

    def test_partner_family_stranger_is_other_gbv_and_referral_only(self):
        for _, verdict in cases(actor="other_person", about=SEXUAL, under_18="no"):
            assert (verdict.route, verdict.tags) == (Route.REFERRAL_ONLY, (Tag.OTHER_GBV,))

    def test_no_misconduct_report_and_nothing_to_focal_points_whatever_else_is_said(self):
        for _, verdict in cases(actor="other_person"):
            assert verdict.route in {Route.REFERRAL_ONLY, Route.NONE}
            assert not {Tag.SEA, Tag.SH, Tag.POSSIBLE_SEA} & set(verdict.tags)

    def test_referral_alone_is_only_for_them(self):
        for facts, verdict in everything():
            if verdict.route is Route.REFERRAL_ONLY:
                assert facts["actor"] == "other_person"


class TestTrafficking:
    """Abduction, documents held, forced work."""

    def test_trafficking_is_tagged_whoever_did_it(self):
        for facts, verdict in everything():
            assert (Tag.TRAFFICKING in verdict.tags) is (facts["about"] == "trafficking")

    @pytest.mark.parametrize("actor", PERSONNEL)
    def test_plus_sea_if_personnel_are_involved(self, actor):
        for _, verdict in cases(actor=actor, about="trafficking"):
            assert {Tag.SEA, Tag.TRAFFICKING} <= set(verdict.tags)
            assert verdict.route in {Route.SEA_FOCAL_POINT, Route.CONDUCT_AND_DISCIPLINE}

    def test_by_others_it_is_a_referral(self):
        for _, verdict in cases(actor="other_person", about="trafficking"):
            assert verdict.route is Route.REFERRAL_ONLY
            assert Tag.SEA not in verdict.tags


class TestOtherMisconduct:
    """Aid staff, nothing sexual: bribe, theft, bullying, discrimination."""

    def test_aid_staff_and_nothing_sexual_goes_to_the_entity_s_own_channel(self):
        for _, verdict in cases(actor="aid_worker", about="other_misconduct"):
            assert verdict.route is Route.OTHER_MISCONDUCT
            assert set(verdict.tags) <= {Tag.OTHER_MISCONDUCT, Tag.CHILD}

    def test_it_never_reaches_a_psea_or_sh_inbox(self):
        for _, verdict in cases(about="other_misconduct"):
            assert verdict.route not in FOCAL_POINTS
            assert not {Tag.SEA, Tag.SH, Tag.POSSIBLE_SEA} & set(verdict.tags)


class TestRetaliation:
    """A separate type of report, made to an authorised office."""

    def test_it_is_a_type_of_report_of_its_own(self):
        for facts, verdict in everything():
            assert (Tag.RETALIATION in verdict.tags) is (facts["about"] == "retaliation")
            if facts["about"] == "retaliation":
                assert set(verdict.tags) <= {Tag.RETALIATION, Tag.CHILD}

    def test_by_aid_workers_it_goes_to_an_authorised_office(self):
        for _, verdict in cases(actor="aid_worker", about="retaliation"):
            assert verdict.route is Route.SEA_FOCAL_POINT


class TestUnknownActors:
    """Nobody knows who it was, but it happened near aid."""

    def test_unknown_near_aid_is_possible_sea_for_the_coordinator(self):
        for _, verdict in cases(actor=UNKNOWN, setting_aid="yes", about=(*SEXUAL, "trafficking")):
            assert verdict.route is Route.COORDINATOR
            assert Tag.POSSIBLE_SEA in verdict.tags

    def test_possible_sea_means_that_and_nothing_else(self):
        for facts, verdict in everything():
            if Tag.POSSIBLE_SEA in verdict.tags:
                assert facts["actor"] in UNKNOWN
                assert facts["setting_aid"] == "yes"
                assert not {Tag.SEA, Tag.SH} & set(verdict.tags)

    def test_an_unknown_un_entity_does_not_matter_to_triage_so_harassment_can_fall_to_the_system_office(self):
        # resolve() asks which entity it is; test_resolve.py holds that SH then goes to the system-wide office.
        assert "entity" not in TABLE.facts
        assert told(actor="aid_worker", works="staff", under_18="no", about="sexual").route is Route.SH_FOCAL_POINT


class TestNotSure:
    """Ask nothing more; a human decides; never reject."""

    def test_an_empty_telling_is_decided_by_a_human(self):
        verdict = told()
        assert (verdict.route, verdict.rule, verdict.urgent) == (Route.COORDINATOR, "not-sure", False)

    def test_unknown_actors_always_reach_a_human(self):
        for facts, verdict in cases(actor=UNKNOWN):
            if facts["about"] != "question":
                assert verdict.route is Route.COORDINATOR

    def test_nothing_is_rejected_only_a_question_makes_no_case(self):
        for facts, verdict in everything():
            assert (verdict.route is Route.NONE) is (facts["about"] == "question")

    @given(st.dictionaries(st.sampled_from([*FACTS, "elapsed", "station"]), st.text(max_size=12)))
    def test_answers_it_does_not_know_count_as_skipped(self, facts):
        known = {name: value for name, value in facts.items() if value in TABLE.facts.get(name, ())}
        assert triage(TABLE, facts) == triage(TABLE, known)

    def test_missing_is_skipped(self):
        for facts, verdict in everything():
            if SKIPPED in facts.values():
                left = {name: value for name, value in facts.items() if value != SKIPPED}
                assert triage(TABLE, left) == verdict
