"""Every fault is found, on its line, with a sentence how to mend it; and nothing good is refused."""

from dataclasses import replace
from datetime import date
from importlib.resources import files
from time import process_time

import pytest

from routing.directory import EntityKind, Fluency, Gender, Hours, Leave, Level, Modality, RoleKind, Tier
from routing.errors import DirectoryFaults
from routing.load import load
from routing.references import circles
from tests.routing.large import large_directory

GOOD = """\
regions:
  - {id: coast, name: Coast}
countries:
  - id: velmora
    name: Velmora
    names: {fr: Velmore, ar: فيلمورا}
    region: coast
    languages: [fr, ar]
stations:
  - {id: port, name: Port, country: velmora}
entities:
  - {id: relief, name: Relief, kind: un}
  - id: works
    name: Works
    kind: partner
    contracted_by:
      - {id: relief, valid_from: 2025-01-01, valid_to: 2027-12-31}
networks:
  - id: net
    name: Net
    countries: [velmora]
    members: [relief, works]
    cochairs: [ana]
people:
  - id: ana
    name: Ana
    entity: relief
    level: country
    stations: [port]
    roles: [psea_focal_point, {role: sh_focal_point, valid_from: 2026-02-01}]
    languages: [fr, zh-Hans]
    time_zone: Africa/Tunis
    supervisor: ben
    alternate: ben
    certified_until: 2030-01-31
    valid_from: 2026-01-01
  - id: ben
    name: Ben
    entity: relief
    level: regional
    regions: [coast]
    roles: [counsellor]
    tier: staff
    languages: [en]
    time_zone: UTC
"""


def faults_of(text: str | dict[str, str]):
    with pytest.raises(DirectoryFaults) as caught:
        load({"directory.yaml": text} if isinstance(text, str) else text)
    return caught.value.faults


def planted(old: str, new: str):
    """Change one place of the good directory and return the faults found, as (line, message)."""
    assert GOOD.count(old) == 1, "the place to change must be the only one of its kind"
    return faults_of(GOOD.replace(old, new))


def line_in_good(text: str) -> int:
    return GOOD[: GOOD.index(text)].count("\n") + 1


def test_a_good_directory_is_read_whole():
    directory = load({"directory.yaml": GOOD})
    ana = directory.people["ana"]
    assert ana.level is Level.COUNTRY
    assert [role.kind for role in ana.roles] == [RoleKind.PSEA_FOCAL_POINT, RoleKind.SH_FOCAL_POINT]
    assert ana.roles[1].valid_from == date(2026, 2, 1)
    assert ana.languages == ("fr", "zh-Hans")
    assert (ana.supervisor, ana.alternate, ana.key_id) == ("ben", "ben", None)
    assert (ana.certified_until, ana.valid_from, ana.valid_to) == (date(2030, 1, 31), date(2026, 1, 1), None)
    assert directory.people["ben"].tier is Tier.STAFF
    assert directory.entities["works"].kind is EntityKind.PARTNER
    assert directory.entities["works"].contracted_by[0].valid_to == date(2027, 12, 31)
    assert directory.stations["port"].region == "coast"
    assert directory.countries["velmora"].name_in("ar") == "فيلمورا"
    assert directory.networks["net"].cochairs[0].id == "ana"
    assert directory.mark("people", "ben").line == line_in_good("id: ben")


FULL = """\
    languages: [fr, {tag: ar, level: basic}, {tag: en}]
    time_zone: Africa/Tunis
    gender: woman
    email: ana@relief.example
    spellings: [Ana, آنا, Анна]
    trained_on: 2026-03-31
    modalities: [phone, video]
    capacity: 4
    hours:
      - mon-thu 08:00-17:00
      - sat, sun 22:00-06:00
      - {days: [fri], from: "08:00", to: "12:30"}
      - {days: mon-sun, from: 18:00, to: 00:00}
    leave:
      - {from: 2026-12-20, to: 2027-01-03}
"""


