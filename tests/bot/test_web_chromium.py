"""The pages in a real browser as small as a phone: nothing sticks out, Leave is in sight, leaving leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.web import WebDoor
from tests.bot.browsing import LANGUAGES
from tests.bot.chromium import HEIGHT, PROGRAM, WIDTH, Tab, browsing
from tests.bot.scripted_turns import ScriptedTurns

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PROGRAM.exists(), reason=f"{PROGRAM} is not installed; the other tests do without it"),
]

LONG = "Canary words. " * 60 + "word" * 60

LAYOUT = """(() => {
  const box = e => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom] };
  const leave = document.querySelector('.leave'), [l, t, r, b] = box(leave);
  return {
    width: document.documentElement.scrollWidth,
    outside: [...document.querySelectorAll('body *')].filter(e => box(e)[0] < -1 || box(e)[2] > innerWidth + 1).length,
    small: [...document.querySelectorAll('button, textarea')].filter(
      e => e.offsetWidth < 44 || e.offsetHeight < 44).map(e => e.textContent),
    leave: [l, t, r, b],
    covered: document.elementFromPoint((l + r) / 2, (t + b) / 2) !== leave,
  }
})()"""

CONTRAST = """(() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const linear = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = c => { const [r, g, b] = parse(c).map(linear);
    return .2126 * r + .7152 * g + .0722 * b };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05) };
  const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    const v = parse(c); if (v.length < 4 || v[3] > 0) return c } return 'rgb(255, 255, 255)' };
  const texts = [...document.querySelectorAll('h1, p, li, dt, dd, label, textarea, button, .name')]
    .map(e => ratio(getComputedStyle(e).color, ground(e)));
  const edges = [...document.querySelectorAll('textarea, .way button')]
    .map(e => ratio(getComputedStyle(e).borderTopColor, ground(e.parentElement)));
  return [Math.min(...texts), Math.min(...edges)]
})()"""


@pytest.fixture
def turns() -> ScriptedTurns:
    return ScriptedTurns()


@pytest.fixture
async def neutral() -> AsyncIterator[str]:
    """An ordinary site that, like many, sends people on to another domain."""

    async def home(request: web.Request) -> web.Response:
        if request.host.startswith("127."):
            raise web.HTTPFound(f"http://localhost:{request.url.port}/news")
        return web.Response(text="<title>News</title>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/", home)
    app.router.add_get("/news", home)
    async with TestServer(app, access_log=None) as server:
        yield str(server.make_url("/"))


@pytest.fixture
async def address(turns: ScriptedTurns, neutral: str) -> AsyncIterator[str]:
    app = web.Application()
    WebDoor(turns, LANGUAGES, leave_to=neutral).add_routes(app)
    async with TestServer(app, access_log=None) as server:
        yield str(server.make_url("/"))


async def fits(tab: Tab, language: str) -> None:
    """At the top and at the bottom of the page: no scrolling sideways, large enough to touch, Leave in its place."""
    for place in ("0", "document.body.scrollHeight"):
        await tab.ask(f"window.scrollTo(0, {place})")
        found = await tab.ask(LAYOUT)
        assert found["width"] == WIDTH
        assert found["outside"] == 0
        assert found["small"] == []
        assert not found["covered"]
        left, top, right, bottom = found["leave"]
        assert top >= 0
        assert bottom <= HEIGHT
        assert (left < WIDTH / 2) == (language == "ar"), "at the end of the line, whichever way it runs"
        assert right <= WIDTH


@pytest.mark.parametrize(("language", "dark"), [("en", False), ("ar", False), ("fr", True)])
async def test_from_the_start_page_to_the_neutral_site(turns, address, tmp_path, language, dark):
    async with browsing(tmp_path, dark=dark) as tab:
        await tab.open(address)
        await fits(tab, "en")
        await tab.press(f"button[value={language}]")
        assert await tab.ask("document.documentElement.lang") == language
        await fits(tab, language)
        await tab.ask(f"document.querySelector('textarea').value = {LONG!r}")
        await tab.press("button.on")
        assert await tab.ask("document.querySelector('dd').textContent") == LONG
        await fits(tab, language)
        text, edge = await tab.ask(CONTRAST)
        assert text >= 4.5, "WCAG 2.2, 1.4.3"
        assert edge >= 3.0, "WCAG 2.2, 1.4.11"
        await tab.press("button[value=send]")
        assert await tab.ask("getComputedStyle(document.querySelector('.number')).direction") == "ltr"
        await fits(tab, language)
        await tab.press(".leave")
        assert await tab.until("document.title == 'News' && location.hostname") == "localhost"
        assert turns.talks == {}
        complaints = [event["params"]["entry"]["text"] for event in tab.events if event["method"] == "Log.entryAdded"]
        assert [each for each in complaints if "Policy" in each or "blocked" in each] == []


async def test_nothing_of_a_conversation_comes_back_with_the_back_button(turns, address, tmp_path):
    async with browsing(tmp_path) as tab:
        await tab.open(address)
        await tab.press("button[value=en]")
        await tab.ask("document.querySelector('textarea').value = 'canary'")
        await tab.press("button.on")
        await tab.press(".leave")
        await tab.until("document.title == 'News'")
        history = await tab.do("Page.getNavigationHistory")
        for entry in reversed(history["entries"][: history["currentIndex"]]):
            assert "?" not in entry["url"]
            await tab.do("Page.navigateToHistoryEntry", entryId=entry["id"])
            await tab.until("document.readyState == 'complete' && document.title != 'News'")
            assert "canary" not in await tab.ask("document.documentElement.outerHTML")
        assert (await tab.do("Network.getAllCookies"))["cookies"] == []
        assert turns.talks == {}


def holding(folder, *secrets):
    """Files of a browser's profile that hold one of some texts, in either of the ways Chromium writes them."""
    coded = [text.encode(coding) for text in secrets for coding in ("utf-8", "utf-16-le")]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(code in path.read_bytes() for code in coded)]


@pytest.mark.parametrize("leaving", [True, False])
async def test_no_word_and_no_token_is_in_a_file_of_the_browser(address, tmp_path, leaving):
    """Chromium writes what a form sent into the file from which it restores tabs, and "Leave" cannot take it out."""
    async with browsing(tmp_path) as tab:
        await tab.open(address)
        await tab.press("button[value=en]")
        token = await tab.ask("document.querySelector('input[name=session]').value")
        await tab.ask("document.querySelector('textarea').value = 'canary'")
        await tab.press("button.on")
        assert await tab.ask("document.querySelector('dd').textContent") == "canary"
        if leaving:
            await tab.press(".leave")
            await tab.until("document.title == 'News'")
        else:
            await tab.press("button[value=change]")
        async with asyncio.timeout(20):
            while not holding(tmp_path / "Default" / "Sessions", address):
                await asyncio.sleep(0.5)
        assert holding(tmp_path, "canary", token) == []
    assert holding(tmp_path, "canary", token) == [], "nor in what it writes when it is closed"


async def test_a_form_of_another_site_is_refused(turns, address, tmp_path):
    async def forged(_request: web.Request) -> web.Response:
        button = '<button name=button value=en style="font-size: 40px">x</button>'
        return web.Response(text=f"<form method=post action={address}>{button}</form>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/", forged)
    async with TestServer(app, access_log=None) as server, browsing(tmp_path) as tab:
        await tab.open(f"http://localhost:{server.port}/")
        await tab.press("button")
        assert await tab.ask("location.href") == address
        assert turns.taken == []
