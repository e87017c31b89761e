"""Somebody who is accused, or unwanted, gets nothing: no wrap, no alert, and no trace that they were left out."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from bot.calls import People
from bot.incoming import Open
from cases import duty, handing
from cases.counselling import busy
from cases.outbox import claim
from routing.directory import Tier
from tests.bot.real_turns import real_world
from tests.bot.test_calls import chain
from tests.bot.walking import Walk, shown

USUAL = "amara-lind josen-pell mirel-tasso ilka-brandis teodor-quay"
TABLES = ("wraps", "outbox", "documents", "slots", "sessions")


@pytest.fixture
async def world(tmp_path):
    async with real_world(tmp_path) as world:
        yield world


async def sent(world, *, names="", keep_from="", story="words", where="", **ways):
    """A report sent with these words; those who can open it, and the report."""
    walk = Walk(world)
    await walk.to_story(**({"keep_place": "unsure"} if keep_from else {}) | ways)
    await walk.on(story=story, where=where, names=names, keep_from=keep_from)
    await walk.press("send")
    [(report, readers)] = await world.opened_by("report")
    return report, readers


async def test_without_a_name_the_usual_chain(world):
    _, readers = await sent(world)
    assert readers == set(USUAL.split())


@pytest.mark.parametrize(
    ("words", "readers"),
    [
        # Amara is the owner. Mirel is her supervisor, Josen of her team; nobody of the region is left.
        ({"names": "It was Amara Lindovai"}, "ilka-brandis teodor-quay"),
        ({"names": "amara"}, "ilka-brandis teodor-quay"),
        ({"names": "a woman, her name is Lindovay"}, "ilka-brandis teodor-quay"),
        ({"keep_from": "Amara please"}, "ilka-brandis teodor-quay"),
        ({"story": "Then Amara Lindovai took me to the office"}, "ilka-brandis teodor-quay"),
        ({"where": "in the room of amara lindovai"}, "ilka-brandis teodor-quay"),
        # Her supervisor is kept out with the whole team.
        ({"names": "Mirel Tassovan"}, "ilka-brandis teodor-quay"),
        # Nobody of the directory: the usual chain.
        ({"names": "The driver of the white car"}, USUAL),
        ({"keep_from": "my neighbour"}, USUAL),
        # A place: all who work there, and whoever reports to them.
        ({"keep_place": "station"}, "josen-pell mirel-tasso ilka-brandis teodor-quay"),
        ({"keep_place": "country"}, "mirel-tasso ilka-brandis teodor-quay"),
        # A given name in the story alone may be anybody's.
        ({"story": "My friend Amara told me to write"}, USUAL),
    ],
    ids=str,
)
async def test_somebody_who_is_named_gets_nothing_and_nobody_around_them(world, words, readers):
    _, found = await sent(world, **words)
    assert found == set(readers.split())
    assert {row.recipient for row in await world.rows("wraps")} == found
    assert not {row.recipient for row in await world.rows("outbox")} & (set(USUAL.split()) - found)


async def test_a_name_counts_though_it_may_not_be_part_of_the_report(world):
    report, readers = await sent(world, names="Amara Lindovai", name_ok="no")
    assert "amara-lind" not in readers
    assert "Amara" not in str(report)


async def test_somebody_over_whom_nobody_is_left_is_told_the_truth(world):
    walk = Walk(world)
    await walk.to_story(entity="open-well", station="salt-stairs")
    chairs = "Pia Sunderholm, Mirel Tassovan, Odile Varnessou, Runa Teffara"
    await walk.on(names=chairs)
    screen = await walk.press("send")
    assert "there is nobody here who could receive your report safely" in shown(screen)
    assert [len(await world.rows(table)) for table in ("documents", "wraps")] == [0, 0]
    assert not {row.recipient for row in await world.rows("outbox")} & {"pia-sunder", "runa-teff"}
    assert chairs in shown(await walk.press("again"))


async def test_nothing_tells_who_was_left_out(world, caplog):
    caplog.set_level(logging.DEBUG)
    report, _ = await sent(world, keep_from="Amara Lindovai and canary 7f3a", keep_place="station")
    assert "Amara" not in str(report)
    assert "canary" not in str(report)
    for table in TABLES:
        for row in await world.rows(table):
            assert "amara-lind" not in str(row)
    assert await world.rows("slots") == []
    assert "amara" not in caplog.text.lower()
    assert "canary" not in caplog.text
    rows = [(due, turn) for _, due, _, turn in await chain(world)]
    assert rows[0] == (0, 0), "whoever is next comes first, at once: no gap shows that somebody is missing"
    assert [turn for _, turn in rows] == list(range(len(rows)))


async def test_somebody_left_out_finds_nothing_in_their_list(world):
    await sent(world, names="Amara Lindovai")
    await claim(world.store, int(world.clock().timestamp()) + 86_400 * 30, 100, 60)
    assert await handing.waiting_for(world.store, "amara-lind") == ()
    assert await handing.waiting_for(world.store, "ilka-brandis") != ()


async def test_whoever_said_that_they_are_away_is_passed_over_and_can_still_open_it_later(world):
    now = int(world.clock().timestamp())
    await duty.set_away(world.store, "amara-lind", None)
    _, readers = await sent(world)
    assert readers == set(USUAL.split())
    assert [who for who, *_ in await chain(world)] == [
        "josen-pell",
        "mirel-tasso",
        "ilka-brandis",
        "teodor-quay",
        "amara-lind",
    ]
    assert await duty.away(world.store, now) == {"amara-lind"}


# --- counsellors ---------------------------------------------------------------------------------------------------


async def asked(world, walk, *, language="fr"):
    await walk.press("!help", "talk", "any")
    await walk.write("ring me")
    await walk.press("!done")
    found = await world.opened_by("referral")
    return found[-1] if found else (None, set())


async def test_a_counsellor_who_is_named_is_not_asked(world):
    walk = Walk(world)
    await walk.to_story("fr")
    await walk.write("C'est Leila Amsaroui qui l'a fait")
    plain, readers = await asked(world, walk)
    assert "leila-amsar" not in readers
    assert readers
    assert "Leila" not in str(plain)


async def test_who_has_accepted_many_requests_is_asked_later(world):
    directory = world.people.directory
    even = {one: replace(it, capacity=None, tier=it.tier and Tier.GBV) for one, it in directory.people.items()}
    world.people = People(replace(directory, people=even), world.people.keys)
    order = []
    for number in range(2):
        walk = Walk(world, str(number))
        await walk.do(Open())
        await walk.press("en")
        await asked(world, walk)
        turns = {(row.reference, row.turn): row.recipient for row in await world.rows("wraps")}
        [new] = {reference for reference, _ in turns} - {reference for reference, _ in order}
        order.append((new, turns[new, 0]))
        now = int(world.clock().timestamp())
        await claim(world.store, now, 100, 60)
        assert await handing.acknowledge(world.store, new, turns[new, 0], now)
        assert (await busy(world.store, now))[turns[new, 0]] == 1
        assert await busy(world.store, now + 31 * 86_400) == {}
    assert order[0][1] != order[1][1], "of two who fit alike, the one with nobody to accompany comes first"


@pytest.mark.parametrize(
    ("words", "urgent"),
    [("I want to kill myself", True), ("he is outside with a gun and wants to kill me", True), ("Hello there", False)],
)
async def test_words_of_distress_make_a_request_urgent(world, words, urgent):
    walk = Walk(world)
    await walk.to_story()
    await walk.write(words)
    await asked(world, walk)
    rows = [row for row in await world.rows("outbox") if row.template == "staff_alert"]
    assert {row.priority for row in rows} == {"urgent" if urgent else "normal"}


async def test_words_of_distress_make_a_report_urgent_too(world):
    walk = Walk(world)
    await walk.to_story()
    await walk.write("I want to kill myself")
    await walk.press("go_on", "!done")
    await walk.on()
    await walk.press("send")
    [(report, _)] = await world.opened_by("report")
    assert report["suggested"]["urgent"] is True
    assert {row.priority for row in await world.rows("outbox")} == {"urgent"}
