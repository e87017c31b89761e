"""A person at the web page of a running Linnet, who follows a plan as ``tests.whole.telling`` does in Telegram."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession

from tests.bot.browsing import Browser
from tests.whole.telling import Plan, screen, texts


class WebTeller:
    """Follows a plan through the pages. ``session`` is the token of the pages, once there is one."""

    def __init__(self, browser: Browser, plan: Plan) -> None:
        self.browser = browser
        self.plan = plan
        self._said: set[str] = set()

    @property
    def session(self) -> str:
        return self.browser.page.main.hidden["session"]

    def at(self) -> str:
        """Which screen the page shows."""
        buttons = {value for value, _ in self.browser.page.main.buttons if value}
        return screen(self.browser.page.text(), buttons)

    async def tell(self, *until: str) -> str:
        """Go on until one of these screens."""
        if not self.browser.status:
            await self.browser.open()
            await self.browser.press("en")
        while (node := self.at()) not in until:
            await self.act(node)
        return node

    async def act(self, node: str) -> None:
        """Do what the plan says at this screen."""
        if node == self.plan.counsellor_at and "counsellor" not in self._said:
            self._said.add("counsellor")
            await self.browser.press("!help")
        elif node in texts():
            words = "\n".join(self.plan.words.get(texts()[node], ()))
            await self.browser.press(None, words)
        else:
            await self.browser.press(self.plan.way(node))

    async def leave(self) -> None:
        """Press Leave, on top of every page."""
        await self.browser.send(self.browser.page.leave.fields("!leave"))


@asynccontextmanager
async def at_the_page(address: str, plan: Plan) -> AsyncIterator[WebTeller]:
    """Open a browser at ``address``."""
    async with ClientSession(address) as client:
        yield WebTeller(Browser(client), plan)  # type: ignore[arg-type]  # it has the two methods that are used
