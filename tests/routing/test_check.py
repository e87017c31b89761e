"""What a coordinator is warned of, and what keys beside the directory may be wrong."""

from datetime import date, timedelta

import pytest

from routing.check import key_faults, warnings
from routing.load import load
from tests.routing.test_load import GOOD, line_in_good

TODAY = date(2026, 11, 23)
KEYS = {"ana": "key-a", "ben": "key-b"}


def said(text: str, today: date = TODAY) -> list[str]:
    return [fault.message for fault in warnings(load({"directory.yaml": text}), today)]


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


BOTH_AWAY = (changed("Tunis\n", "Tunis\n    leave: [{from: 2026-12-09, to: 2026-12-20}]\n")).replace(
    "time_zone: UTC", "time_zone: UTC\n    leave: [{from: 2026-12-01, to: 2026-12-09}]"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD, "'works' has no PSEA focal point"),
        (GOOD, "'relief' has nobody for oversight, who would own when everybody else is excluded"),
        (GOOD, "'net' has not two co-chairs of different entities"),
        (GOOD, "no counsellor speaks 'fr', a language of 'velmora'"),
        (changed("languages: [en]", "languages: [fr]"), "only 'ben' counsels in 'fr', a language of 'velmora'"),
        (changed("2030-01-31", "2026-11-22"), "the certification of 'ana' ended on 2026-11-22"),
        (changed("2030-01-31", "2026-12-23"), "the certification of 'ana' ends on 2026-12-23"),
        (changed("time_zone: UTC", "time_zone: UTC\n    valid_to: 2026-11-23"), "the time of 'ben' ends on 2026-11-23"),
        (changed("    alternate: ben\n", ""),
         "'ana' is alone as PSEA focal point of 'relief' at a place, and has no alternate"),
        (changed("time_zone: UTC", "time_zone: UTC\n    valid_to: 2026-11-22"),
         "'ana' is alone as SH focal point of 'relief' at a place, and has no alternate"),
        (changed("regions: [coast]\n    roles", "regions: [coast]\n    stations: [port]\n    roles").replace(
            "level: country", "level: regional"),
         "'relief' works at 'port' and has no PSEA focal point there or elsewhere in the country"),
        (changed("time_zone: UTC", "time_zone: UTC\n    valid_to: 2026-12-23"),
         "the time of 'ben', the supervisor of 'ana', ends on 2026-12-23"),
        (changed("time_zone: UTC", "time_zone: UTC\n    valid_to: 2026-11-22"),
         "the time of 'ben', the alternate of 'ana', ended on 2026-11-22"),
        (GOOD, "'ben' has no certification"),
        (GOOD, "the counsellor 'ben' states no working hours, and counts as there on weekdays from 9 to 17"),
        (GOOD, "the counsellor 'ben' states no gender, and is not offered to those who ask for one"),
        (GOOD, "'velmora' has no time zone, by which its working days and hours would be counted"),
        (changed("languages: [en]", "languages: [{tag: fr, level: basic}]"),
         "no counsellor speaks 'fr', a language of 'velmora'"),
        (changed("time_zone: UTC", "time_zone: UTC\n    leave: [{from: 2026-12-01, to: 2026-12-09}]"),
         "'ben' is away from 2026-12-01 to 2026-12-09 and has no alternate"),
        (BOTH_AWAY, "'ana' is away from 2026-12-09 to 2026-12-20, and so is the alternate 'ben' for a part of it"),
        (changed("Tunis\n", "Tunis\n    leave: [{from: 2026-11-01, to: 2027-01-01}]\n").replace(
            "time_zone: UTC", "time_zone: UTC\n    valid_to: 2026-12-31"),
         "'ana' is away from 2026-11-01 to 2027-01-01, and so is the alternate 'ben' for a part of it"),
        (changed("Tunis\n", "Tunis\n    email: a@x.org\n").replace("UTC", "UTC\n    email: A@x.org"),
         "'ana' and 'ben' share one e-mail address"),
        (changed("    certified_until: 2030-01-31\n    valid_from: 2026-01-01", "    valid_from: 2026-12-01"),
         "'ana' begins on 2026-12-01 and has no public key"),
        (changed("entity: relief\n    level: country", "entity: works\n    level: country").replace(
            "valid_to: 2027-12-31", "valid_to: 2026-11-22"),
         "'ben', the alternate of 'ana', is of 'relief', which does not contract 'works' today"),
        (changed("people:\n", "offices:\n  - {id: o, name: O, entity: works, station: port}\npeople:\n"),
         "nobody of 'works' is at 'port', where 'o' is"),
        (changed("people:\n", "offices:\n  - {id: o, name: O, entity: works, station: port}\npeople:\n").replace(
            "entity: relief\n    level: regional", "entity: works\n    level: headquarters").replace(
            "[counsellor]", "[psea_focal_point]").replace("    alternate: ben\n", ""),
         "'works' works at 'port' and has no PSEA focal point there or elsewhere in the country"),
        (changed("members: [relief, works]", "members: [works]"),
         "the co-chair 'ana' is of 'relief', which is no member of 'net'"),
    ],
)  # fmt: skip
def test_each_gap_is_said(text, message):
    assert message in said(text)


