"""How a turn passes on before its clock has run out: somebody gave it up, is away, or is not there any more.

All times of a chain are made at submission (``bot.schedule``), because whoever is not to be told of a report is known
only then and nowhere kept. So nothing here finds new people. It moves rows that are there: the next person's to now,
and those after them up by one place, into the times of the turns before them. Nobody gets less time than planned
between the turn before them and their own, nobody's turn comes later than planned, and whoever has been told keeps
the deadline they were told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.outbox import (
    ALERT,
    AWAITING,
    AWAY,
    COVERAGE,
    DEAD,
    DONE,
    FULL_HOUR,
    LATE,
    REMINDER,
    SENT,
    WAITING,
    Claimed,
)
from cases.store import Store
from cases.tables import documents, outbox, wraps

GONE = "not_in_directory"
"""The fault of an alert whose recipient is not in the directory any more."""
RECUSED = "recused"
"""The fault of the rows of somebody who has given a document up."""

_HALF_HOUR = 1800


@dataclass(frozen=True, slots=True)
class Place:
    """One person's place in a chain, as their alert stands. ``due`` is in unix seconds."""

    recipient: str = field(repr=False)
    turn: int
    state: str
    attempts: int
    due: int
    deadline_hour: int
    fault: str | None
    taken: bool

    @property
    def to_come(self) -> bool:
        """Whether their turn has not come yet."""
        return self.state == WAITING and self.attempts == 0 and self.fault in {None, LATE}

    @property
    def asked(self) -> bool:
        """Whether they are being told or have been, and something may come of it."""
        return not self.to_come and self.state in {WAITING, SENT} and self.fault != GONE


async def hold(connection: AsyncConnection, reference: str) -> None:
    """Let nobody else change this chain until the transaction ends; SQLite has one writer and needs no lock."""
    await connection.execute(select(documents.c.reference).where(documents.c.reference == reference).with_for_update())


async def places(connection: AsyncConnection, reference: str) -> list[Place]:
    """Read a chain in the order of its turns: everybody something is sealed for and has not given it up."""
    wanted = (
        select(
            outbox.c.recipient,
            wraps.c.turn,
            outbox.c.state,
            outbox.c.attempts,
            outbox.c.due,
            outbox.c.deadline_hour,
            outbox.c.fault,
            wraps.c.acknowledged_hour,
        )
        .join(wraps, and_(wraps.c.reference == outbox.c.reference, wraps.c.recipient == outbox.c.recipient))
        .where(outbox.c.reference == reference, outbox.c.template == ALERT)
        .order_by(wraps.c.turn, outbox.c.recipient)
    )
    rows = (await connection.execute(wanted)).all()
    return [Place(*row[:-1], taken=row.acknowledged_hour is not None) for row in rows]


async def give_up(store: Store, claimed: Claimed, fault: str, now: int) -> None:
    """Give a claimed alert up until a person revives it, and let its turn pass on: nobody hears of it this way."""
    async with store.writing() as connection:
        await hold(connection, claimed.alert.reference)
        mine = await _mine(connection, claimed)
        row = (outbox.c.id == claimed.id, outbox.c.state == WAITING)
        await connection.execute(update(outbox).where(*row).values(state=DEAD, fault=fault, due=FULL_HOUR))
        if mine is not None:
            await pass_on(connection, claimed.alert.reference, mine.turn, now)


async def gone(store: Store, claimed: Claimed, now: int) -> None:
    """Put a claimed row off by an hour because its recipient is not in the directory, and let their turn pass on.

    It is looked at every hour: somebody who was taken out by mistake comes back. The turn passes on once, when an
    alert comes due, or a reminder to somebody who has left since they were told.
    """
    async with store.writing() as connection:
        await hold(connection, claimed.alert.reference)
        mine = await _mine(connection, claimed)
        await put_off(connection, claimed, _next_hour(now), GONE, with_deadline=False)
        if mine is not None and claimed.fault != GONE:
            await pass_on(connection, claimed.alert.reference, mine.turn, now)


