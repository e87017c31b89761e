"""The audit: each act a line, each line sealed to the one before, and nothing of it can be changed unseen."""

import asyncio

import pytest
from sqlalchemy import delete, insert, update

from cases.audit import START, Act, BrokenChainError, End, about, parse_end, record, verify
from cases.store import StoreError
from cases.tables import audit, audit_head
from tests.cases.chains import HOUR, NOON, OWNER, REFERENCE
from tests.cases.rows import rows

OTHER = "9ZX2M3K7"


async def write(store, *acts):
    for act, reference in acts:
        async with store.writing() as connection:
            await record(connection, OWNER, act, reference, NOON + 1234)


THREE = ((Act.OPENED, REFERENCE), (Act.OPENED, OTHER), (Act.ACKNOWLEDGED, REFERENCE))


@pytest.fixture
def tamper(store, by_hand):
    """Change a table as somebody with all rights would, past what the database itself refuses."""

    async def do(statement):
        if store.embedded:
            by_hand("DROP TRIGGER IF EXISTS audit_no_update")
            by_hand("DROP TRIGGER IF EXISTS audit_no_delete")
        else:
            by_hand("ALTER TABLE audit DISABLE TRIGGER ALL")
        async with store.writing() as connection:
            await connection.execute(statement)

    return do


async def test_an_empty_chain_is_whole(store):
    assert await verify(store) == End(0, START)


async def test_lines_tell_who_what_about_what_and_in_which_hour(store):
    await write(store, *THREE)
    found = await about(store, REFERENCE)
    assert [(line.number, line.person, line.act, line.hour) for line in found] == [
        (1, OWNER, "opened", NOON // HOUR),
        (3, OWNER, "acknowledged", NOON // HOUR),
    ]
    end = await verify(store)
    assert (end.number, end.digest) == (3, (await rows(store, "audit"))[-1].digest)


async def test_a_line_is_written_with_its_act_or_not_at_all(store):
    class CutOffError(Exception):
        pass

    async def acting():
        async with store.writing() as connection:
            await record(connection, OWNER, Act.OPENED, REFERENCE, NOON)
            raise CutOffError

    with pytest.raises(CutOffError):
        await acting()
    assert await rows(store, "audit") == []
    await write(store, *THREE)
    assert (await verify(store)).number == 3


@pytest.mark.parametrize("statement", [update(audit).values(hour=1), delete(audit).where(audit.c.number == 3)])
async def test_the_database_itself_refuses_to_change_or_remove_a_line(store, statement):
    await write(store, *THREE)

    async def change():
        async with store.writing() as connection:
            await connection.execute(statement)

    with pytest.raises(StoreError):
        await change()
    assert (await verify(store)).number == 3


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        (update(audit).where(audit.c.number == 2).values(person="somebody-else"), 2),
        (update(audit).where(audit.c.number == 2).values(hour=1), 2),
        (update(audit).where(audit.c.number == 1).values(act="recused"), 1),
        (update(audit).where(audit.c.number == 3).values(reference=OTHER), 3),
        (update(audit).where(audit.c.number == 2).values(digest=START), 2),
        (delete(audit).where(audit.c.number == 2), 2),
        (delete(audit).where(audit.c.number == 3), 3),
        (delete(audit).where(audit.c.number == 1), 1),
        (delete(audit), 1),
        (delete(audit_head), 3),
        (update(audit_head).values(number=2), 2),
        (insert(audit).values(number=4, hour=1, person="x", act="opened", reference="", digest=START), 4),
    ],
)
async def test_whatever_is_changed_is_seen(store, tamper, statement, number):
    await write(store, *THREE)
    await tamper(statement)
    with pytest.raises(BrokenChainError) as broken:
        await verify(store)
    assert (broken.value.number, OWNER in str(broken.value)) == (number, False)


async def test_a_chain_made_anew_does_not_go_through_an_end_that_was_noted(store, tamper):
    await write(store, *THREE)
    noted = await verify(store)
    await write(store, (Act.RECUSED, OTHER))
    assert (await verify(store, through=noted)).number == 4
    await tamper(delete(audit))
    await tamper(delete(audit_head))
    await write(store, *THREE[:2], (Act.OPENED, OTHER), (Act.RECUSED, OTHER))
    assert (await verify(store)).number == 4
    with pytest.raises(BrokenChainError):
        await verify(store, through=noted)


async def test_a_noted_end_that_was_never_reached_is_seen(store):
    await write(store, *THREE)
    with pytest.raises(BrokenChainError):
        await verify(store, through=End(5, bytes(32)))
    assert (await verify(store, through=End(0, START))).number == 3


async def test_many_at_once_make_one_chain(store):
    async def one(shared):
        async with store.writing(shared=shared) as connection:
            await record(connection, OWNER, Act.OPENED, REFERENCE, NOON)

    await one(shared=False)
    await asyncio.gather(*(one(shared=bool(at % 2)) for at in range(12)))
    assert (await verify(store)).number == 13


def test_an_end_can_be_noted_on_paper():
    end = End(17, bytes(range(32)))
    assert parse_end(f" {end}\n") == end
    for wrong in ("", "17", f"17:{'00' * 31}", "x:00", f"017:{'00' * 32}", f"17:{'AB' * 32}"):
        assert parse_end(wrong) is None
