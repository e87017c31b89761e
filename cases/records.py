"""Every row of every table as a line of text, the same for both engines: what moving, backup and restore are made of.

A line is canonical JSON: ``{"row":{"body":["YWJj"],…},"table":"slots"}``, bytes as a list of one base64url string. Rows
come table by table, parents before children, each table in the binary order of its primary key, which tells nothing of
when they were written. A ``Tally`` counts them and digests the lines, so that two databases can be compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import Column, MetaData, String, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crypto.encoding import from_base64url, to_base64url

Row: TypeAlias = Mapping[str, int | str | bytes | None]

AT_ONCE = 200
"""Rows in memory at a time; one has at most some hundred KiB."""


class RecordsError(Exception):
    """Lines that are not what a database of ours holds; the message names a table at most."""


@dataclass(slots=True)
class Tally:
    """How many rows there were of each table, and the SHA-256 of their lines."""

    counts: dict[str, int] = field(default_factory=dict)
    _digests: dict[str, Any] = field(default_factory=dict, repr=False)

    def add(self, table: str, line: str) -> None:
        """Count one more line."""
        self.counts[table] = self.counts.get(table, 0) + 1
        self._digests.setdefault(table, hashlib.sha256()).update(line.encode())

    def told(self) -> dict[str, tuple[int, str]]:
        """Count and hexadecimal digest of each table that has rows."""
        return {name: (count, self._digests[name].hexdigest()) for name, count in sorted(self.counts.items())}


def to_line(table: str, row: Row) -> str:
    """Write one row down."""
    plain = {name: [to_base64url(value)] if isinstance(value, bytes) else value for name, value in row.items()}
    return json.dumps({"table": table, "row": plain}, sort_keys=True, separators=(",", ":")) + "\n"


def from_line(line: str) -> tuple[str, Row]:
    """Read one row.

    Raises:
        RecordsError: it is not one that ``to_line`` wrote.
    """
    try:
        plain = json.loads(line)
        row: Row = {name: _value(value) for name, value in plain["row"].items()}
        table = plain["table"]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise RecordsError("a line cannot be read") from None
    if not isinstance(table, str) or to_line(table, row) != line:
        raise RecordsError("a line cannot be read")
    return table, row


def _value(plain: Any) -> int | str | bytes | None:
    match plain:
        case None | int() | str():
            return plain
        case [str(encoded)]:
            return from_base64url(encoded)
        case _:
            raise ValueError("not a value")


async def read_lines(connection: AsyncConnection, tables: Sequence[Table]) -> AsyncIterator[tuple[str, str]]:
    """Read every row of some tables as (table, line). The caller's transaction decides which moment it is."""
    for table in tables:
        order = [_binary(connection, column) for column in table.primary_key]
        async with connection.stream(select(table).order_by(*order).execution_options(yield_per=AT_ONCE)) as found:
            async for row in found.mappings():
                yield table.name, to_line(table.name, {name: _plain(value) for name, value in row.items()})


async def tally_of(connection: AsyncConnection, tables: Sequence[Table]) -> Tally:
    """Count and digest what stands in some tables."""
    tally = Tally()
    async for table, line in read_lines(connection, tables):
        tally.add(table, line)
    return tally


async def write_rows(connection: AsyncConnection, tables: MetaData, rows: Iterable[tuple[str, Row]]) -> None:
    """Insert rows in the order given.

    Raises:
        RecordsError: there is no such table or column.
    """
    batch: list[Row] = []
    present = ""
    for name, row in rows:
        if batch and (name != present or batch[0].keys() != row.keys()):
            await _insert(connection, tables, present, batch)
            batch = []
        present = name
        batch.append(row)
    if batch:
        await _insert(connection, tables, present, batch)


async def _insert(connection: AsyncConnection, tables: MetaData, name: str, rows: Sequence[Row]) -> None:
    table = tables.tables.get(name)
    if table is None or not rows[0].keys() <= set(table.columns.keys()):
        raise RecordsError(f"there is no such table or column in this version: {name[:32]}")
    await connection.execute(insert(table), [dict(row) for row in rows])


def _binary(connection: AsyncConnection, column: Column[Any]) -> Any:
    """The column, to be ordered by its bytes: SQLite does so, PostgreSQL if it is told to."""
    if connection.dialect.name == "postgresql" and isinstance(column.type, String):
        return column.collate("C")
    return column


def _plain(value: Any) -> int | str | bytes | None:
    return bytes(value) if isinstance(value, bytearray | memoryview) else value
