"""The transaction of one turn: whole or nothing, once, and never over somebody else's."""

from __future__ import annotations

import asyncio
from secrets import token_bytes

import pytest
from sqlalchemy import event

from cases.outbox import Alert
from cases.store import StoreError
from cases.turns import Done, Kept, Writes, commit, keep_book, read, renote, stored_book
from tests.cases.rows import ANA, BEN, HOUR, a_document, counts, mark, migrated, rows, write, writes


async def kept(store, pseudonym=ANA):
    return (await read(store, pseudonym, b""))[0]


async def test_nothing_is_kept_of_somebody_who_never_came(store):
    assert await read(store, ANA, mark("1")) == (None, False)


async def test_a_first_turn_is_kept_as_it_was_written(store):
    slots = {"story": b"one", "where": b"two"}
    assert await write(store, "1", None, b"body", slots=slots) is Done.WRITTEN
    assert await read(store, ANA, mark("1")) == (Kept(1, HOUR, b"body", slots), True)
    assert await read(store, ANA, mark("2")) == (Kept(1, HOUR, b"body", slots), False)
    assert await read(store, BEN, mark("1")) == (None, True), "marks belong to deliveries, sessions to people"


async def test_each_turn_has_the_next_version(store):
    for version in range(1, 4):
        assert (
            await write(store, f"{version}", version - 1 or None, b"%d" % version, hour=HOUR + version) is Done.WRITTEN
        )
        assert await kept(store) == Kept(version, HOUR + version, b"%d" % version, {})


async def test_a_repeated_delivery_writes_nothing(store):
    await write(store, "1")
    before = [await rows(store, name) for name in ("sessions", "slots", "inbox")]
    again = writes("1", 1, b"other", slots={"story": b"x"}, documents=(a_document("AAAAAAAA", "p"),))
    assert await commit(store, again, entropy=token_bytes) is Done.REPEATED
    assert [await rows(store, name) for name in ("sessions", "slots", "inbox")] == before
    assert await rows(store, "documents") == []


async def test_a_turn_that_was_overtaken_writes_nothing_and_can_be_done_again(store):
    await write(store, "1")
    await write(store, "2", 1, b"theirs")
    late = {"slots": {"story": b"x"}, "documents": (a_document("AAAAAAAA", "p"),)}
    assert await write(store, "3", 1, b"mine", **late) is Done.OVERTAKEN
    assert await counts(store) == {"sessions": 1, "slots": 0, "inbox": 2, "documents": 0, "wraps": 0, "outbox": 0}
    assert await write(store, "3", 2, b"mine", **late) is Done.WRITTEN
    assert await kept(store) == Kept(3, HOUR, b"mine", {"story": b"x"})


async def test_a_gap_is_told_once_however_often_it_is_met(store):
    gaps = tuple(Alert("coverage_gap", "day20416", one, "normal", HOUR, HOUR * 3600) for one in ("p", "q"))
    await write(store, "1", gaps=gaps)
    await write(store, "2", 1, gaps=gaps[:1])
    await write(store, "3", 2, gaps=gaps)
    assert sorted(row.recipient for row in await rows(store, "outbox")) == ["p", "q"]
    assert await kept(store) == Kept(3, HOUR, b"body", {})


@pytest.mark.parametrize("body", [b"mine", None], ids=["goes on", "leaves"])
@pytest.mark.parametrize("expected", [None, 7], ids=["read nothing", "read another version"])
async def test_whoever_read_something_else_is_overtaken(store, expected, body):
    await write(store, "1", None, b"theirs", slots={"story": b"words"})
    assert await write(store, "2", expected, body) is Done.OVERTAKEN
    assert await kept(store) == Kept(1, HOUR, b"theirs", {"story": b"words"})


async def test_whoever_read_a_session_that_is_gone_is_overtaken(store):
    for name, body in (("1", b"mine"), ("2", None)):
        assert await write(store, name, 1, body) is Done.OVERTAKEN
    assert await counts(store) == dict.fromkeys(("sessions", "slots", "inbox", "documents", "wraps", "outbox"), 0)