def test_everything_that_can_be_said_of_a_person_is_read():
    text = GOOD.replace("    languages: [fr, zh-Hans]\n    time_zone: Africa/Tunis\n", FULL)
    ana = load({"directory.yaml": text}).people["ana"]
    assert ana.languages == ("fr", "ar", "en")
    assert ana.fluency == {"ar": Fluency.BASIC}
    assert (ana.gender, ana.email, ana.trained_on) == (Gender.WOMAN, "ana@relief.example", date(2026, 3, 31))
    assert ana.spellings == ("Ana", "آنا", "Анна")
    assert (ana.modalities, ana.capacity) == ((Modality.PHONE, Modality.VIDEO), 4)
    assert ana.hours == (
        Hours(frozenset({1, 2, 3, 4}), 480, 1020),
        Hours(frozenset({6, 7}), 1320, 360),
        Hours(frozenset({5}), 480, 750),
        Hours(frozenset(range(1, 8)), 1080, 1440),
    )
    assert ana.leave == (Leave(date(2026, 12, 20), date(2027, 1, 3)),)
    plain = load({"directory.yaml": GOOD}).people["ana"]
    assert (plain.hours, plain.leave, plain.email, plain.modalities) == ((), (), None, (Modality.TEXT,))


def test_countries_have_a_clock_and_a_weekend_and_entities_have_offices():
    text = GOOD.replace(
        "    languages: [fr, ar]\n", "    languages: [fr]\n    time_zone: UTC\n    weekend: [fri, sat]\n"
    )
    text += "offices:\n  - {id: desk, name: Desk, entity: relief, station: port, head: Representative}\n"
    directory = load({"directory.yaml": text})
    assert (directory.countries["velmora"].time_zone, directory.countries["velmora"].weekend) == ("UTC", (5, 6))
    assert load({"directory.yaml": GOOD}).countries["velmora"].weekend == (6, 7)
    assert load({"directory.yaml": text.replace("[fri, sat]", "[]")}).countries["velmora"].weekend == ()
    desk = directory.offices["desk"]
    assert (desk.entity, desk.station, desk.head) == ("relief", "port", "Representative")


def test_the_demo_directory_has_no_fault_and_names_everything_in_every_language():
    text = (files("config") / "demo" / "directory.yaml").read_text("utf-8")
    directory = load({"directory.yaml": text})
    assert len(directory.people) >= 30
    assert (len(directory.countries), len(directory.networks)) == (3, 1)
    sections = (directory.regions, directory.countries, directory.stations, directory.entities, directory.networks)
    for named in [one for section in sections for one in section.values()]:
        assert named.names.keys() == {"fr", "es", "ar", "ru", "zh", "uk", "ro", "pt", "sw"}, named.id
    assert {role.kind for person in directory.people.values() for role in person.roles} == set(RoleKind)
    assert {person.tier for person in directory.people.values()} == {None, *Tier}


def test_records_may_be_spread_over_files():
    head, people = GOOD.split("people:\n")
    assert load({"b.yaml": "people:\n" + people, "a.yaml": head}) == load({"directory.yaml": GOOD})


def test_words_that_other_loaders_take_for_booleans_stay_words():
    text = GOOD.replace("id: ben", "id: no").replace("ben\n", "no\n").replace("[fr, zh-Hans]", "[no]")
    people = load({"directory.yaml": text}).people
    assert people["ana"].supervisor == "no"
    assert people["ana"].languages == ("no",)


