"""However an editor slips, the answer is a directory or its faults, and nothing else."""

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check import key_faults, warnings
from routing.directory import Directory
from routing.errors import DirectoryFaults, Fault
from routing.load import load
from routing.resolve import resolve
from tests.routing.test_load import GOOD
from tests.routing.worlds import NOW, TODAY, facts

LINES = GOOD.splitlines()
SCRAPS = [
    "",
    ":",
    "- ",
    "  - {",
    "'",
    "[",
    "]",
    "no",
    "ana",
    "2026-01-01",
    "\u202e",
    "\x00",
    "&a",
    "*a",
    "!!int 3",
    "? ",
    "|",
]
positions = st.integers(0, len(LINES) - 1)


@st.composite
def slips(draw) -> str:
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(positions) % len(lines)
        match draw(st.sampled_from(["drop", "double", "swap", "indent", "scrap", "text"])):
            case "drop":
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "swap":
                other = draw(positions) % len(lines)
                lines[at], lines[other] = lines[other], lines[at]
            case "indent":
                lines[at] = "  " + lines[at]
            case "scrap":
                cut = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:cut] + draw(st.sampled_from(SCRAPS)) + lines[at][cut:]
            case "text":
                lines[at] = draw(st.text(max_size=20))
    return "\n".join(lines)


def read(text: str) -> tuple[Directory | None, tuple[Fault, ...]]:
    try:
        return load({"directory.yaml": text}), ()
    except DirectoryFaults as error:
        return None, error.faults


@settings(deadline=None)
@given(slips(), facts)
def test_a_slip_of_the_editor_ends_in_faults_or_in_a_directory_that_works(text, asked):
    directory, faults = read(text)
    assert all(0 <= fault.line <= text.count("\n") + 2 and fault.mend for fault in faults)
    assert (directory is None) == bool(faults)
    if directory is None:
        return
    # Whatever is taken for good must also serve: no look-up may lead nowhere.
    warnings(directory, TODAY)
    keys = {one: f"key-{one}" for one in directory.people}
    assert key_faults(directory, keys, TODAY) == ()
    named = resolve(directory.with_keys(keys), asked, exclude=frozenset(), now=NOW).recipients
    assert {turn.person for turn in named} <= directory.people.keys()
