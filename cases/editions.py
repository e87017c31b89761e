"""The highest edition of the directory that was ever in use here, so that an older one cannot come back.

A directory carries a serial that only grows, and the coordinator's signature. Whoever can write into the folder on
the server cannot sign, but could put back an older folder with its own good signature: with somebody in it who has
been taken out since, and whose key would then be sealed to again. What stands here is not in that folder. It is in
the database, which every machine of an installation shares and which a service may write where it may write nothing
else. Whoever can write into both can still turn both back; see docs/threat-model.md.

Nothing here is of a person: a key's name, a number, a hash.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from cases.store import Store
from cases.tables import editions


@dataclass(frozen=True, slots=True)
class Edition:
    """One signed version of the directory.

    Attributes:
        signer: name of the key that signed it.
        serial: its number; 0 for signatures of a time that had none, which may change among themselves.
        digest: 64 hex digits that name exactly this content.
    """

    signer: str
    serial: int
    digest: str

    def outdated(self, highest: Edition | None) -> bool:
        """Say whether it must not be used, for what was in use before: a lower serial, or the same for other content.

        Another signer begins anew: the operator, who names the trusted key, has decided so.
        """
        if highest is None or highest.signer != self.signer or self.serial > highest.serial:
            return False
        return self.serial < highest.serial or (self.serial > 0 and self.digest != highest.digest)


async def highest(store: Store, signer: str) -> Edition | None:
    """Find the highest edition by a signer that was in use.

    Raises:
        StoreError: the database did not answer.
    """
    wanted = select(editions.c.serial, editions.c.digest).where(editions.c.signer == signer)
    async with store.reading() as connection:
        found = (await connection.execute(wanted)).first()
    return None if found is None else Edition(signer, found.serial, found.digest)


async def remember(store: Store, edition: Edition) -> bool:
    """Note that an edition is in use, and say so; False: a higher one is, or the same number for other content.

    Raises:
        StoreError: the database did not take it.
    """
    async with store.writing() as connection:
        wanted = select(editions.c.serial, editions.c.digest).where(editions.c.signer == edition.signer)
        found = (await connection.execute(wanted)).first()
        if edition.outdated(None if found is None else Edition(edition.signer, found.serial, found.digest)):
            return False
        await connection.execute(delete(editions).where(editions.c.signer == edition.signer))
        row = {"signer": edition.signer, "serial": edition.serial, "digest": edition.digest}
        await connection.execute(insert(editions).values(row))
    return True