async def test_two_writers_on_one_session_one_is_first(store, url):
    await write(store, "0")
    async with migrated(url) as other:
        for version in range(1, 11):
            both = (
                write(store, f"{version}a", version, b"a", slots={"story": b"a"}),
                write(other, f"{version}b", version, b"b", slots={"story": b"b"}),
            )
            done = await asyncio.gather(*both)
            assert sorted(one.value for one in done) == ["overtaken", "written"]
            winner = b"ab"[done.index(Done.WRITTEN) :][:1]
            assert await kept(other) == Kept(version + 1, HOUR, winner, {"story": winner})


async def test_one_delivery_that_arrives_twice_at_once_is_done_once(store, url):
    async with migrated(url) as other:
        for number in range(5):
            document = a_document(f"AAAAAAA{number}", "p")
            turn = Writes(mark(f"{number}"), HOUR, bytes([number]) * 32, None, b"x", documents=(document,))
            done = await asyncio.gather(*(commit(one, turn, entropy=token_bytes) for one in (store, other)))
            assert sorted(one.value for one in done) == ["repeated", "written"]
        assert (await counts(store))["documents"] == 5


async def test_many_people_at_once_all_get_through(store, url):
    async with migrated(url) as other:
        people = [bytes([number]) * 32 for number in range(40)]
        turns = (
            write((store, other)[number % 2], f"{number}", None, b"x", pseudonym=person)
            for number, person in enumerate(people)
        )
        assert set(await asyncio.gather(*turns)) == {Done.WRITTEN}
    assert [row.pseudonym for row in await rows(store, "sessions")] == people


async def test_slots_come_change_and_go_one_by_one(store):
    await write(store, "1", None, slots={"story": b"one", "where": b"two"})
    await write(store, "2", 1, slots={"story": b"three", "also": None})
    assert (await kept(store)).slots == {"story": b"three", "where": b"two"}
    await write(store, "3", 2, slots={"where": None})
    assert (await kept(store)).slots == {"story": b"three"}
    await write(store, "4", 3)
    assert (await kept(store)).slots == {"story": b"three"}


async def test_anew_takes_every_slot_away_and_then_puts_the_new_ones(store):
    await write(store, "1", None, slots={"story": b"one", "where": b"two"})
    await write(store, "2", 1, slots={"where": b"new"}, anew=True)
    assert (await kept(store)).slots == {"where": b"new"}


async def test_removing_a_session_takes_its_slots_and_nobody_elses(store):
    for person in (ANA, BEN):
        await write(store, f"{person}", None, pseudonym=person, slots={"story": b"words"})
    assert await write(store, "3", 1, None) is Done.WRITTEN
    assert await read(store, ANA, mark("3")) == (None, True)
    assert (await kept(store, BEN)).slots == {"story": b"words"}
    assert [row.pseudonym for row in await rows(store, "slots")] == [BEN]


async def test_leaving_before_anything_was_kept_is_a_turn_too(store):
    assert await write(store, "1", None, None) is Done.WRITTEN
    assert await read(store, ANA, mark("1")) == (None, True)


