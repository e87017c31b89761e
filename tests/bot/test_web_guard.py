"""The web door against forged, foreign, oversized and broken requests; its headers; its silence."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from aiohttp.test_utils import TestClient

from bot.incoming import Tap
from bot.logs import TALKATIVE, quiet_libraries
from bot.web import WebDoor
from tests.bot.browsing import LANGUAGES, Browser, door
from tests.bot.scripted_turns import ScriptedTurns

CANARY = "canary-7f3a-hölle-عصفور"


@pytest.fixture
def turns() -> ScriptedTurns:
    return ScriptedTurns()


@pytest.fixture
async def browser(turns: ScriptedTurns) -> AsyncIterator[Browser]:
    async with door(turns) as client:
        yield Browser(client)


@pytest.fixture
def story(browser: Browser) -> Callable[[], Awaitable[Browser]]:
    async def to_story() -> Browser:
        await browser.open()
        await browser.press("en")
        return browser

    return to_story


class TestForgeries:
    """Fields that no form of ours would send."""

    @pytest.mark.parametrize(
        "change",
        [
            {"session": "short"},
            {"session": "A" * 44},
            {"session": "é" * 43},
            {"seq": "-1"},
            {"seq": "٣"},
            {"seq": "9" * 40},
            {"form": "<script>"},
            {"button": ""},
            {"button": "x" * 65},
            {f"x{number}": "" for number in range(20)},
        ],
        ids=lambda change: next(iter(change)),
    )
    async def test_a_forged_field_leads_to_the_start_page(self, browser, turns, story, change):
        await story()
        before = len(turns.taken)
        page = await browser.send({**browser.page.main.fields("!skip"), **change})
        assert browser.status == 400
        assert "no longer in use" in page.text("p")
        assert page.main.hidden == {"language": "en"}
        assert len(turns.taken) == before

    @pytest.mark.parametrize(
        "body", [b"", b"session=", b"\xff\xfe%00%ff", b"&&&===", b"session=A&session=B", b"words=%", b"a" * 5000]
    )
    async def test_nonsense_is_answered_with_a_page(self, browser, body):
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        response = await browser.client.post("/", data=body, headers=kind)
        assert response.status in (200, 400)
        assert "<main" in await response.text()

    async def test_an_invented_button_reaches_the_turn_as_it_is(self, browser, turns, story):
        await story()
        fields = {**browser.page.main.fields("!skip"), "button": '"><b>', "language": "xx"}
        await browser.send(fields)
        assert turns.taken[-1].happened == Tap('"><b>', 2)

    async def test_what_was_typed_is_never_markup(self, browser, story):
        await story()
        page = await browser.press(None, "</textarea><script>\"'")
        assert page.text("dd") == "</textarea><script>\"'"
        page = await browser.press("change")
        assert page.main.box == "</textarea><script>\"'"
        assert "script" not in [tag for tag, _ in page.tags]


class TestBounds:
    """Sizes, types, methods, paths."""

    @pytest.mark.parametrize("chunked", [False, True])
    async def test_a_body_that_is_too_large_is_refused(self, browser, turns, chunked):
        async def pieces():
            for _ in range(300):
                yield b"words=" + b"a" * 1000

        body = pieces() if chunked else b"a" * 200_000
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        response = await browser.client.post("/", data=body, headers=kind)
        assert response.status == 413
        assert "could not be saved" in await response.text()
        assert turns.taken == []

    @pytest.mark.parametrize("words", ["a" * 10_000, "ع" * 10_000, "我" * 10_000, "🐦" * 5_000, "a\n" * 5_000])
    async def test_all_that_the_box_takes_fits_in_any_script(self, browser, turns, story, words):
        """Browsers count UTF-16 units: a bird is two."""
        await story()
        await browser.press(None, words)
        assert browser.status == 200
        assert turns.taken[-1].happened.words.reveal() == words

    @pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json", "text/plain", ""])
    async def test_other_content_types_are_refused(self, browser, kind):
        response = await browser.client.post("/", data=b"{}", headers={"Content-Type": kind})
        assert response.status == 415
        assert "<main" in await response.text()

    async def test_unknown_methods_and_paths_have_a_page(self, browser):
        response = await browser.client.put("/")
        assert response.status == 405
        assert response.headers["Allow"] == "GET,HEAD,POST"
        for path in ("/nowhere", "/static/", "/static/nothing.css", "/static/..%2Fweb.py", "/static/page.html"):
            response = await browser.client.get(path)
            assert response.status == 404
            assert "<main" in await response.text()


class TestOtherSites:
    """Posts from somebody else's page."""

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
            {"Sec-Fetch-Site": "none"},
            {"Origin": "null"},
            {"Origin": "http://{host}"},
            {"Origin": "http://{host}", "Sec-Fetch-Site": "same-origin"},
        ],
    )
    async def test_our_own_forms_come_through(self, browser, headers):
        host = f"{browser.client.host}:{browser.client.port}"
        browser.headers = {name: value.format(host=host) for name, value in headers.items()}
        await browser.open()
        await browser.press("en")
        assert browser.status == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
            {"Origin": "https://elsewhere.example"},
            {"Origin": "http://{host}.elsewhere.example"},
            {"Origin": "garbage"},
            {"Origin": "http://{host}", "Sec-Fetch-Site": "cross-site"},
        ],
    )
    async def test_posts_from_other_sites_are_refused(self, browser, turns, headers):
        await browser.open()
        host = f"{browser.client.host}:{browser.client.port}"
        browser.headers = {name: value.format(host=host) for name, value in headers.items()}
        await browser.press("en")
        assert browser.status == 403
        assert turns.taken == []

    async def test_behind_a_proxy_the_public_address_counts(self, turns):
        async with door(turns, public_origin="https://linnet.example/", secure=True) as client:
            for origin, status in (("https://linnet.example", 200), (f"http://{client.host}:{client.port}", 403)):
                browser = Browser(client, {"Origin": origin})
                await browser.open()
                await browser.press("en")
                assert browser.status == status