async def stand_in(
    store: Store, claimed: Claimed, now: int, *, alternate: str | None, present: Callable[[str], bool]
) -> bool:
    """Let somebody else be asked in the place of a claimed alert's recipient, who is away; theirs waits.

    The alternate is asked, if the document is sealed for them and their turn is to come; else whoever shares the turn
    and is there is enough; else the next in the chain who is there. The alert of whoever is away is looked at every
    hour until they are back, its deadline moving with it, or until nobody is left who could answer in their place.

    Args:
        store: the database.
        claimed: the alert.
        now: unix seconds.
        alternate: who takes over for its recipient.
        present: says of an id whether they are in the directory and not away.

    Returns:
        False when there is nobody to ask instead: then it goes out all the same, and nothing is lost.
    """
    async with store.writing() as connection:
        await hold(connection, claimed.alert.reference)
        chain = await places(connection, claimed.alert.reference)
        mine = next((place for place in chain if place.recipient == claimed.alert.recipient), None)
        if mine is None:
            return False
        others = [place for place in chain if place is not mine and present(place.recipient)]
        if claimed.fault == AWAY:
            instead = any(place.asked or place.to_come for place in others)
        else:
            instead = await _ask_instead(connection, claimed.alert.reference, mine, others, alternate, now)
        if instead:
            await put_off(connection, claimed, _next_hour(now), AWAY)
    return instead


async def _ask_instead(
    connection: AsyncConnection, reference: str, mine: Place, others: Sequence[Place], alternate: str | None, now: int
) -> bool:
    coming = [place for place in others if place.to_come]
    chosen = next((place for place in coming if place.recipient == alternate), None)
    if chosen is None and any(place.turn == mine.turn and (place.asked or place.to_come) for place in others):
        return True
    if chosen is None and coming:
        chosen = coming[0]
    if chosen is None:
        return False
    # Those who share the turn of whoever is asked now, and those before it, keep their times.
    after = [place for place in await places(connection, reference) if place.to_come and place.turn > chosen.turn]
    await bring(connection, reference, [chosen, *(place for place in after if place is not mine)], min(now, chosen.due))
    return True