async def test_a_document_comes_with_its_wraps_and_alerts(store):
    document = a_document("AAAAAAAA", "p", "q", lookup=b"l" * 32, mailbox=b"m")
    await write(store, "1", documents=(document,))
    [row] = await rows(store, "documents")
    assert tuple(row) == ("AAAAAAAA", "report", HOUR // 24, b"sealed", b"l" * 32, b"m")
    assert [tuple(row) for row in await rows(store, "wraps")] == [
        ("AAAAAAAA", "p", 0, "key-p", b"wrap for p", None),
        ("AAAAAAAA", "q", 1, "key-q", b"wrap for q", None),
    ]
    assert sorted(row.recipient for row in await rows(store, "outbox")) == ["p", "q"]


@pytest.mark.parametrize(
    "bad",
    [
        (a_document("AAAAAAAA", "p", "p"),),
        (a_document("AAAAAAAA", "p"), a_document("AAAAAAAA", "q")),
        (a_document("AAAAAAAA", "p", lookup=b"l" * 32), a_document("BBBBBBBB", "p", lookup=b"l" * 32)),
    ],
    ids=["one recipient twice", "one reference twice", "one receipt twice"],
)
async def test_if_the_last_row_is_refused_nothing_of_the_turn_is_kept(store, bad):
    await write(store, "1", None, b"before", slots={"story": b"before"})
    with pytest.raises(StoreError):
        await write(store, "2", 1, b"after", slots={"story": b"after"}, anew=True, documents=bad)
    assert await read(store, ANA, mark("2")) == (Kept(1, HOUR, b"before", {"story": b"before"}), False)
    assert (await counts(store))["documents"] == 0
    assert await write(store, "2", 1, b"after", documents=(a_document("AAAAAAAA", "p"),)) is Done.WRITTEN


async def test_a_turn_cut_off_at_any_statement_leaves_nothing(store):
    """Whatever statement is the last one that is reached, the next reader sees all of the turn or none of it."""
    await write(store, "0", None, b"before", slots={"story": b"before"})
    turn = writes("1", 1, b"after", slots={"story": b"after", "where": b"x"}, documents=(a_document("AAAAAAAA", "p"),))
    before = Kept(1, HOUR, b"before", {"story": b"before"})
    left = 0

    def cut(*_):
        nonlocal left
        left -= 1
        if left < 0:
            raise asyncio.CancelledError

    event.listen(store.engine.sync_engine, "before_cursor_execute", cut)
    statements = 0
    while True:
        left = statements
        try:
            await commit(store, turn, entropy=token_bytes)
            break
        except asyncio.CancelledError:
            left = 1_000
            assert await read(store, ANA, mark("1")) == (before, False)
            assert (await counts(store))["documents"] == 0
        statements += 1
    assert statements >= 9, "begin, mark, session, two slots (each removed and written), document, wraps, outbox"
    left = 1_000
    assert (await kept(store)).body == b"after"


async def test_a_session_is_never_read_half_from_before_and_half_from_after(store, by_hand):
    """Another process may commit between two statements of a reader; words under a new key must not meet an old one."""
    await write(store, "1", None, b"old key", slots={"story": b"under the old key"})

    def meanwhile(_connection, _cursor, statement, *_):
        if "FROM sessions" in statement:
            by_hand("UPDATE sessions SET body = X'6e6577206b6579'")
            by_hand("UPDATE slots SET body = X'756e646572206e6577'")

    event.listen(store.engine.sync_engine, "after_cursor_execute", meanwhile)
    found = await kept(store)
    assert (found.body, found.slots) == (b"old key", {"story": b"under the old key"})


async def test_notes_change_only_what_was_read(store):
    await write(store, "1", None, b"body", slots={"story": b"words"})
    assert await renote(store, ANA, 1, b"noted") is True
    assert await kept(store) == Kept(2, HOUR, b"noted", {"story": b"words"}), "a note is no sign of life"
    assert await renote(store, ANA, 1, b"late") is False
    assert await renote(store, ANA, 1, None) is False
    assert (await kept(store)).body == b"noted"
    assert await write(store, "2", 1, b"turn") is Done.OVERTAKEN, "a turn that read before the note is done again"
    assert await renote(store, ANA, 2, None) is True
    assert await counts(store) == {"sessions": 0, "slots": 0, "inbox": 1, "documents": 0, "wraps": 0, "outbox": 0}
    assert await renote(store, ANA, 3, b"too late") is False


async def test_a_book_is_kept_once(store):
    assert await stored_book(store, "d") is None
    await keep_book(store, "d", "{}")
    await keep_book(store, "d", "another")
    assert await stored_book(store, "d") == "{}"


def test_what_is_written_and_read_shows_nothing_of_anybody():
    turn = writes("canary-mark", 1, b"canary-body", pseudonym=b"canary-name", slots={"story": b"canary-words"})
    document = a_document("CANARY99", "p", lookup=b"canary-lookup", mailbox=b"canary-mailbox")
    for shown in (
        repr(turn),
        repr(Kept(1, HOUR, b"canary", {"story": b"canary"})),
        repr(document.wraps),
        repr(document),
    ):
        assert "canary" not in shown.replace("CANARY99", "")