@pytest.mark.parametrize(
    ("old", "new", "says", "mends"),
    [
        ("    alternate: ben", "    alternat: ben", "a person has no field 'alternat'", "Did you mean 'alternate'?"),
        ("    alternate: ben", "    colour: red", "a person has no field 'colour'", "the fields are:"),
        ("    name: Ana\n", "", "this person has no 'name'", "Add a line 'name: …'"),
        ("    name: Ana\n", "    name:\n", "'name' has no value", "Write one, or remove the line"),
        ("    name: Ana\n", "    name: [Ana]\n", "'name' must be one value", "no list"),
        ("    languages: [en]\n", "", "this person has no 'languages'", "Add 'languages: […]'"),
        ("    languages: [en]\n", "    languages: []\n", "'languages' is empty", "at least one"),
        ("    languages: [en]\n", "    languages: en\n", "'languages' must be a list", "languages: [a, b]"),
        ("[fr, zh-Hans]", "[fr, French]", "'French' is no language tag", "BCP 47"),
        ("[fr, zh-Hans]", "[fr, FR]", "'FR' is no language tag", "BCP 47"),
        ("[fr, zh-Hans]", "[fr, eng]", "'eng' is no language tag", "Write 'en'"),
        ("[fr, zh-Hans]", "[fr, fr]", "'fr' stands twice in 'languages'", "Keep one"),
        ("{fr: Velmore,", "{french: Velmore,", "'french' is no language tag", "BCP 47"),
        ("2030-01-31", "2030-02-31", "'certified_until' is '2030-02-31', which is no date", "2026-03-31"),
        ("2030-01-31", "31.01.2030", "'certified_until' is '31.01.2030', which is no date", "2026-03-31"),
        ("2030-01-31", "20300131", "'certified_until' is '20300131', which is no date", "2026-03-31"),
        ("2030-01-31", "2030-W05-4", "'certified_until' is '2030-W05-4', which is no date", "2026-03-31"),
        ("2027-12-31", "2024-12-31", "valid_to 2024-12-31 is before valid_from 2025-01-01", "Correct one"),
        ("entity: relief\n    level: country", "entity: releif\n    level: country",
         "'entity' names the entity 'releif', which is not in the directory", "Did you mean 'relief'?"),
        ("stations: [port]", "stations: [quay]", "'stations' names the station 'quay'", "add it under 'stations'"),
        ("supervisor: ben", "supervisor: zoe", "'supervisor' names the person 'zoe'", "add it under 'people'"),
        ("alternate: ben", "alternate: bem", "'alternate' names the person 'bem'", "Did you mean 'ben'?"),
        ("cochairs: [ana]", "cochairs: [eva]", "'cochairs' names the person 'eva'", "add it under 'people'"),
        ("members: [relief, works]", "members: [relief, {id: nowhere}]", "'members' names the entity 'nowhere'", "add"),
        ("country: velmora", "country: nowhere", "'country' names the country 'nowhere'", "Correct it"),
        ("region: coast\n", "region: hills\n", "'region' names the region 'hills'", "Correct it"),
        ("regions: [coast]", "regions: [hills]", "'regions' names the region 'hills'", "Correct it"),
        ("Africa/Tunis\n", "UTC\n    hours: [mon-fri]\n", "'mon-fri' states no working hours", "mon-fri 08:00-17:00"),
        ("Africa/Tunis\n", "UTC\n    hours: [mo-fr 08:00-17:00]\n", "'mo-fr 08:00-17:00' states no", "mon-fri"),
        ("Africa/Tunis\n", "UTC\n    hours: [mon 8:00-17:00]\n", "'mon 8:00-17:00' states no", "mon-fri"),
        ("Africa/Tunis\n", "UTC\n    hours: [mon 08:00-08:00]\n", "'mon 08:00-08:00' states no", "mon-fri"),
        ("Africa/Tunis\n", "UTC\n    hours: [mon 08:00-24:30]\n", "'mon 08:00-24:30' states no", "mon-fri"),
        ("Africa/Tunis\n", "UTC\n    hours: [{days: [mon], from: 8, to: 24:01}]\n", "'8' is no time of day", "08:00"),
        ("Africa/Tunis\n", "UTC\n    hours: [{days: [mon], from: 9:00, to: 24:01}]\n", "'24:01' is no time", "24:00"),
        ("Africa/Tunis\n", "UTC\n    hours: [{days: [lun], from: 08:00, to: 09:00}]\n", "'lun' is no day", "mon"),
        ("Africa/Tunis\n", "UTC\n    hours: [{days: [mon], to: 09:00}]\n", "has no 'from'", "Add a line"),
        ("Africa/Tunis\n", "UTC\n    hours: [{from: 08:00, to: 09:00}]\n", "has no 'days'", "Add a line"),
        ("Africa/Tunis\n", "UTC\n    hours: [{days: mon, from: 08:00, to: 08:00}]\n", "no length", "from 00:00 to 24"),
        ("Africa/Tunis\n", "UTC\n    hours: mon 08:00-17:00\n", "'hours' must be a list", "hours: [a, b]"),
        ("Africa/Tunis\n", "UTC\n    leave: [{from: 2026-12-20}]\n", "this entry of 'leave' has no 'to'", "Add"),
        ("Africa/Tunis\n", "UTC\n    leave: [{from: 2026-12-20, to: 2026-12-01}]\n",
         "the leave ends on 2026-12-01, before it begins on 2026-12-20", "Correct one"),
        ("Africa/Tunis\n", "UTC\n    leave: [2026-12-20]\n", "must be a block", "Write it as one"),
        ("Africa/Tunis\n", "UTC\n    email: ana at relief\n", "'ana at relief' is no e-mail address", "one address"),
        ("Africa/Tunis\n", "UTC\n    email: Ana <ana@x.org>\n", "is no e-mail address", "one address"),
        ("Africa/Tunis\n", 'UTC\n    email: "a@x.org\\nBcc: b@x.org"\n', "is no e-mail address", "one address"),
        ("Africa/Tunis\n", "UTC\n    gender: female\n", "'female' is not known here", "woman, man, other"),
        ("Africa/Tunis\n", "UTC\n    capacity: many\n", "'capacity' is 'many', which is no number", "from 1 to 999"),
        ("Africa/Tunis\n", "UTC\n    capacity: 0\n", "'capacity' is '0', which is no number", "from 1 to 999"),
        ("Africa/Tunis\n", "UTC\n    modalities: [telepathy]\n", "'telepathy' is not known", "text, phone, video"),
        ("Africa/Tunis\n", "UTC\n    trained_on: once\n", "'trained_on' is 'once', which is no date", "2026-03"),
        ("[fr, zh-Hans]", "[{tag: fr, level: good}]", "'good' is not known here", "native, fluent, basic"),
        ("[fr, zh-Hans]", "[fr, {tag: fr, level: basic}]", "'fr' stands twice in 'languages'", "Keep one"),
        ("[fr, zh-Hans]", "[{level: basic}]", "this language has no 'tag'", "Add a line"),
        ("languages: [fr, ar]", "weekend: [friday]", "'friday' is no day of the week", "mon, tue"),
        ("languages: [fr, ar]", "time_zone: Nowhere/Land", "'Nowhere/Land' is no time zone", "IANA"),
        ("people:\n", "offices: [{id: o, name: O, entity: relief, station: pier}]\npeople:\n",
         "'station' names the station 'pier'", "add it under 'stations'"),
        ("people:\n", "offices: [{id: o, name: O, entity: releif, station: port}]\npeople:\n",
         "'entity' names the entity 'releif'", "Did you mean 'relief'?"),
        ("{id: relief, valid_from", "{id: other, valid_from", "'contracted_by' names the entity 'other'", "Correct"),
        ("id: ben", "id: ana", "there is a person 'ana' already (line 25 of directory.yaml)", "another id"),
        ("id: ben", "id: ../ben", "'../ben' cannot be an id", "small letters"),
        ("id: ben", "id: Ben", "'Ben' cannot be an id", "small letters"),
        ("id: port", "id: velmora", "'velmora' is a country's id too", "another id"),
        ("    alternate: ben", "    alternate: ana", "'ana' is their own alternate", "Name somebody else"),
        ("    supervisor: ben", "    supervisor: ana", "the supervisors go in a circle: ana → ana", "Correct one"),
        ("time_zone: UTC", "time_zone: UTC\n    supervisor: ana", "in a circle: ana → ben → ana", "Correct one"),
        ("Africa/Tunis", "Africa/Tuna", "'Africa/Tuna' is no time zone", "IANA name"),
        ("Africa/Tunis", "GMT+1", "'GMT+1' is no time zone", "IANA name"),
        ("Africa/Tunis", "../../etc/passwd", "'../../etc/passwd' is no time zone", "IANA name"),
        ("level: regional", "level: global", "'global' is not known here", "country, regional, headquarters"),
        ("roles: [counsellor]", "roles: [councellor]", "'councellor' is not known here", "Use one of"),
        ("roles: [counsellor]", "roles: [counsellor, {rôle: x}]", "a role has no field 'rôle'", "Did you mean"),
        ("    tier: staff\n", "", "the counsellor 'ben' has no 'tier'", "Add 'tier: gbv'"),
        ("    regions: [coast]\n", "", "'ben' works at regional level and covers no place", "Add 'regions: […]'"),
        ("    stations: [port]\n", "", "'ana' works at country level and covers no place", "Add 'stations: […]'"),
        ("    kind: partner\n    contracted_by:\n      - {id: relief, valid_from: 2025-01-01, valid_to: 2027-12-31}\n",
         "    kind: partner\n", "the partner 'works' has no 'contracted_by'", "the contracting entity is told"),
        ("{id: relief, valid_from", "{id: works, valid_from", "'works' contracts itself", "the other entity"),
        ("entity: relief\n    level: regional", "entity: works\n    level: regional",
         "'ben', the alternate of 'ana', works for another entity", "the same entity"),
        ("    name: Ben\n", "    name: Ben\n    name: Bert\n", "'name' is given twice (first on line 38)", "Keep one"),
        ("kind: un}", "kind: un, kind: ngo}", "'kind' is given twice", "Keep one"),
        ("people:\n", "persons: []\npeople:\n", "a directory has no field 'persons'", "Remove it"),
        ("  - {id: coast, name: Coast}", "  - coast", "a region must be a block of 'field: value' lines", "Write it"),
        ("name: Coast}", "name: Coast, <<: 1}", "a region has no field '<<'", "Remove it"),
        ("name: Coast}", "name: Coast, [a]: 1}", "a field needs a name", "Write 'name: value'"),
    ],
)  # fmt: skip
def test_each_planted_fault_is_named_with_its_line_and_a_remedy(old, new, says, mends):
    found = planted(old, new)
    mine = [fault for fault in found if says in fault.message and mends in fault.mend]
    assert mine, [str(fault) for fault in found]
    start = line_in_good(old)
    # A missing line is blamed on its record, which starts a few lines above.
    assert any(start - 8 <= fault.line <= start + 4 or "ana → ben" in says for fault in mine)
    assert {fault.file for fault in found} == {"directory.yaml"}


