"""The fake server on a free port, a person, and a raw client, for the fake's own tests."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest_asyncio

from tests.fakes.people import Person
from tests.fakes.telegram import REPORTER_TOKEN, FakeTelegram

Api = Callable[..., Awaitable[dict[str, Any]]]


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


@pytest_asyncio.fixture
async def api(server: FakeTelegram) -> AsyncIterator[Api]:
    """Calls a method of the reporter bot with a JSON body and returns the answer."""
    async with aiohttp.ClientSession() as session:

        async def call(method: str, token: str = REPORTER_TOKEN, **params: object) -> dict[str, Any]:
            async with session.post(f"{server.url}/bot{token}/{method}", json=params) as response:
                body: dict[str, Any] = await response.json()
                assert response.status == body.get("error_code", 200)
                return body

        yield call
