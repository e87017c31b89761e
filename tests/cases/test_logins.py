"""Sessions of staff: short, bound to a key, kept as marks, and one for each attempt."""

import pytest

from cases import logins
from cases.audit import verify
from cases.logins import ATTEMPT_MINUTES, SESSION_MINUTES, Session, begin, end, session_of
from tests.cases.chains import NOON, OWNER
from tests.cases.rows import mark, rows

AMARA = Session(OWNER, "s6hncqzxwkvjpmb6")
MINUTE = 60


async def forget_old(store, now):
    async with store.writing() as connection:
        await logins.forget_old(connection, now)


@pytest.fixture
async def open_session(store):
    assert await begin(store, AMARA, mark=mark("token"), attempt=mark("attempt"), now=NOON)


async def test_a_session_is_its_holders_for_a_quarter_of_an_hour(store, open_session):
    assert await session_of(store, mark("token"), NOON + 14 * MINUTE) == AMARA
    assert await session_of(store, mark("token"), NOON + SESSION_MINUTES * MINUTE) is None
    assert await session_of(store, mark("attempt"), NOON) is None


async def test_an_attempt_counts_once_even_when_its_session_has_ended(store, open_session):
    await end(store, mark("token"), NOON)
    assert await session_of(store, mark("token"), NOON) is None
    later = NOON + ATTEMPT_MINUTES * MINUTE
    await forget_old(store, later)
    assert not await begin(store, AMARA, mark=mark("again"), attempt=mark("attempt"), now=later)
    assert await session_of(store, mark("again"), later) is None


async def test_each_beginning_is_a_line_of_the_audit_and_a_refused_one_is_none(store, open_session):
    await begin(store, AMARA, mark=mark("again"), attempt=mark("attempt"), now=NOON)
    assert (await verify(store)).number == 1
    [line] = await rows(store, "audit")
    assert (line.person, line.act, line.reference) == (OWNER, "logged_in", "")


async def test_what_is_over_is_removed(store, open_session):
    await forget_old(store, NOON + (SESSION_MINUTES + ATTEMPT_MINUTES) * MINUTE)
    assert len(await rows(store, "logins")) == 1
    await forget_old(store, NOON + (SESSION_MINUTES + ATTEMPT_MINUTES + 1) * MINUTE)
    assert await rows(store, "logins") == []
