"""The web door: plain pages and forms, for a phone that should remember nothing.

There is no script, no cookie and nothing from elsewhere. ``GET /`` shows the languages and knows of no session. The
first post makes one: a random token that lives in a hidden field of each page and nowhere else, so it is in no
address, no history entry, no log, and gone when the page is gone. Every answer is a post to ``/`` that is answered
with the next page (never a redirect to one: a page that could be fetched again would need the token in its address).

"Leave" has a form of its own that carries no words, so it works however long the text in the box is, and even when
the session is unknown, the page is old, or the database does not answer. It is answered with an all but empty page
that goes on to the neutral site by itself (``Refresh``), and not with a redirect, for two reasons. A browser shows the
old page until a redirect's target answers, which over a slow line is many seconds of the story on the screen; the
empty page is there after one trip to us. And Chromium refuses a redirect to a site that sends people on to another
domain, and then stays on the old page (``bot.web_guard``). ``Refresh`` after 0 seconds takes the empty page's place in
the history.

What this cannot do: take back the page's entry in the browser's history, or pages that an older browser keeps
in memory for its "back" button. ``Cache-Control: no-store`` and ``Clear-Site-Data`` ask for both as far as browsers
listen. See ``bot.web_guard`` for cross-site posts, and ``bot.logs`` for what aiohttp would log of a broken request.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import replace
from http import HTTPStatus
from importlib.resources import files

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from bot.incoming import Command, Incoming, Open, Reply, Tap, Typed
from bot.turn import NotSaved, Turns
from bot.web_form import LEAVE, Malformed, Posted, delivery, meant, new_token, parse
from bot.web_guard import foreign, headers, neutral, read_form
from bot.web_pages import WORDS_LIMIT, Pages
from locales.catalogues import Languages

CHANNEL = "web"
LEAVE_SECONDS = 2.0
"""How long "Leave" waits for the erasing before it shows the neutral site; the erasing goes on all the same."""

_STATIC = {"linnet.css": "text/css", "icon.svg": "image/svg+xml"}
_log = logging.getLogger(__name__)


class WebDoor:
    """The pages of Linnet, to be mounted in an aiohttp application."""

    def __init__(
        self,
        turns: Turns,
        languages: Languages,
        *,
        leave_to: str,
        public_origin: str | None = None,
        secure: bool = False,
        practice: bool = False,
    ) -> None:
        """A door over ``turns``.

        Args:
            turns: the one turn that every door calls.
            languages: the languages there are, and their words.
            leave_to: full address of an ordinary site.
            public_origin: ``https://host[:port]`` as people see it, where a reverse proxy stands before us.
            secure: whether people reach us over TLS.
            practice: say on every page that nothing is real.

        Raises:
            ValueError: ``leave_to`` is not a full web address.
        """
        self._turns = turns
        self._languages = languages
        self._leave_to = neutral(leave_to)
        self._public_origin = public_origin
        self._headers = headers(secure=secure)
        self._pages = Pages(languages, practice=practice)
        self._static = {name: (files("bot") / "static" / name).read_bytes() for name in _STATIC}
        self._leaving: set[asyncio.Task[None]] = set()

    def add_routes(self, app: web.Application) -> None:
        """Mount the pages, the headers of every answer and the pages for errors in ``app``."""
        app.router.add_get("/", self._start)
        app.router.add_post("/", self._post)
        app.router.add_get("/static/{name}", self._asset)
        app.router.add_get("/favicon.ico", self._no_icon)
        app.middlewares.append(self._guard())
        app.on_response_prepare.append(self._dress)
        app.on_cleanup.append(self._finish)

    # --- pages ---------------------------------------------------------------------------------------

    async def _start(self, request: web.Request) -> web.Response:
        return _page(self._pages.start(self._tag(request)))

    async def _post(self, request: web.Request) -> web.Response:
        if foreign(request, self._public_origin):
            raise web.HTTPForbidden
        try:
            posted = parse(await read_form(request))
        except Malformed:
            return _page(self._pages.start(self._tag(request), "page_old"), HTTPStatus.BAD_REQUEST)
        tag = self._tag(request, posted.language)
        if posted.button == LEAVE:
            await self._erase(posted.session)
            return self._away(tag)
        if posted.button is None and len(posted.words or "") > WORDS_LIMIT:
            # From a browser that lets people write more than the box says; the next page would not hold their words.
            return self._again(posted, tag, self._languages.word(tag, "notice_full"), HTTPStatus.OK)
        try:
            if posted.session is None:
                session = new_token()
                reply = await self._begin(session, posted, tag)
            else:
                session = posted.session
                reply = await self._answer(session, posted, tag)
        except NotSaved as failed:
            return self._again(posted, tag, failed.text, HTTPStatus.SERVICE_UNAVAILABLE)
        except Exception as error:  # noqa: BLE001 -- a person gets a next step, whatever went wrong
            _log.error("web_turn_failed %s", type(error).__name__)
            return self._again(posted, tag, self._languages.word(tag, "not_saved"), HTTPStatus.INTERNAL_SERVER_ERROR)
        if reply.screen.ended:
            await self._erase(session, ended=True)
            return self._away(reply.screen.language)
        return _page(self._pages.screen(reply.screen, session))

    def _again(self, posted: Posted, tag: str, notice: str, status: HTTPStatus) -> web.Response:
        """What was sent could not be kept: give it back, ready to be sent again or made shorter."""
        if posted.session is None:
            return _page(self._pages.start(tag, "not_saved"), status)
        return _page(self._pages.again(posted, tag, notice), status)

    def _tag(self, request: web.Request, known: str = "") -> str:
        """The language of a page: the one the form was in, or the first the browser asks for that there is."""
        if known in self._languages.tags:
            return known
        return self._languages.negotiate(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))

    # --- turns ---------------------------------------------------------------------------------------

    async def _begin(self, session: str, posted: Posted, tag: str) -> Reply:
        """A new session, which begins with the question that the start page has already asked."""
        reply = await self._turns.take(Incoming(CHANNEL, session, f"{session}:open", Open(), hint=tag))
        if posted.button is None:
            return reply
        tap = Tap(posted.button, reply.screen.seq)
        return await self._turns.take(Incoming(CHANNEL, session, f"{session}:start", tap, hint=tag))

    async def _answer(self, session: str, posted: Posted, tag: str) -> Reply:
        """What the person did on one page, one turn after the other."""
        first, *rest = meant(posted)
        reply = await self._turns.take(Incoming(CHANNEL, session, delivery(posted, first), first, hint=tag))
        for happened in rest:
            if reply.screen.ended:
                break
            assert isinstance(happened, Tap | Typed)  # noqa: S101 -- all that a form can hold
            current = replace(happened, seq=reply.screen.seq)
            reply = await self._turns.take(Incoming(CHANNEL, session, delivery(posted, happened), current, hint=tag))
        return reply

    # --- leaving -------------------------------------------------------------------------------------

    async def _erase(self, session: str | None, *, ended: bool = False) -> None:
        """Erase what there is of a session, but never keep a person waiting who has to get away."""
        if session is None:
            return
        task = asyncio.create_task(self._forget(session, ended=ended))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
        await asyncio.wait({task}, timeout=LEAVE_SECONDS)

    async def _forget(self, session: str, *, ended: bool) -> None:
        """End the conversation, then forget the door's own notes."""
        try:
            if not ended:
                # A command, not a tap: it has no seq that could be out of date. Each is a delivery of its own,
                # because leaving twice is harmless and a leave taken for a repeat would not be.
                left = Incoming(CHANNEL, session, f"{session}:leave:{secrets.token_hex(8)}", Command("leave"))
                await self._turns.take(left)
            await self._turns.gone(CHANNEL, session)
        except Exception as error:  # noqa: BLE001 -- the draft's time to live erases what could not be erased now
            _log.error("web_leave_failed %s", type(error).__name__)

    def _away(self, tag: str) -> web.Response:
        """An ordinary line that gives way to the neutral site, and the request to keep nothing of ours."""
        page = _page(self._pages.away(tag, self._leave_to))
        page.headers["Refresh"] = f"0;url={self._leave_to}"
        page.headers["Clear-Site-Data"] = '"cache", "storage"'
        return page

    async def _finish(self, _app: web.Application) -> None:
        """Let what is still being erased come to its end before the process does."""
        if self._leaving:
            await asyncio.wait(self._leaving)

    # --- around every answer -------------------------------------------------------------------------

    async def _asset(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._static:
            raise web.HTTPNotFound
        return web.Response(body=self._static[name], content_type=_STATIC[name], charset="utf-8")

    async def _no_icon(self, _request: web.Request) -> web.Response:
        return web.Response(status=HTTPStatus.NO_CONTENT)

    def _guard(self) -> Middleware:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            """Give every error a page with a way on; say nothing of it but its kind."""
            try:
                return await handler(request)
            except web.HTTPException as error:
                if error.status < HTTPStatus.BAD_REQUEST:
                    raise
                saved = error.status in (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.REQUEST_TIMEOUT)
                page = _page(self._pages.start(self._tag(request), "not_saved" if saved else "page_old"), error.status)
                if hdrs.ALLOW in error.headers:
                    page.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
                return page
            except Exception as error:  # noqa: BLE001 -- never a stack trace
                _log.error("web_failed %s", type(error).__name__)
                return _page(self._pages.start(self._tag(request), "not_saved"), HTTPStatus.INTERNAL_SERVER_ERROR)

        return guard

    async def _dress(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(self._headers)
        response.headers[hdrs.SERVER] = "web"


def _page(text: str, status: int = HTTPStatus.OK) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
