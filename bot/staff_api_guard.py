"""What the staff API lets in, and how it says no.

A refusal is a small JSON object of RFC 9457 with a code and one fixed sentence: nothing that came in is ever said
back, and no two reasons for "not yours" can be told apart. There is no cookie, so a foreign page has nothing to ride
on, and no page of another origin may read an answer: no CORS header is sent, whatever is asked for.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from typing import Any

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from cases.mailbox import MailboxError
from cases.store import StoreError

SMALL = 16 * 1024
"""Bytes of a body that holds a few short texts."""
BODY_SECONDS = 20

_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_PREFIXES = {4: 24, 6: 48}
"""Bits of an address that stand for its neighbourhood: a household or an office, not one machine."""

_log = logging.getLogger(__name__)


class Refused(Exception):  # noqa: N818 -- an answer, not a fault
    """No, with a status, a code for programs and a sentence for people; both are fixed texts."""

    def __init__(self, status: HTTPStatus, code: str, title: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.title = status, code, title
        self.headers = dict(headers or {})


def logged_out() -> Refused:
    """Nobody is logged in with this token, or not any more."""
    title = "You are not logged in, or not any more."
    return Refused(HTTPStatus.UNAUTHORIZED, "logged_out", title, {"WWW-Authenticate": "Bearer"})


def not_waiting() -> Refused:
    """There is no such document, it is not theirs, not yet, or not any more: all alike."""
    return Refused(HTTPStatus.NOT_FOUND, "not_waiting", "Nothing of this reference waits for you.")


def too_fast(seconds: int) -> Refused:
    """Too many requests."""
    headers = {"Retry-After": str(seconds)}
    return Refused(HTTPStatus.TOO_MANY_REQUESTS, "too_fast", "Too many requests. Please wait a little.", headers)


def withdrawn() -> Refused:
    """The person who told has taken it back."""
    return Refused(HTTPStatus.GONE, "withdrawn", "The person who told has withdrawn this. Nothing is kept here.")


def too_large() -> Refused:
    """The body is larger than any that could be meant."""
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "This is more than can be taken at once.")


def malformed() -> Refused:
    """The body is not what this path takes."""
    return Refused(HTTPStatus.BAD_REQUEST, "malformed", "The request does not have the form that is asked for.")


@contextmanager
def may_be_refused() -> Iterator[None]:
    """Say no as the mailbox of a report does."""
    try:
        yield
    except MailboxError as error:
        refusal = _MAILBOX[error.code]()
        raise refusal from None


_MAILBOX: Mapping[str, Callable[[], Refused]] = {
    "not_waiting": not_waiting,
    "withdrawn": withdrawn,
    "no_mailbox": lambda: Refused(HTTPStatus.CONFLICT, "no_mailbox", "Nobody can be answered here."),
    "full": lambda: Refused(HTTPStatus.CONFLICT, "full", "This report holds as many answers as it can."),
    "too_large": too_large,
    "no_status": malformed,
}


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Dress every answer, and turn whatever goes wrong into a problem without content."""
    try:
        response = await handler(request)
    except Refused as refused:
        response = _problem(refused.status, refused.code, refused.title, refused.headers)
    except StoreError:
        _log.warning("staff_api_not_saved")
        response = _problem(
            HTTPStatus.SERVICE_UNAVAILABLE, "not_saved", "The server cannot do this now. Please try again."
        )
    except web.HTTPException as error:
        status = HTTPStatus(error.status)
        allowed = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        response = _problem(status, status.name.lower(), f"{status.phrase}.", allowed)
    except Exception as error:  # noqa: BLE001 -- never a stack trace
        _log.error("staff_api_failed error=%s", type(error).__name__)
        response = _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "failed", "The server cannot do this now.")
    response.headers.update(_HEADERS)
    return response


async def texts(request: web.Request, *names: str, most: int = SMALL) -> tuple[str, ...]:
    """The members of a JSON body, which are exactly these and all texts.

    Raises:
        Refused: another form, too large, or too slow.
    """
    body = await _body(request, "application/json", most)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise malformed() from None
    if not isinstance(found, dict) or found.keys() != set(names):
        raise malformed()
    values = tuple(found[name] for name in names)
    if not all(isinstance(value, str) for value in values):
        raise malformed()
    return values


async def sealed_bytes(request: web.Request, *, most: int) -> bytes:
    """A body that is a sealed file.

    Raises:
        Refused: another content type, too large, or too slow.
    """
    return await _body(request, "application/octet-stream", most)


async def nothing(request: web.Request) -> None:
    """Take a request that needs no body; one that has any is of another form.

    Raises:
        Refused: it has one.
    """
    if request.can_read_body and await request.content.read(1):
        raise malformed()


def neighbourhood(request: web.Request) -> str:
    """A part of the address that a request came from, for a keyed mark; it goes nowhere else.

    Behind a reverse proxy on this machine it is what the proxy says last in ``X-Forwarded-For``.
    """
    address = request.remote or ""
    try:
        if ip_address(address).is_loopback:
            address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
        found = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network((found, _PREFIXES[found.version]), strict=False))


async def _body(request: web.Request, kind: str, most: int) -> bytes:
    if request.content_type != kind or hdrs.CONTENT_TYPE not in request.headers:
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "other_type", f"The body must be {kind}.")
    if (request.content_length or 0) > most:
        raise too_large()
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > most:
                    raise too_large()
    except TimeoutError:
        raise Refused(HTTPStatus.REQUEST_TIMEOUT, "too_slow", "The request did not arrive in time.") from None
    return bytes(body)


def _problem(status: HTTPStatus, code: str, title: str, headers: Mapping[str, str] | None = None) -> web.Response:
    said: dict[str, Any] = {"type": "about:blank", "title": title, "status": int(status), "code": code}
    return web.Response(
        text=json.dumps(said), status=status, content_type="application/problem+json", headers=dict(headers or {})
    )
