"""Staff accounts: a focal point's chat in the staff bot, linked once with a one-time code.

Nothing here can be read from a stolen database. Coming in, an account is recognised by a keyed mark; going out,
its address is decrypted by the vault; a code stands as a keyed mark only. One person has one account and one
account one person: a second link replaces the first, on either side, so that a lost telephone is put right by a
new code and nobody is told about somebody else's cases.

A code is 80 random bits. Guessing is hopeless; the door still makes wrong ones cost time (``bot.staff``).
"""

from __future__ import annotations

import unicodedata

from sqlalchemy import delete, insert, or_, select

from cases.store import Store
from cases.tables import invites, staff
from crypto.encoding import CROCKFORD, to_crockford
from crypto.entropy import Entropy, draw
from crypto.vault import Vault

VALID_HOURS = 48

_CODE_BYTES = 10
_CODE_LENGTH = 16
_LOOKALIKES = str.maketrans("ILO", "110")
_ADDRESS_DIGITS = 20
_ACCOUNT_LABEL = "staff account"
_INVITE_LABEL = "staff invite"


async def invite(store: Store, vault: Vault, person: str, *, now: int, entropy: Entropy) -> str:
    """Make a one-time code for a person; earlier codes of theirs stop working.

    Args:
        store: the database.
        vault: makes the mark under which the code is kept.
        person: an id in the directory.
        now: unix seconds. The code works for 48 hours, rounded up to a whole hour.
        entropy: 10 bytes are drawn.

    Returns:
        Sixteen Crockford base32 characters in groups of four. It is shown now and never again.
    """
    code = to_crockford(draw(entropy, _CODE_BYTES))
    row = {"mark": vault.mark(_INVITE_LABEL, code), "person": person, "expires_hour": expiry(now) // 3600}
    async with store.writing() as connection:
        await connection.execute(
            delete(invites).where(or_(invites.c.person == person, invites.c.expires_hour <= now // 3600))
        )
        await connection.execute(insert(invites).values(row))
    return "-".join(code[at : at + 4] for at in range(0, _CODE_LENGTH, 4))


def expiry(now: int) -> int:
    """Say when a code made now stops working, in unix seconds: in 48 hours, rounded up to a whole hour."""
    return (-(-now // 3600) + VALID_HOURS) * 3600


def read_code(text: str) -> str | None:
    """Read a code as people type or paste it, or None if the text has not the form of one.

    Case, spaces and hyphens do not matter; I and L are read as 1 and O as 0.
    """
    if len(text) > 4 * _CODE_LENGTH:
        return None
    plain = unicodedata.normalize("NFKC", text).upper().translate(_LOOKALIKES)
    kept = "".join(char for char in plain if not char.isspace() and unicodedata.category(char) not in {"Pd", "Cf"})
    if len(kept) != _CODE_LENGTH or any(char not in CROCKFORD for char in kept):
        return None
    return kept


async def link(store: Store, vault: Vault, account: int, code: str, *, now: int, entropy: Entropy) -> str | None:
    """Use up a code and link an account to its person.

    Args:
        store: the database.
        vault: makes the marks and encrypts the address.
        account: the chat's number, which in a private chat is the account's.
        code: from ``read_code``.
        now: unix seconds.
        entropy: 12 bytes are drawn.

    Returns:
        The person's id; None for a wrong, used or expired code, all alike.
    """
    async with store.writing() as connection:
        mark = vault.mark(_INVITE_LABEL, code)
        found = select(invites.c.person).where(invites.c.mark == mark, invites.c.expires_hour > now // 3600)
        person: str | None = (await connection.execute(found)).scalar_one_or_none()
        if person is None:
            return None
        await connection.execute(delete(invites).where(invites.c.mark == mark))
        came_from = account_mark(vault, account)
        await connection.execute(delete(staff).where(or_(staff.c.person == person, staff.c.mark == came_from)))
        # As many digits for everybody: the length of a chat number tells how old an account is.
        address = vault.encrypt_lasting(
            f"{account:0{_ADDRESS_DIGITS}d}".encode(), place=_place(person), entropy=entropy
        )
        await connection.execute(insert(staff).values(person=person, mark=came_from, address=address))
    return person


async def unlink(store: Store, person: str) -> bool:
    """Forget a person's account and any open code; say whether there was one of either."""
    async with store.writing() as connection:
        accounts = await connection.execute(delete(staff).where(staff.c.person == person))
        codes = await connection.execute(delete(invites).where(invites.c.person == person))
    return accounts.rowcount + codes.rowcount > 0


async def person_of(store: Store, vault: Vault, account: int) -> str | None:
    """Say whose account this is; None for an unlinked one."""
    wanted = select(staff.c.person).where(staff.c.mark == account_mark(vault, account))
    async with store.reading() as connection:
        found: str | None = (await connection.execute(wanted)).scalar_one_or_none()
    return found


async def address_of(store: Store, vault: Vault, person: str) -> int | None:
    """Decrypt the chat number of a person's account; None if none is linked.

    Raises:
        VaultError: it was kept under another secret file, or moved from another row.
    """
    wanted = select(staff.c.address).where(staff.c.person == person)
    async with store.reading() as connection:
        found: bytes | None = (await connection.execute(wanted)).scalar_one_or_none()
    return None if found is None else int(vault.decrypt_lasting(found, place=_place(person)))


async def linked(store: Store) -> frozenset[str]:
    """List the people who have an account linked."""
    async with store.reading() as connection:
        return frozenset((await connection.execute(select(staff.c.person))).scalars())


def account_mark(vault: Vault, account: int) -> bytes:
    """Mark an account, 32 bytes: the only name it has with us while it comes in."""
    return vault.mark(_ACCOUNT_LABEL, str(account))


def _place(person: str) -> str:
    return f"staff/{person}"
