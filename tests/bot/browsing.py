"""A browser without script, for tests: reads a page's forms with the standard parser, fills them in, sends them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from bot.turn import Turns
from bot.web import WebDoor
from locales.catalogues import load

LANGUAGES = load()
NEUTRAL = "https://www.wikipedia.org/"


@dataclass
class Form:
    """One form: its fixed fields, its buttons as (value or None, label), and its box if there is one."""

    hidden: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str | None, str]] = field(default_factory=list)
    box: str | None = None
    unkept: dict[str, str] = field(default_factory=dict)

    def fields(self, button: str | None, words: str | None = None) -> dict[str, str]:
        """What a browser would send; ``words`` replace what stands in the box."""
        assert button in [value for value, _ in self.buttons], (button, self.buttons)
        found = self.hidden | self.unkept
        if self.box is not None:
            found["words"] = (self.box if words is None else words).replace("\n", "\r\n")
        if button is not None:
            found["button"] = button
        return found


class Page(HTMLParser):
    """One page as a person or a screen reader meets it."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self._button: str | None = None
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append((tag, values))
        match tag:
            case "form":
                assert (values["method"], values["action"]) == ("post", "/")
                self.forms.append(Form())
            case "input":
                if values["type"] == "password":  # for browsers that keep what they send; never to be seen
                    assert "hidden" in values
                    self.forms[-1].unkept[values["name"] or ""] = values["value"] or ""
                else:
                    assert values["type"] == "hidden"
                    self.forms[-1].hidden[values["name"] or ""] = values["value"] or ""
            case "textarea":
                self.forms[-1].box = ""
            case "button":
                self._button = values.get("value")
        if tag not in ("input", "meta", "link", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1:] == [tag], (tag, self._open)
        self._open.pop()

    def handle_data(self, data: str) -> None:
        within = self._open[-1] if self._open else ""
        if within == "textarea":
            self.forms[-1].box = data.removeprefix("\n")
        elif data.strip():
            self.texts.append((within, data.strip()))
            if within == "button":
                self.forms[-1].buttons.append((self._button, data.strip()))

    @property
    def leave(self) -> Form:
        return self.forms[0]

    @property
    def main(self) -> Form:
        return self.forms[1]

    def text(self, *within: str) -> str:
        """The visible words, of certain elements or of all."""
        return "\n".join(text for tag, text in self.texts if not within or tag in within)

    def html(self) -> dict[str, str | None]:
        return next(values for tag, values in self.tags if tag == "html")


class Browser:
    """Goes from page to page."""

    def __init__(self, client: TestClient, headers: dict[str, str] | None = None) -> None:
        self.client = client
        self.headers = headers or {}
        self.page = Page("")
        self.status = 0

    async def open(self) -> Page:
        return await self._show(await self.client.get("/", headers=self.headers))

    async def press(self, button: str | None, words: str | None = None) -> Page:
        """Press a button of the page's main form."""
        return await self.send(self.page.main.fields(button, words))

    async def send(self, fields: dict[str, str]) -> Page:
        return await self._show(await self.post(fields))

    async def post(self, fields: dict[str, str]) -> ClientResponse:
        return await self.client.post("/", data=fields, headers=self.headers, allow_redirects=False)

    async def _show(self, response: ClientResponse) -> Page:
        self.status = response.status
        self.page = Page(await response.text())
        return self.page


@asynccontextmanager
async def door(turns: Turns, **settings: Any) -> AsyncIterator[TestClient]:
    """The web door over ``turns``, mounted as the program mounts it."""
    app = web.Application()
    WebDoor(turns, LANGUAGES, leave_to=settings.pop("leave_to", NEUTRAL), **settings).add_routes(app)
    async with TestClient(TestServer(app, access_log=None)) as client:
        yield client
