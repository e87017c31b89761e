"""The fake server on a free port, for its own tests."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.fakes.people import Person
from tests.fakes.telegram import REPORTER_TOKEN, FakeTelegram


@pytest_asyncio.fixture
async def server() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as running:
        yield running


@pytest_asyncio.fixture
async def ana(server: FakeTelegram) -> Person:
    """A person who has pressed Start in the reporter bot."""
    person = server.person(REPORTER_TOKEN, 1001, "Ana", username="ana", language_code="fr")
    await person.send_command("/start")
    return person
