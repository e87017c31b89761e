"""The staff API: what waits for a focal point, the sealed files, and what they say to them, over HTTP.

A small door of its own under ``/staff/v1/``, for ``linnet inbox`` and its like and for a console in the browser. It
hands out ciphertext only. ``bot/static/staff-api.yaml`` describes it; a test holds it against the description.

Each person sees what has been handed to them and nothing else. What is not theirs, not yet or not any more answers
like what does not exist.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from importlib.resources import files

import yaml
from aiohttp import hdrs, web

from bot.reply import PURPOSE
from bot.staff_api_guard import (
    Refused,
    guard,
    logged_out,
    malformed,
    may_be_refused,
    neighbourhood,
    not_waiting,
    nothing,
    sealed_bytes,
    texts,
    too_fast,
    withdrawn,
)
from bot.staff_login import Logins
from bot.staff_pace import Pace
from bot.staff_place import place_of
from cases import answering, handing, trials
from cases.handing import Waiting
from cases.logins import SESSION_MINUTES
from cases.mailbox import LARGEST_MESSAGE, STATUSES
from cases.store import Store
from crypto.encoding import to_base64url
from crypto.entropy import Entropy
from crypto.errors import OpenError
from crypto.keys import PublicKey
from crypto.reference import is_test
from crypto.seal import EXTENSION, Wrap, envelope, read_address
from crypto.vault import Vault
from routing.directory import Person

ROOT = "/staff/v1"
ATTEMPTS = (20, 3.0)
"""How many challenges and answers one key id may have at once from one neighbourhood, and the seconds for one more."""
REQUESTS = (120, 0.5)
"""The same for what one session asks."""

_KEY_ID = re.compile(r"(?:practice-)?[0-9a-hjkmnp-tv-z]{16}", re.ASCII)
_REFERENCE = re.compile(r"[0-9A-HJKMNP-TV-Z]{8}", re.ASCII)
_BEARER = "Bearer "


@dataclass(frozen=True, slots=True)
class StaffApi:
    """The handlers.

    Attributes:
        store: the database.
        vault: makes marks.
        logins: who is who.
        entropy: for test alerts.
        clock: unix seconds.
        attempts: how fast one key id from one neighbourhood may ask for challenges and answer them.
        requests: how fast one session may ask.
        wake: called when something was put into the outbox.
        public_origin: the setting.
    """

    store: Store
    vault: Vault = field(repr=False)
    logins: Logins = field(repr=False)
    entropy: Entropy = field(repr=False)
    clock: Callable[[], float]
    attempts: Pace
    requests: Pace
    wake: asyncio.Event
    public_origin: str | None = None

    def add_to(self, app: web.Application) -> None:
        """Mount everything under ``ROOT``."""
        own = web.Application(middlewares=[guard])
        own.router.add_get("/openapi.json", self._description, allow_head=False)
        own.router.add_post("/logins", self._offer)
        own.router.add_post("/sessions", self._begin)
        own.router.add_delete("/sessions/current", self._end)
        own.router.add_get("/inbox", self._inbox, allow_head=False)
        own.router.add_get("/documents/{reference}", self._document, allow_head=False)
        own.router.add_post("/documents/{reference}/have", self._have)
        own.router.add_post("/documents/{reference}/recusal", self._recuse)
        own.router.add_get("/documents/{reference}/mailbox", self._mailbox, allow_head=False)
        own.router.add_post("/documents/{reference}/answers", self._answer)
        own.router.add_put("/documents/{reference}/status", self._say_status)
        own.router.add_post("/tests", self._send_test)
        own.router.add_post("/tests/{reference}/answer", self._answer_test)
        app.add_subapp(ROOT, own)

    # --- logging in ------------------------------------------------------------------------------------

    async def _description(self, _request: web.Request) -> web.Response:
        return web.Response(text=described(), content_type="application/json")

    async def _offer(self, request: web.Request) -> web.Response:
        [key_id] = await texts(request, "key_id")
        self._known_form(key_id)
        place = self._place(request)
        self._not_too_fast(request, key_id)
        offer = self.logins.offer(key_id, place)
        return web.json_response({"attempt": offer.attempt, "challenge": to_base64url(offer.challenge)})

    async def _begin(self, request: web.Request) -> web.Response:
        key_id, attempt, answer = await texts(request, "key_id", "attempt", "answer")
        self._known_form(key_id)
        place = self._place(request)
        self._not_too_fast(request, key_id)
        token = await self.logins.redeem(key_id, attempt, answer, place)
        if token is None:
            raise logged_out()
        return web.json_response({"token": token, "expires_in": SESSION_MINUTES * 60}, status=HTTPStatus.CREATED)

    async def _end(self, request: web.Request) -> web.Response:
        await nothing(request)
        await self._person(request)
        await self.logins.end(_token(request))
        return _done()

    # --- what waits ------------------------------------------------------------------------------------

    async def _inbox(self, request: web.Request) -> web.Response:
        person = await self._person(request)
        waiting = await handing.waiting_for(self.store, person.id)
        return web.json_response({"waiting": [_shown(one) for one in waiting]})

    async def _document(self, request: web.Request) -> web.Response:
        person, reference = await self._person(request), _reference(request)
        found = await handing.fetch(self.store, reference, person.id, int(self.clock()))
        if found is None:
            raise not_waiting()
        if not found.body:
            raise withdrawn()
        sealed = envelope(found.body, Wrap(found.key_id, found.wrap), purpose=found.purpose, reference=reference)
        named = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{reference}{EXTENSION}"'}
        return web.Response(body=sealed, content_type="application/octet-stream", headers=named)

    async def _have(self, request: web.Request) -> web.Response:
        await nothing(request)
        person, reference = await self._person(request), _reference(request)
        if not await handing.acknowledge(self.store, reference, person.id, int(self.clock())):
            raise not_waiting()
        return _done()

    async def _recuse(self, request: web.Request) -> web.Response:
        await nothing(request)
        person, reference = await self._person(request), _reference(request)
        if not await handing.recuse(self.store, reference, person.id, int(self.clock())):
            raise not_waiting()
        self.wake.set()
        return _done()

    # --- answering -------------------------------------------------------------------------------------

    async def _mailbox(self, request: web.Request) -> web.Response:
        person, reference = await self._person(request), _reference(request)
        with may_be_refused():
            found = await answering.mailbox(self.store, reference, person.id)
        return web.json_response({"key": to_base64url(found.key), "status": found.status, "answers": found.answers})

    async def _answer(self, request: web.Request) -> web.Response:
        person, reference = await self._person(request), _reference(request)
        sealed = await sealed_bytes(request, most=LARGEST_MESSAGE)
        with may_be_refused():
            found = await answering.mailbox(self.store, reference, person.id)
            if not _is_for(sealed, reference, found.key):
                raise malformed()
            number = await answering.answer(self.store, reference, person.id, sealed, int(self.clock()))
        return web.json_response({"number": number}, status=HTTPStatus.CREATED)

    async def _say_status(self, request: web.Request) -> web.Response:
        person, reference = await self._person(request), _reference(request)
        [status] = await texts(request, "status")
        if status not in STATUSES:
            raise malformed()
        with may_be_refused():
            await answering.say_status(self.store, reference, person.id, status, int(self.clock()))
        return _done()

    # --- tests -----------------------------------------------------------------------------------------

    async def _send_test(self, request: web.Request) -> web.Response:
        await nothing(request)
        person = await self._person(request)
        await trials.send(self.store, person.id, now=int(self.clock()), entropy=self.entropy)
        self.wake.set()
        return web.Response(status=HTTPStatus.ACCEPTED)

    async def _answer_test(self, request: web.Request) -> web.Response:
        await nothing(request)
        person, reference = await self._person(request), _reference(request)
        if not is_test(reference) or not await trials.answer(self.store, reference, person.id, int(self.clock())):
            raise not_waiting()
        return _done()

    # --- who asks --------------------------------------------------------------------------------------

    async def _person(self, request: web.Request) -> Person:
        token = _token(request)
        if wait := self.requests.wait(self.logins.mark(token)):
            raise too_fast(wait)
        person = await self.logins.person(token)
        if person is None:
            raise logged_out()
        return person

    def _place(self, request: web.Request) -> str:
        place = place_of(self.public_origin, request.host)
        if place is None:
            title = "LINNET_PUBLIC_ORIGIN is not set on this server, so nobody can log in."
            raise Refused(HTTPStatus.MISDIRECTED_REQUEST, "no_address", title)
        return place

    def _not_too_fast(self, request: web.Request, key_id: str) -> None:
        mark = self.vault.mark("staff login pace", f"{key_id} {neighbourhood(request)}")
        if wait := self.attempts.wait(mark):
            raise too_fast(wait)

    @staticmethod
    def _known_form(key_id: str) -> None:
        if _KEY_ID.fullmatch(key_id) is None:
            raise malformed()


@cache
def described() -> str:
    """The description of this API in OpenAPI 3.1, as JSON."""
    return json.dumps(yaml.safe_load((files("bot") / "static" / "staff-api.yaml").read_text("utf-8")), indent=1)


def _token(request: web.Request) -> str:
    said = request.headers.get(hdrs.AUTHORIZATION, "")
    if not said.startswith(_BEARER):
        raise logged_out()
    return said.removeprefix(_BEARER)


def _reference(request: web.Request) -> str:
    reference = request.match_info["reference"]
    if _REFERENCE.fullmatch(reference) is None:
        raise not_waiting()
    return reference


def _is_for(sealed: bytes, reference: str, mailbox: bytes) -> bool:
    """Whether this is an answer about this report to this mailbox, as far as its outside says."""
    try:
        address = read_address(sealed)
    except OpenError:
        return False
    return (address.purpose, address.reference, address.key_id) == (PURPOSE, reference, PublicKey(mailbox).key_id)


def _shown(one: Waiting) -> dict[str, str | bool]:
    deadline = datetime.fromtimestamp(one.deadline_hour * 3600, UTC)
    return {
        "reference": one.reference,
        "purpose": one.purpose,
        "priority": one.priority,
        "deadline": deadline.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "taken": one.taken,
    }


def _done() -> web.Response:
    return web.Response(status=HTTPStatus.NO_CONTENT)