class TestHeaders:
    """What every answer carries."""

    async def test_every_answer_carries_them(self, browser):
        asked = [
            ("GET", "/"), ("POST", "/"), ("PUT", "/"), ("GET", "/nowhere"), ("GET", "/static/linnet.css"),
            ("GET", "/static/icon.svg"), ("GET", "/favicon.ico"), ("HEAD", "/"),
        ]  # fmt: skip
        for method, path in asked:
            response = await browser.client.request(method, path)
            found = response.headers
            assert found["Referrer-Policy"] == "no-referrer"
            assert found["Cache-Control"] == "no-store"
            assert found["X-Content-Type-Options"] == "nosniff"
            assert found["X-Frame-Options"] == "DENY"
            assert found["Cross-Origin-Opener-Policy"] == "same-origin"
            assert found["Cross-Origin-Resource-Policy"] == "same-origin"
            assert found["X-Robots-Tag"].startswith("noindex")
            assert "camera=()" in found["Permissions-Policy"]
            assert "aiohttp" not in found["Server"].lower()
            assert "python" not in found["Server"].lower()
            assert "Strict-Transport-Security" not in found
            assert "Set-Cookie" not in found
            policy = dict(part.split(" ", 1) for part in found["Content-Security-Policy"].split("; "))
            assert policy == {
                "default-src": "'none'",
                "style-src": "'self'",
                "img-src": "'self'",
                "form-action": "'self'",
                "base-uri": "'none'",
                "frame-ancestors": "'none'",
            }

    async def test_hsts_only_behind_tls(self, turns):
        async with door(turns, secure=True) as client:
            response = await client.get("/")
            assert response.headers["Strict-Transport-Security"] == "max-age=63072000"

    @pytest.mark.parametrize(
        "address", ["", "wikipedia.org", "javascript:alert(1)", "https://a b/", "https://x/\r\nY: z", "https://x/'"]
    )
    def test_an_address_to_leave_to_that_is_none_is_refused(self, turns, address):
        with pytest.raises(ValueError, match="full web address"):
            WebDoor(turns, LANGUAGES, leave_to=address)


class TestLanguage:
    """The language before any is chosen."""

    @pytest.mark.parametrize(
        ("accepted", "tag"),
        [
            ("", "en"),
            ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
            ("ps, ar-SY;q=0.9, en;q=0.1", "ar"),
            ("en;q=0.1, ar;q=0.9", "ar"),
            ("*", "en"),
            ("tlh", "en"),
            (";q=;;,=,q", "en"),
            ("ar;q=nan, fr;q=0.3", "fr"),
            ("," * 5000, "en"),
        ],
    )
    async def test_the_start_page_speaks_the_first_language_it_knows(self, browser, accepted, tag):
        browser.headers = {"Accept-Language": accepted}
        page = await browser.open()
        assert page.html()["lang"] == tag
        assert {"English", "Français", "العربية", "中文"} <= {label for _, label in page.main.buttons}


class TestSilence:
    """Nothing of a person in any log."""

    @pytest.fixture
    def written(self) -> Iterator[io.StringIO]:
        """What the program would write at DEBUG, its libraries quiet as it makes them; afterwards all is as before."""
        factory, levels = logging.getLogRecordFactory(), {name: logging.getLogger(name).level for name in TALKATIVE}
        root, lines = logging.getLogger(), io.StringIO()
        handler, level = logging.StreamHandler(lines), root.level
        quiet_libraries()
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        yield lines
        root.removeHandler(handler)
        root.setLevel(level)
        logging.setLogRecordFactory(factory)
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)

    async def test_no_log_line_holds_words_tokens_or_addresses(self, turns, written):
        async with door(turns) as client:
            browser = Browser(client)
            await browser.open()
            await browser.press("en")
            session = browser.page.main.hidden["session"]
            turns.fail = [RuntimeError(f"{CANARY} {session}")]
            await browser.press(None, CANARY)
            await browser.press(None)
            await browser.client.post("/", data=CANARY.encode(), headers={"Content-Type": "text/canary-type"})
            await browser.client.get("/canary-path?session=" + session)
            await raw(client, f"GET /canary-broken {session}\r\nX: \x00\r\n\r\n".encode())
            await browser.post(browser.page.leave.fields("!leave"))
        lines = written.getvalue()
        assert "web_turn_failed RuntimeError" in lines
        assert "library_said error=BadStatusLine" in lines
        for secret in ("canary", session, "127.0.0.1"):
            assert secret not in lines


async def raw(client: TestClient, request: bytes) -> bytes:
    """Send bytes that are no HTTP."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer
