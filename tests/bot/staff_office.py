"""A staff bot against a strict Bot API server, with a database, a drain, and phones of focal points."""

import asyncio
from datetime import date
from secrets import token_bytes

from bot.alerts import Drain
from bot.couriers import TelegramStaff
from bot.staff import StaffBot
from bot.staff_desk import Desk
from bot.staff_door import StaffDoor
from cases.staff import invite
from crypto.vault import Vault, new_secrets
from locales.catalogues import load
from tests.bot.test_alerts import Clock, person
from tests.cases.chains import ALTERNATE, OWNER, REFERENCE
from tests.fakes.telegram import STAFF_TOKEN

WORDS = load()
ASK = WORDS.word("en", "staff_link_ask")
LINKED = WORDS.word("en", "staff_linked")
WRONG = WORDS.word("en", "staff_link_wrong")
NOTHING = WORDS.word("en", "staff_nothing")
NOT_ME = WORDS.word("en", "staff_not_me")
MENU = WORDS.word("en", "staff_menu")
GONE = WORDS.word("en", "staff_gone")
HAVE = WORDS.word("en", "staff_have_it")
THANKS = WORDS.word("en", "staff_thanks").format(reference=REFERENCE)
SECRET = "a-secret-of-the-webhook"


class Office:
    """Everything of one test: database, fake server, bot, drain."""

    def __init__(self, store, server):
        self.store = store
        self.server = server
        self.clock = Clock()
        self.vault = Vault(new_secrets(token_bytes, date(2025, 11, 23)))
        self.directory = {id_: person(id_) for id_ in (OWNER, ALTERNATE)}
        self.desk = Desk(store, self.vault, WORDS, self.directory.get, token_bytes, self.clock, asyncio.Event())
        self.bot = StaffBot(STAFF_TOKEN, server.url, self.desk)
        courier = TelegramStaff(self.bot.application.bot, store, self.vault, WORDS)
        self.drain = Drain(store, [courier], self.directory.get, self.clock, lambda: 1.0, self.desk.wake)
        self.tasks = []

    def open(self, webhook=None):
        self.door = StaffDoor(self.bot, webhook)
        self.tasks.append(asyncio.create_task(self.door.run()))

    async def close(self):
        for task in self.tasks:
            task.cancel()
        results = await asyncio.gather(*self.tasks, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results), results
        await self.bot.close()

    async def code(self, id_=OWNER):
        return await invite(self.store, self.vault, id_, now=self.clock.now, entropy=token_bytes)

    def phone(self, number=2002, language="en"):
        return self.server.person(STAFF_TOKEN, number, "Noor", username="noor_at_work", language_code=language)

    async def linked(self, number=2002, id_=OWNER):
        phone = self.phone(number)
        await phone.send_text(await self.code(id_))
        await phone.wait_for(LINKED)
        return phone


def texts(phone):
    """What the bot has said, the first paragraph of each message."""
    return [message.text.partition("\n\n")[0] for message in phone.chat() if message.from_bot]
