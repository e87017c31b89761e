"""The staff bot of a test: at rest, polling, or behind a webhook."""

import pytest
from aiohttp import web

from bot.staff_door import Webhook
from tests.bot.staff_office import SECRET, Office
from tests.cases.chains import opened
from tests.fakes.telegram import FakeTelegram


@pytest.fixture
async def office(tmp_path):
    async with opened(tmp_path / "linnet.db") as store, FakeTelegram() as server:
        office = Office(store, server)
        yield office
        await office.close()
        assert server.violations == []


@pytest.fixture
async def polling(office):
    office.open()
    return office


@pytest.fixture
async def hooked(office):
    """The office behind a webhook in an HTTP server like the service's."""

    async def receive(request):
        return await office.door.receive(request)

    app = web.Application()
    app.router.add_post("/staff", receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    office.url = f"http://127.0.0.1:{runner.addresses[0][1]}/staff"
    office.open(Webhook(office.url, SECRET))
    yield office
    await runner.cleanup()
