"""A staff API over real HTTP, in a thread of its own, with a chain of three people and a report for them."""

import asyncio
import threading
from contextlib import contextmanager
from datetime import date
from secrets import token_bytes
from types import SimpleNamespace

from aiohttp import web

from bot.calls import People
from bot.staff_api import ATTEMPTS, REQUESTS, StaffApi
from bot.staff_login import Logins, decoy
from bot.staff_pace import Pace
from cases.outbox import claim
from crypto.keys import RecipientKey
from crypto.vault import Vault, new_secrets
from routing.records import Level, Person
from tests.cases.chains import CHAIN, NOON, PARTNER, opened, report


def person(id_, key, **more):
    return Person(
        id=id_,
        name="Canary Name",
        entity="canary-agency",
        roles=(),
        stations=("canary-place",),
        level=Level.COUNTRY,
        languages=("en",),
        time_zone="UTC",
        key_id=key.public.key_id,
        **more,
    )


class Clock:
    """Unix seconds, moved by tests."""

    now = NOON

    def __call__(self):
        return self.now + 0.5


class Desk:
    """The server's parts, for tests to look into. Keys are by person; ``run`` does something in the server's loop."""

    def __init__(self, store, keys, *, public_origin=None, pace=True):
        self.store, self.keys = store, keys
        self.clock = Clock()
        self.vault = Vault(new_secrets(token_bytes, date(2025, 11, 23)))
        self.wake = asyncio.Event()
        self.set_people({id_: person(id_, key) for id_, key in keys.items()})
        self.logins = Logins(store, self.vault, lambda: self.people, token_bytes, self.clock, decoy(token_bytes))
        paces = [Pace(*(often if pace else (10**6, 0.001)), self.clock) for often in (ATTEMPTS, REQUESTS)]
        self.api = StaffApi(store, self.vault, self.logins, token_bytes, self.clock, *paces, self.wake, public_origin)
        self.app = web.Application()
        self.app.router.add_get("/", self._elsewhere)
        self.api.add_to(self.app)

    def set_people(self, everybody):
        publics = {id_: key.public for id_, key in self.keys.items()}
        self.people = People(SimpleNamespace(people=everybody), publics)

    async def _elsewhere(self, _request):
        return web.Response(text="another door")


async def a_desk(where, *, making=None, **more):
    """A store with a report whose owner has been told, and a desk before it; whoever calls closes the store.

    ``making`` puts another report there than the usual one, and returns the keys.
    """
    context = opened(where)
    store = await context.__aenter__()
    keys = await (making(store) if making else report(store, CHAIN))
    keys[PARTNER] = RecipientKey.generate(token_bytes)
    await claim(store, NOON, 10, 120)
    return context, Desk(store, keys, **more)


@contextmanager
def served(where, **more):
    """The API at ``desk.url`` for clients that wait, such as commands; ``desk.run`` carries a coroutine over to it."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(60)

    async def start():
        context, desk = await a_desk(where, **more)
        runner = web.AppRunner(desk.app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        desk.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        desk.run = run
        return context, desk, runner

    async def stop(context, runner):
        await runner.cleanup()
        await context.__aexit__(None, None, None)

    context, desk, runner = run(start())
    try:
        yield desk
    finally:
        run(stop(context, runner))
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
