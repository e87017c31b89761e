"""A database is for practice or for the real thing, from its first use on, and each side refuses the other's."""

from datetime import date

import pytest
from sqlalchemy import insert, text

from cases.practice import OtherUseError, check, claim
from cases.staff import invite
from cases.tables import inbox
from crypto.vault import Vault, new_secrets
from tests.cases.rows import rows
from tests.crypto.streams import stream

BOTH = pytest.mark.parametrize("practice", [False, True], ids=["live", "practice"])


async def marks(store):
    return [row.use for row in await rows(store, "installation")]


@BOTH
async def test_the_first_use_marks_a_database_for_good(store, practice):
    for _ in range(2):
        await claim(store, practice=practice)
        await check(store, practice=practice)
    assert await marks(store) == ["practice" if practice else "live"]


@BOTH
async def test_the_other_use_is_refused_and_changes_nothing(store, practice):
    await claim(store, practice=practice)
    for refused in (claim, check):
        with pytest.raises(OtherUseError) as caught:
            await refused(store, practice=not practice)
        wanted = "is for practice, and never for real cases" if practice else "is a live one, and is never used"
        assert wanted in str(caught.value)
    assert await marks(store) == ["practice" if practice else "live"]


async def test_a_database_from_before_there_were_marks_is_a_live_one(store):
    async with store.writing() as connection:
        await connection.execute(insert(inbox).values(mark=bytes(32), day=1))
    with pytest.raises(OtherUseError):
        await claim(store, practice=True)
    assert await marks(store) == []
    await claim(store, practice=False)
    assert await marks(store) == ["live"]


async def test_a_code_for_a_colleague_is_use_enough(store):
    vault = Vault(new_secrets(stream("vault"), date(2025, 11, 23)))
    await invite(store, vault, "noor-haddad", now=0, entropy=stream("code"))
    with pytest.raises(OtherUseError):
        await claim(store, practice=True)


async def test_a_database_without_the_table_is_a_live_one(store):
    async with store.writing() as connection:
        await connection.execute(text("DROP TABLE installation"))
    await check(store, practice=False)
    with pytest.raises(OtherUseError):
        await check(store, practice=True)
