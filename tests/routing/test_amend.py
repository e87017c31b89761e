"""A row changes its person and not a byte else; comments, order and manner of writing stay."""

from datetime import date

import pytest

from routing.amend import AmendError, amend
from routing.load import load
from routing.spots import spots
from tests.routing.test_load import GOOD

KEPT = """\
# At the top
people:   # the people
  # The first entity
  - id: ana      # since 2019
    name: "Ana"
    # what she does
    roles:
      - psea_focal_point    # by letter of March
      # and this one
      - {role: sh_focal_point, valid_from: 2026-02-01}
    entity: relief
    time_zone:   UTC

  # The second entity
  - id: ben
    entity: works
    name: Ben
  # The end

# Below
networks: []
"""


def amended(text: str, **rows: dict) -> str:
    return amend({"d.yaml": text}, rows).texts["d.yaml"]


def lines_that_differ(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_one_field_changes_one_line():
    after = amended(KEPT, ana={"name": "Anna"})
    assert lines_that_differ(KEPT, after)[1][0] == '    name: "Anna"', "with the author's quotation marks"
    assert "# since 2019" in after
    assert after.endswith(KEPT[KEPT.index("\n  # The second") :])
    for remark in ("# At the top", "# the people", "# what she does", "# by letter of March", "# and this one"):
        assert after.count(remark) == 1


def test_a_person_who_is_not_named_keeps_every_byte():
    after = amended(KEPT, ben={"name": "Bert", "gender": "man"})
    assert after == KEPT.replace("    name: Ben\n", "    name: Bert\n    gender: man\n")


def test_a_field_that_goes_takes_no_remark_with_it():
    after = amended(KEPT, ana={"roles": None})
    assert "psea_focal_point" not in after
    for remark in ("# what she does", "# by letter of March", "# and this one"):
        assert after.count(remark) == 1


def test_a_list_is_written_in_brackets_and_dates_as_dates():
    row = {"roles": ["oversight", {"role": "counsellor", "valid_to": date(2030, 1, 1)}], "valid_to": date(2031, 1, 1)}
    after = amended(KEPT, ben=row)
    assert "    roles: [oversight, {role: counsellor, valid_to: 2030-01-01}]\n" in after
    assert "    valid_to: 2031-01-01\n" in after


def test_words_that_look_like_something_else_stay_words():
    """To other programs `no` is false and `007` a number; the directory takes both as they are written."""
    after = amended(KEPT, ben={"name": "no", "languages": ["no"], "email": "@ben", "spellings": ["007", "# x", "a: b"]})
    (ben,) = [spot for spot in spots("d.yaml", after) if spot.person == "ben"]
    made = GOOD.replace("    name: Ben\n    entity: relief\n", "".join(after.splitlines(True)[ben.first : ben.last]))
    made = made.replace("entity: works\n    name", "entity: relief\n    name").replace(
        "email: '@ben'\n", "gender: man\n"
    )
    made = made.replace("    languages: [en]\n", "")
    person = load({"directory.yaml": made}).people["ben"]
    assert (person.name, person.languages, person.spellings) == ("no", ("no",), ("007", "# x", "a: b"))


def test_somebody_new_stands_after_their_last_colleague():
    after = amended(KEPT, eva={"id": "eva", "entity": "relief", "name": "Eva"})
    assert "    time_zone:   UTC\n  - id: eva\n    name: Eva\n    entity: relief\n\n  # The second" in after
    after = amended(KEPT, eva={"id": "eva", "entity": "third", "name": "Eva"}, zoe={"id": "zoe", "entity": "third"})
    assert (
        "    name: Ben\n  - id: eva\n    name: Eva\n    entity: third\n  - id: zoe\n    entity: third\n  # The" in after
    )


def test_changes_and_new_people_do_not_meet():
    rows = {"eva": {"id": "eva", "entity": "relief"}, "ana": {"name": "Anna", "gender": "woman"}, "ben": {"name": "B"}}
    after = amend({"d.yaml": KEPT}, rows)
    assert [spot.person for spot in spots("d.yaml", after.texts["d.yaml"])] == ["ana", "eva", "ben"]
    assert (after.added, after.changed) == (("eva",), ("ana", "ben"))


@pytest.mark.parametrize(
    "text",
    [
        "people:\n- id: ana\n  roles:\n  - oversight\n- id: ben\n  name: Ben\n",
        "people:\n    -   id: ana\n        roles:\n        - oversight\n    -   id: ben\n        name: Ben\n",
        "people:\n  - {id: ana, roles: [oversight]}\n  - {id: ben, name: Ben}\n",
        "people:\r\n  - id: ana\r\n    roles: [oversight]\r\n  - id: ben\r\n    name: Ben\r\n",
        "people:\n  -\n    id: ana\n    roles: [oversight]\n  -\n    id: ben\n    name: Ben",
        "\ufeffpeople:\n  - id: ana\n    name: >\n      one\n      two\n  - id: ben\n    name: Ben\n",
        'people:\n  - id: ana\n    name: "a\u2028      b"\n    roles: [oversight]\n  - id: ben\n    name: Ben\n',
    ],
)
def test_each_manner_of_writing_is_kept(text):
    end = "\r\n" if "\r" in text else "\n"
    after = amended(text, ben={"name": "Bert"}, eva={"id": "eva", "name": "Eva"})
    assert after.startswith(text[: text.index("id: ben")])
    assert "name: Bert" in after
    found = list(spots("d.yaml", after))
    assert [spot.person for spot in found] == ["ana", "ben", "eva"]
    assert after.count("\n") == after.count(end)
    again = amended(after, eva={"gender": "woman"})
    assert again.startswith(after[: after.index("id: eva")])


def test_the_first_people_of_a_directory_begin_the_section():
    after = amend({"a.yaml": "regions: []", "b.yaml": "entities: []"}, {"eva": {"id": "eva", "name": "Eva"}}).texts
    assert after == {"a.yaml": "regions: []", "b.yaml": "entities: []\npeople:\n  - id: eva\n    name: Eva\n"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("people: [{id: ana}, {id: ben}]\n", "stand in brackets"),
        ("people: []\n", "there and empty"),
        ("x: &x [a]\npeople:\n  - id: ana\n  - {id: ben, stations: *x}\n", "refers to another part of the file"),
    ],
)
def test_what_has_no_lines_of_its_own_is_refused(text, says):
    with pytest.raises(AmendError, match=says):
        amended(text, ben={"name": "Bert"})
