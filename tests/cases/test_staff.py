"""Staff accounts: a code works once, for one person, for two days, and nothing of it can be read."""

import itertools
from datetime import date
from secrets import token_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from cases import staff
from cases.staff import address_of, invite, link, linked, person_of, read_code, unlink
from cases.tables import invites
from cases.tables import staff as table
from crypto.encoding import CROCKFORD
from crypto.errors import VaultError
from crypto.vault import Vault, new_secrets
from tests.cases.chains import HOUR, NOON, opened

NOOR, OMAR = "noor-haddad", "omar-said"
PHONE, OTHER_PHONE = 7_000_000_001, 42


@pytest.fixture
async def store(url):
    async with opened(url) as store:
        yield store


@pytest.fixture
def vault():
    return Vault(new_secrets(token_bytes, date(2025, 11, 23)))


async def code_for(store, vault, person=NOOR, now=NOON):
    return read_code(await invite(store, vault, person, now=now, entropy=token_bytes))


async def tried(store, vault, code, account=PHONE, now=NOON):
    return await link(store, vault, account, code, now=now, entropy=token_bytes)


async def test_a_code_links_an_account_both_ways(store, vault):
    assert await tried(store, vault, await code_for(store, vault)) == NOOR
    assert await person_of(store, vault, PHONE) == NOOR
    assert await address_of(store, vault, NOOR) == PHONE
    assert await linked(store) == {NOOR}


async def test_an_unlinked_account_is_nobody(store, vault):
    assert await person_of(store, vault, PHONE) is None
    assert await address_of(store, vault, NOOR) is None
    assert await linked(store) == frozenset()


async def test_a_code_works_once(store, vault):
    code = await code_for(store, vault)
    assert await tried(store, vault, code) == NOOR
    assert await tried(store, vault, code, OTHER_PHONE) is None
    assert await address_of(store, vault, NOOR) == PHONE


async def test_a_code_works_for_48_hours_rounded_up_to_the_hour(store, vault):
    made = NOON + 1
    code = await code_for(store, vault, now=made)
    assert await tried(store, vault, code, now=NOON + 49 * HOUR) is None
    assert await tried(store, vault, code, now=made + 48 * HOUR) == NOOR


async def test_an_expired_code_is_removed_when_the_next_one_is_made(store, vault):
    await code_for(store, vault)
    await code_for(store, vault, OMAR, NOON + 48 * HOUR)
    async with store.reading() as connection:
        assert (await connection.execute(select(invites.c.person))).scalars().all() == [OMAR]


async def test_a_new_code_ends_the_one_before(store, vault):
    first = await code_for(store, vault)
    second = await code_for(store, vault)
    assert await tried(store, vault, first) is None
    assert await tried(store, vault, second) == NOOR


async def test_codes_of_different_people_stand_side_by_side(store, vault):
    codes = [await code_for(store, vault, person) for person in (NOOR, OMAR)]
    assert [await tried(store, vault, code, n) for n, code in enumerate(codes, 1)] == [NOOR, OMAR]


async def test_a_second_link_of_a_person_replaces_the_first(store, vault):
    for phone in (PHONE, OTHER_PHONE):
        await tried(store, vault, await code_for(store, vault), phone)
    assert await person_of(store, vault, PHONE) is None
    assert await address_of(store, vault, NOOR) == OTHER_PHONE


async def test_an_account_stands_for_one_person(store, vault):
    for person in (NOOR, OMAR):
        await tried(store, vault, await code_for(store, vault, person))
    assert await person_of(store, vault, PHONE) == OMAR
    assert await address_of(store, vault, NOOR) is None


async def test_unlinking_forgets_account_and_open_code(store, vault):
    await tried(store, vault, await code_for(store, vault))
    code = await code_for(store, vault)
    assert await unlink(store, NOOR)
    assert not await unlink(store, NOOR)
    assert await person_of(store, vault, PHONE) is None
    assert await tried(store, vault, code) is None


async def test_an_address_moved_to_another_person_does_not_open(store, vault):
    await tried(store, vault, await code_for(store, vault))
    async with store.writing() as connection:
        await connection.execute(update(table).values(person=OMAR))
    with pytest.raises(VaultError):
        await address_of(store, vault, OMAR)


async def test_addresses_of_all_lengths_look_alike(store, vault):
    await tried(store, vault, await code_for(store, vault))
    await tried(store, vault, await code_for(store, vault, OMAR), OTHER_PHONE)
    async with store.reading() as connection:
        assert len({len(row) for row in (await connection.execute(select(table.c.address))).scalars()}) == 1


async def test_the_database_holds_neither_code_nor_account(store, vault, on_disk):
    await tried(store, vault, await code_for(store, vault))
    shown = await invite(store, vault, OMAR, now=NOON, entropy=token_bytes)
    found = on_disk()
    assert OMAR.encode() in found
    for secret in (shown, shown.replace("-", ""), str(PHONE)):
        assert secret.encode() not in found
    assert PHONE.to_bytes(5, "big") not in found


async def test_a_code_is_four_groups_of_four(store, vault):
    shown = await invite(store, vault, NOOR, now=NOON, entropy=lambda length: bytes(range(length)))
    assert shown == "000G-40R4-0M30-E209"
    assert read_code(shown) == "000G40R40M30E209"


@pytest.mark.parametrize(
    "typed",
    [
        "OOOg-4or4-oM3o-E2o9",
        " 000G 40R4 0M30 E209 ",
        "000g40r40m30e209",
        "000G–40R4–0M30–E209",
        "０００G-40R4-0M30-E209",
    ],
)
def test_codes_are_read_as_people_type_them(typed):
    assert read_code(typed) == "000G40R40M30E209"


@pytest.mark.parametrize("typed", ["", "hello", "/start", "000G-40R4-0M30-E20", "000G-40R4-0M30-E2099", "U" * 16])
def test_what_is_no_code_is_none(typed):
    assert read_code(typed) is None


@given(st.text(max_size=200))
def test_whatever_is_typed_gives_a_code_or_none(typed):
    code = read_code(typed)
    assert code is None or (len(code) == staff._CODE_LENGTH and set(code) <= set(CROCKFORD))


async def test_codes_differ(store, vault):
    codes = [await code_for(store, vault) for _ in range(20)]
    assert all(one != other for one, other in itertools.combinations(codes, 2))
