"""What a new version changes is said in sentences, completely, and nothing is said of what stays."""

from importlib.resources import files

import pytest

from routing.changes import record_changes
from routing.directory import Directory
from routing.load import load
from tests.routing.test_load import FULL, GOOD

DEMO = (files("config") / "demo" / "directory.yaml").read_text("utf-8")


def read(text: str) -> Directory:
    directory = load({"directory.yaml": text})
    return directory.with_keys({one: f"key-{one}" for one in directory.people})


def said(old: str, new: str) -> list[str]:
    return list(record_changes(read(old), read(new)))


def changed(old: str, new: str, text: str = DEMO) -> list[str]:
    assert text.count(old) == 1, "the place to change must be the only one of its kind"
    return said(text, text.replace(old, new))


def test_of_the_same_nothing_is_said_however_it_is_written():
    head, people = DEMO.split("people:\n")
    moved = load({"b.yaml": head, "a.yaml": "# the people\npeople:\n" + people})
    assert list(record_changes(load({"directory.yaml": DEMO}), moved)) == []


AMARA = "    roles: [psea_focal_point]\n    languages: [fr, en]"
ODILE = "    stations: [port-lumen]\n    countries: [nualis]\n    roles: [psea_focal_point, sh_focal_point]\n"
NETWORK = "Velmora and Nualis Network (fictional)"
HARBOUR = "Harbour Fund for Families (fictional) (harbour-fund)"
MOVES = "now works at country level for Salt Stairs, before at country level for Port Lumen and Nualis"
NO_LONGER = "Amara Lindovai (amara-lind) is no longer PSEA focal point for Port Lumen"


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        (AMARA, AMARA.replace("psea_focal_point", "{role: psea_focal_point, valid_to: 2026-12-31}"),
         [f"{NO_LONGER} from 2027-01-01"]),
        ("    trained_on: 2026-03-12\n  - id: josen-pell", "    valid_to: 2026-12-31\n  - id: josen-pell",
         [f"{NO_LONGER} from 2027-01-01", "Amara Lindovai (amara-lind): trained_on now nothing, before 2026-03-12"]),
        (AMARA, AMARA.replace("psea_focal_point", "{role: sh_focal_point, valid_from: 2027-01-01}"),
         [NO_LONGER, "Amara Lindovai (amara-lind) becomes SH focal point for Port Lumen from 2027-01-01"]),
        ("{role: sh_focal_point, valid_from: 2026-02-01}", "{role: sh_focal_point, valid_from: 2026-03-01}",
         ["Josen Pellaru (josen-pell) is SH focal point for Salt Stairs from 2026-03-01, before from 2026-02-01"]),
        ("    alternate: josen-pell", "    alternate: mirel-tasso",
         ["Amara Lindovai (amara-lind): alternate now mirel-tasso, before josen-pell"]),
        ("[mon-thu 08:00-17:00, fri 08:00-12:30]", "[mon-thu 08:00-17:00]",
         ["Josen Pellaru (josen-pell): hours now mon-thu 08:00-17:00, before mon-thu 08:00-17:00 | fri 08:00-12:30"]),
        ("    leave:\n      - {from: 2026-09-01, to: 2040-08-31}\n", "",
         ["Elif Dorandel (elif-dorand): leave now nothing, before 2026-09-01 to 2040-08-31"]),
        (ODILE, ODILE.replace("port-lumen]\n    countries: [nualis]", "salt-stairs]"),
         ["Odile Varnessou (odile-varn) " + MOVES]),
        ("2025-03-01}\n", "2025-03-01, valid_to: 2026-12-31}\n      - {id: pia-sunder, valid_from: 2027-01-01}\n",
         [f"Odile Varnessou (odile-varn) is no longer co-chair of {NETWORK} from 2027-01-01",
          f"Pia Sunderholm-Eze (pia-sunder) becomes co-chair of {NETWORK} from 2027-01-01"]),
        ("members: [civic-relief, harbour-fund, open-well, lantern-works]",
         "members: [civic-relief, harbour-fund, lantern-works]",
         [f"Open Well (fictional) (open-well) is no longer member of {NETWORK}"]),
        ("harbour-fund, valid_from: 2025-10-01}", "harbour-fund, valid_from: 2025-10-01, valid_to: 2027-09-30}",
         [f"{HARBOUR} is no longer contracting Seedling Trust (fictional) from 2027-10-01"]),
        ("    weekend: [fri, sat]\n", "", ["the country Nualis (nualis): weekend now sat sun, before fri sat"]),
        ("head: Head of Mission}", "head: Chief of Staff}",
         ["the office Bridge Mission (mission-gate): head now Chief of Staff, before Head of Mission"]),
        ("    name: Winter Gate\n", "    name: Frost Gate\n",
         ["the station Frost Gate (winter-gate): name now Frost Gate, before Winter Gate"]),
    ],
)  # fmt: skip
def test_each_change_is_one_sentence(old, new, sentences):
    assert changed(old, new) == sentences


def test_who_comes_and_who_goes_is_said_with_what_they_do():
    start = DEMO.index("  - id: nadia-krevo")
    without = DEMO[:start] + DEMO[DEMO.index("  - id: idris-tamal") :]
    duties = "counsellor, Warm Line (fictional)"
    assert said(DEMO, without) == [f"Nadia Krevolin (nadia-krevo) is not in the directory any more: was {duties}"]
    assert said(without, DEMO) == [f"Nadia Krevolin (nadia-krevo) is added: {duties}"]


def test_somebody_new_without_a_key_receives_nothing_and_that_is_said():
    old, new = (
        read(GOOD),
        read(GOOD.replace("people:\n", f"people:\n{GOOD[GOOD.index('  - id: ben') :]}".replace("ben", "eva"))),
    )
    new = new.with_keys({"ana": "key-ana", "ben": "key-ben"})
    assert list(record_changes(old, new))[1] == "Ben (eva) has no public key, and receives nothing until there is one"


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (None, "new", "has a public key now"),
        ("old", None, "has no public key any more, and receives nothing"),
        ("old", "new", "has another public key (new, before old): ask them by voice"),
    ],
)
def test_a_changed_key_is_said_since_it_decides_who_reads(before, after, says):
    directory = load({"directory.yaml": GOOD})
    keys = [{"ana": key} if key else {} for key in (before, after)]
    assert list(record_changes(*(directory.with_keys(one) for one in keys))) == [f"Ana (ana) {says}"]


def test_every_field_of_a_person_that_changes_is_said():
    text = GOOD.replace("    languages: [fr, zh-Hans]\n    time_zone: Africa/Tunis\n", FULL)
    sentences = " ".join(said(GOOD, text))
    for name in ("languages", "gender", "email", "spellings", "trained_on", "modalities", "capacity", "hours", "leave"):
        assert f"Ana (ana): {name} now " in sentences
