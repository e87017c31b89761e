"""How long it takes to find who receives: `make bench-routing`. Not a test, since it measures the machine.

Ten thousand people in 200 countries (`tests.routing.crowd`), and questions spread over all of them: each kind, place
and entity, with and without a child, the unknown ones among them, every fourth with exclusions.
"""

import gc
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from routing.conflicts import excluded, kept_out
from routing.matching import Wish, match_counsellors
from routing.naming import Names
from routing.resolve import Facts, resolve
from routing.triage_table import Route
from tests.routing.crowd import COUNTRIES, ENTITIES, NOW, PEOPLE, TONGUES, crowd
from tests.routing.test_naming_measured import answers, sentences

CALLS = 5_000
Asked = TypeVar("Asked")


def questions() -> list[tuple[Facts, frozenset[str]]]:
    """What is asked of `resolve`."""
    made = []
    for one in range(CALLS):
        country = one * 7 % COUNTRIES
        facts = Facts(
            kind="sea" if one % 3 else "sh",
            entity=None if one % 10 == 0 else f"e{one % ENTITIES:02}",
            station=None if one % 25 == 0 else f"s{country:03}-{one % 5}",
            child=one % 5 == 0,
            urgent=one % 2 == 0,
            route=(None, Route.DUAL, None, Route.CONDUCT_AND_DISCIPLINE)[one % 4],
        )
        some = frozenset({f"p{country * 50 + one % 50:05}", f"p{country * 50:05}"}) if one % 4 == 0 else frozenset()
        made.append((facts, some))
    return made


def wishes() -> list[Wish]:
    """What is asked of `match_counsellors`."""
    return [
        Wish(
            language=TONGUES[one % 10] if one % 3 else "en",
            group=("staff", "community", "unsure")[one % 3],
            gender=("any", "woman", "woman_only")[one % 3],
            when=("any", "morning", "afternoon", "evening", "night")[one % 5],
            station=f"s{one * 7 % COUNTRIES:03}-1",
            urgent=one % 4 == 0,
        )
        for one in range(CALLS // 5)
    ]


def measured(what: str, work: Callable[[Asked], object], asked: Sequence[Asked]) -> None:
    """Print the median and the 99th percentile of one call, in microseconds."""
    gc.collect()
    took = []
    for one in asked:
        start = time.perf_counter_ns()
        work(one)
        took.append((time.perf_counter_ns() - start) / 1000)
    cuts = statistics.quantiles(took, n=100)
    print(f"{what:<52} {statistics.median(took):9.1f} µs   99 %: {cuts[98]:10.1f} µs   ({len(took)} calls)")


def main() -> None:
    """Measure."""
    world = crowd()
    start = time.perf_counter()
    Names(world.people.values())
    version = sys.version.split()[0]
    print(f"{PEOPLE} people, {COUNTRIES} countries, {len(TONGUES)} languages; Python {version}")
    print(f"everybody's names made ready, once: {time.perf_counter() - start:.2f} s")
    world.names()
    asked = questions()
    measured("resolve", lambda one: resolve(world, one[0], exclude=one[1], now=NOW), asked)
    nobody: frozenset[str] = frozenset()
    texts = [(asked[one % CALLS][0], text) for one, (_, text) in enumerate(answers())] * 5
    measured(
        "excluded, an answer of some ten words",
        lambda one: excluded(world, one[0], names=(one[1],), places=nobody, now=NOW),
        texts,
    )
    named = [
        (facts, f"his name is {world.people[f'p{number:05}'].name}") for number, (facts, _) in enumerate(asked[:500])
    ]
    measured(
        "excluded, with somebody's name in it",
        lambda one: excluded(world, one[0], names=(one[1],), places=nobody, now=NOW),
        named,
    )
    story = "\n".join(text for tag, text in (*sentences(), *answers()) if tag in {"en", "fr", "es"})[:10_000]
    measured(
        f"kept_out, a story of {len(story)} letters",
        lambda one: kept_out(world, one[0], names=(), places=nobody, told=(story,), now=NOW),
        asked[:100],
    )
    measured(
        "match_counsellors",
        lambda one: match_counsellors(world, one, exclude=nobody, now=NOW, busy={}),
        wishes(),
    )


if __name__ == "__main__":
    main()