@pytest.mark.parametrize("days", [31, 365])
def test_a_date_that_is_far_is_not_said(days):
    text = changed("2030-01-31", (TODAY + timedelta(days=days)).isoformat())
    assert not [message for message in said(text) if "certification of" in message]


def test_warnings_stand_on_the_line_of_the_record_and_in_order():
    found = warnings(load({"directory.yaml": GOOD}), TODAY)
    assert list(found) == sorted(found)
    (network,) = [fault for fault in found if "co-chairs" in fault.message]
    assert (network.file, network.line) == ("directory.yaml", line_in_good("id: net"))


def test_keys_that_fit_are_no_fault():
    assert key_faults(load({"directory.yaml": GOOD}), KEYS, TODAY) == ()


@pytest.mark.parametrize(
    ("text", "keys", "file", "message"),
    [
        (GOOD, {"ana": "key-a"}, "directory.yaml", "'ben' receives reports or requests and has no public key"),
        (GOOD, {**KEYS, "zoe": "key-z"}, "keys/zoe.pub", "nobody has the id 'zoe'"),
        (GOOD, {"ana": "key-a", "ben": "key-a"}, "keys/ben.pub", "this is the key of 'ana' too"),
        (changed("supervisor: ben", "supervisor: ben\n    key_id: other"), KEYS, "directory.yaml",
         "the key_id of 'ana' names another key than keys/ana.pub holds"),
    ],
)  # fmt: skip
def test_each_fault_of_keys_is_said(text, keys, file, message):
    (fault,) = key_faults(load({"directory.yaml": text}), keys, TODAY)
    assert (fault.file, fault.message) == (file, message)


def test_a_key_that_outlives_its_owners_time_is_only_a_warning():
    text = changed("time_zone: UTC", "time_zone: UTC\n    valid_to: 2026-11-22")
    directory = load({"directory.yaml": text})
    assert key_faults(directory, KEYS, TODAY) == ()
    found = [fault.message for fault in warnings(directory.with_keys(KEYS), TODAY)]
    assert "the time of 'ben' ended on 2026-11-22, and their key file is still there" in found
    assert not [message for message in found if message.startswith("the certification of 'ben'")]


@pytest.mark.parametrize(
    "text",
    [
        changed("Tunis\n", "Tunis\n    leave: [{from: 2026-12-09, to: 2026-12-20}]\n"),
        changed("Tunis\n", "Tunis\n    leave: [{from: 2026-11-01, to: 2026-11-22}]\n").replace("alternate: ben", ""),
        BOTH_AWAY.replace("2026-12-09}", "2026-12-08}"),
    ],
)
def test_an_absence_that_is_covered_or_over_is_not_said(text):
    assert not [message for message in said(text) if message.startswith("'ana' is away")]


def test_whoever_is_only_an_alternate_needs_a_key_too():
    text = changed("roles: [counsellor]\n    tier: staff\n", "roles: []\n").replace("\n    roles: []", "")
    (fault,) = key_faults(load({"directory.yaml": text}), {"ana": "key-a"}, TODAY)
    assert "'ben'" in fault.message


def test_nobody_needs_a_key_before_their_time():
    text = changed("time_zone: UTC", "time_zone: UTC\n    valid_from: 2026-11-24")
    assert key_faults(load({"directory.yaml": text}), {"ana": "key-a"}, TODAY) == ()
