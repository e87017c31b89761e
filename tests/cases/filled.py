"""A database with something in every table, for what must carry all of it: moving, backup, restore."""

from __future__ import annotations

from secrets import token_bytes
from typing import Any

from sqlalchemy import Column, MetaData, insert

from cases.records import tally_of
from cases.store import Store
from cases.tables import metadata

ROWS = 5
ODD = ("ё ä \u202e x", "\u0000é\n\"'\\", "", "ﷺ", "𝒜" * 3)
"""Texts; PostgreSQL takes no NUL, and none of ours has one: it is left out there."""


async def fill(store: Store, tables: MetaData = metadata, rows: int = ROWS) -> None:
    """Put rows with all kinds of values into every table, empty ones among them."""
    async with store.writing() as connection:
        for table in tables.sorted_tables:
            for number in range(rows):
                await connection.execute(insert(table).values({c.name: value(c, number) for c in table.columns}))


def value(column: Column[Any], number: int) -> Any:
    """Something that fits a column; equal in parent and child."""
    if column.nullable and number % 2:
        return None
    kind = type(column.type).__name__
    if column.foreign_keys:
        [key] = column.foreign_keys
        return value(key.column, number)
    match kind:
        case "LargeBinary" if column.primary_key or column.unique:
            return bytes([255 - number]) * 32
        case "LargeBinary":
            return b"" if number == 0 else token_bytes(number * 700)
        case "Integer":
            return number if column.primary_key else 2**31 - 1 - number
        case "BigInteger":
            return 2**62 + number
        case "Text":
            return ODD[number % len(ODD)].replace("\0", "")
        case "String" if column.type.length and column.type.length < 32:  # type: ignore[attr-defined]  # a String has one
            return f"{'zaZAé'[number % 5]}{number}"
        case _:
            return f"{ODD[number % len(ODD)]}{number}".replace("\0", "")


async def told(store: Store) -> dict[str, tuple[int, str]]:
    """Number and digest of the rows of each table."""
    async with store.engine.connect() as connection:
        found = (await tally_of(connection, metadata.sorted_tables)).told()
        await connection.rollback()
        return found
