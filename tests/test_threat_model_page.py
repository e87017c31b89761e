"""docs/threat-model.md names a test for everything that it says holds, and each is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


def test_every_test_that_is_named_exists():
    missing = [
        f"{path}::{name}"
        for path, name in NAMED
        if not (ROOT / path).is_file() or f"def {name}(" not in (ROOT / path).read_text("utf-8")
    ]
    assert len(NAMED) > 40
    assert missing == []


def test_everything_that_looks_like_a_test_is_named_in_full():
    whole = {name for _, name in NAMED}
    assert {
        name for name in re.findall(r"\btest_\w+", re.sub(r"tests/[\w/]+\.py", "", PAGE)) if name not in whole
    } == set()


def test_each_of_the_seven_has_a_part_and_the_weaknesses_have_theirs():
    for letter in "ABCDEFG":
        assert re.search(rf"^## {letter}\. ", PAGE, re.MULTILINE), letter
    assert PAGE.index("## G. ") < PAGE.index("# Known weaknesses\n")