def test_the_line_is_that_of_the_value():
    (fault,) = planted("Africa/Tunis", "Africa/Tuna")
    assert fault.line == line_in_good("Africa/Tunis")
    assert str(fault).startswith(f"directory.yaml:{fault.line}: 'Africa/Tuna' is no time zone. Write an IANA name")


def test_all_faults_are_found_at_once():
    text = GOOD.replace("Africa/Tunis", "Mars").replace("[port]", "[quay]").replace("2030-01-31", "soon")
    assert len(faults_of(text)) == 3


def test_faults_come_in_order_of_file_and_line():
    found = faults_of({"b.yaml": GOOD.replace("Africa/Tunis", "Mars"), "a.yaml": "people: []\nx: 1\ny: 2\n"})
    assert [(fault.file, fault.line) for fault in found] == [("a.yaml", 2), ("a.yaml", 3), ("b.yaml", 32)]


def test_a_loop_of_supervisors_is_reported_once():
    text = GOOD.replace("time_zone: UTC", "time_zone: UTC\n    supervisor: ana")
    assert len(faults_of(text)) == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("people:\n  - id: a\n   name: b\n", 3),
        ("people: [\n", 2),
        ("people:\n\t- id: a\n", 2),
        ("a: 1\n---\nb: 2\n", 2),
        ("people: []\nname: \x07\n", 2),
        ("people: *nobody\n", 1),
        ("people: []\n...\nb: 2\n", 2),
    ],
)
def test_broken_yaml_is_named_with_its_line(text, line):
    (fault,) = faults_of(text)
    assert abs(fault.line - line) <= 1
    assert fault.mend