async def put_off(
    connection: AsyncConnection, claimed: Claimed, due: int, fault: str, *, with_deadline: bool = True
) -> None:
    """Give a claimed row another time, as if it had not been tried; its deadline and its reminder go with it."""
    by = due - claimed.alert.due if with_deadline else 0
    hours = -(-by // 3600)
    row = (outbox.c.id == claimed.id, outbox.c.state == WAITING)
    attempts = case((outbox.c.attempts > 0, outbox.c.attempts - 1), else_=0)
    values = {"due": due, "fault": fault, "attempts": attempts, "deadline_hour": outbox.c.deadline_hour + hours}
    await connection.execute(update(outbox).where(*row).values(values))
    if claimed.alert.template == ALERT and by:
        await connection.execute(
            update(outbox)
            .where(
                outbox.c.reference == claimed.alert.reference,
                outbox.c.recipient == claimed.alert.recipient,
                outbox.c.template == REMINDER,
                outbox.c.state == WAITING,
            )
            .values(due=outbox.c.due + by, deadline_hour=outbox.c.deadline_hour + hours)
        )


async def _mine(connection: AsyncConnection, claimed: Claimed) -> Place | None:
    chain = await places(connection, claimed.alert.reference)
    return next((place for place in chain if place.recipient == claimed.alert.recipient), None)


def _next_hour(now: int) -> int:
    return now - now % 3600 + 3600


async def pass_on(connection: AsyncConnection, reference: str, turn: int, now: int) -> None:
    """Let a turn that fell away pass to the next, now; with nobody left, let those who coordinate hear of it.

    Nothing moves when somebody of a later turn is being asked already, or somebody has taken charge.

    Args:
        connection: with the transaction in which the turn fell away; it holds the chain (``hold``).
        reference: the document.
        turn: the one that fell away.
        now: unix seconds.
    """
    chain = await places(connection, reference)
    if any(place.taken for place in chain) or any(place.asked and place.turn > turn for place in chain):
        return
    coming = [place for place in chain if place.to_come]
    if coming:
        await bring(connection, reference, coming, min(now, coming[0].due))
    elif not any(place.asked for place in chain):
        await _nobody(connection, reference, now)


async def bring(connection: AsyncConnection, reference: str, coming: Sequence[Place], due: int) -> None:
    """Make the first of the turns to come due, now or at some other moment, and move the others up."""
    planned = {turn: min(place.due for place in coming if place.turn == turn) for turn in {one.turn for one in coming}}
    times = moved_up(planned, due)
    for place in coming:
        await move(connection, reference, place, times[place.turn])


def moved_up(planned: Mapping[int, int], due: int) -> dict[int, int]:
    """Give each turn to come its new time.

    Args:
        planned: when each was due, in unix seconds, by turn; not empty.
        due: when the first of them is due instead.

    Returns:
        The others in the time of the turn before them, or as long after it as planned, whichever is later. Only the
        first can be due at an odd second: the others stay at full half hours, as they were made.
    """
    first, *later = sorted(planned)
    times, before, even = {first: due}, first, -(-due // _HALF_HOUR) * _HALF_HOUR
    for turn in later:
        even = times[turn] = max(planned[before], even + planned[turn] - planned[before])
        before = turn
    return times


async def move(connection: AsyncConnection, reference: str, place: Place, due: int) -> None:
    """Make a place that is to come due at another time; its reminder and its deadline go with it."""
    by = due - place.due
    if not by:
        return
    await connection.execute(
        update(outbox)
        .where(
            outbox.c.reference == reference,
            outbox.c.recipient == place.recipient,
            outbox.c.template.in_((ALERT, REMINDER)),
            outbox.c.state == WAITING,
        )
        .values(due=outbox.c.due + by, deadline_hour=outbox.c.deadline_hour - -by // 3600)
    )


async def reopen(connection: AsyncConnection, reference: str, now: int) -> None:
    """Begin again with those who are left, after somebody gave up what they had taken charge of.

    Their acknowledgement had ended the chain. The first of those who had been told before it are asked again, since
    they may have read that it waits for them no more; a whole clock later come the turns that were to come.
    """
    chain = await places(connection, reference)
    if any(place.taken for place in chain):
        return
    told = [place for place in chain if place.attempts > 0][:1]
    coming = [place for place in chain if place.state == DONE and place not in told]
    clock = max((place.deadline_hour * 3600 - place.due for place in chain), default=0)
    row = outbox.c.reference == reference
    await connection.execute(
        update(outbox)
        .where(row, outbox.c.state == DONE, _planned(), outbox.c.fault.is_distinct_from(RECUSED))
        .values(state=WAITING, fault=None, attempts=0)
    )
    if told:
        again = (row, outbox.c.template == ALERT, outbox.c.recipient == told[0].recipient)
        await connection.execute(update(outbox).where(*again).values(state=WAITING, fault=None, due=now, attempts=1))
    if coming:
        await bring(connection, reference, coming, now + clock if told else now)
    watching = (row, outbox.c.template.in_((AWAITING, COVERAGE)), outbox.c.state == WAITING, outbox.c.attempts == 0)
    sooner = now + clock if told or coming else now
    await connection.execute(update(outbox).where(*watching, outbox.c.due < sooner).values(due=sooner))
    if not told and not coming:
        await _nobody(connection, reference, now)


def _planned() -> ColumnElement[bool]:
    """What begins again: every alert that was ended, on its way or not, and what had not been said yet."""
    return or_(outbox.c.attempts == 0, outbox.c.template == ALERT)


async def _nobody(connection: AsyncConnection, reference: str, now: int) -> None:
    """Let coordinators hear now that nobody is left."""
    alarm = (outbox.c.reference == reference, outbox.c.template == COVERAGE, outbox.c.state == WAITING)
    await connection.execute(update(outbox).where(*alarm, outbox.c.due > now).values(due=now))