def test_what_a_broken_file_holds_is_not_reported_missing_elsewhere():
    head, people = GOOD.split("people:\n")
    (fault,) = faults_of({"places.yaml": head.replace("regions:", "regions: ["), "people.yaml": "people:\n" + people})
    assert fault.file == "places.yaml"


@pytest.mark.parametrize("text", ["", "# only a comment\n"])
def test_an_empty_file_is_a_fault(text):
    (fault,) = faults_of(text)
    assert "empty" in fault.message


def test_no_file_at_all_is_a_fault():
    (fault,) = faults_of({})
    assert "there is no directory file" in fault.message


@pytest.mark.parametrize("text", ["just words", "[a, b]", "people: {id: a}"])
def test_another_shape_than_a_directory_is_a_fault(text):
    assert faults_of(text)


def test_an_expired_certification_is_no_fault():
    text = GOOD.replace("2030-01-31", "2020-01-31")
    assert load({"directory.yaml": text}).people["ana"].certified_until == date(2020, 1, 31)


def test_names_of_people_stay_out_of_reprs():
    assert "Ana" not in repr(load({"directory.yaml": GOOD.replace("name: Ana", "name: Anastasia")}))


def test_the_error_says_the_first_fault_and_how_many_more():
    with pytest.raises(DirectoryFaults, match=r"directory\.yaml:27: .* \(and 1 more\)"):
        load(
            {
                "directory.yaml": GOOD.replace("Africa/Tunis", "Mars").replace(
                    "entity: relief\n    level: c", "entity: r\n    level: c"
                )
            }
        )


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 5_000, "- " * 20_000 + "x", "people: " + "[" * 40])
def test_endless_nesting_is_a_fault_and_not_the_end_of_the_process(text):
    with pytest.raises(DirectoryFaults) as caught:
        load({"directory.yaml": text})
    assert "nested too deeply" in str(caught.value.faults[0])


def test_a_name_that_stands_for_a_list_of_lists_costs_no_more_than_its_length():
    """An old trick: ten names, each ten times the one before, are a file of a thousand million entries."""
    steps = [f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]" for number in range(1, 10)]
    with pytest.raises(DirectoryFaults):
        load({"directory.yaml": "\n".join(["a0: &a0 [x]", *steps, "people: &p [*p]"])})


def test_time_grows_with_the_number_of_people_and_not_with_its_square():
    """The walk up the line of supervisors once copied all it had seen for each person."""
    made = large_directory(4_000, 20)
    began = process_time()
    assert len(load({"directory.yaml": made}).people) == 4_000
    assert process_time() - began < 8, "ten times what it takes on a slow machine"
    plain = load({"directory.yaml": GOOD}).people["ben"]
    folk = {str(one): replace(plain, id=str(one), supervisor=str(one // 2 or 1)) for one in range(2, 60_000)}
    began = process_time()
    assert list(circles(folk, {})) == []
    assert process_time() - began < 5, "squared, this takes a minute"
