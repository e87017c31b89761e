"""The other end of the staff API, on a focal point's own device: logs in with their key, and speaks for them.

The private key stays here; of the session only memory knows, and it is ended on the way out. What a server says is
taken for data of a fixed form or for nothing: no sentence of its own reaches the person, since it may be another
server than they believe. An address without TLS is refused, but for this very machine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import httpx

from bot.staff_place import LOCAL, authority
from crypto.encoding import from_base64url, to_base64url
from crypto.errors import KeyFileError, OpenError
from crypto.keys import PublicKey, RecipientKey
from crypto.login import open_challenge
from crypto.reference import is_test

MOST_BYTES = 64 * 1024 * 1024
"""Of one answer; no sealed report is as large."""
TIMEOUT_SECONDS = 30.0

_ADDRESS = re.compile(r"https?://[^/\s?#@]+/?")
_SAID = {
    "not_waiting": "nothing of this reference waits for you (any more)",
    "withdrawn": "the person who told has withdrawn this; the server keeps nothing of it",
    "too_fast": "too many requests; wait a minute and try again",
    "not_saved": "the server could not do this now, and nothing was changed; try again",
    "no_address": "nobody can log in, because the server has not been told its own address (LINNET_PUBLIC_ORIGIN)",
    "no_mailbox": "nobody can be answered here: it is no report, or the person kept no number",
    "full": "this report holds as many answers as it can",
    "too_large": "the answer is too long",
    "logged_out": "the session is over; try again",
}


class StaffClientError(Exception):
    """The server was not reached or said no; one sentence, none of it the server's.

    Attributes:
        answered: whether it was the staff API that said no.
    """

    def __init__(self, sentence: str, *, answered: bool = False) -> None:
        super().__init__(sentence)
        self.answered = answered


@dataclass(frozen=True, slots=True)
class Item:
    """Something that waits. ``deadline`` has a time zone."""

    reference: str = field(repr=False)
    purpose: str
    priority: str
    deadline: datetime
    taken: bool


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where answers about a report go, as the server says."""

    key: PublicKey
    status: str
    answers: int


class StaffClient:
    """One session, from entering to leaving the block."""

    def __init__(self, server: str, key: RecipientKey, *, transport: httpx.BaseTransport | None = None) -> None:
        """Prepare; nothing is sent yet.

        Args:
            server: ``https://host[:port]``, exactly as the coordinator gave it.
            key: the private key.
            transport: what carries requests; for tests.

        Raises:
            StaffClientError: the address cannot be used.
        """
        if _ADDRESS.fullmatch(server) is None:
            raise StaffClientError("the server is an address such as https://linnet.example, without a path")
        self._place = authority(server)
        if not server.lower().startswith("https://") and re.sub(r":\d+$", "", self._place) not in LOCAL:
            raise StaffClientError("the server's address must begin with https://")
        self._key = key
        self._http = httpx.Client(
            base_url=f"{server.rstrip('/')}/staff/v1",
            timeout=TIMEOUT_SECONDS,
            follow_redirects=False,
            transport=transport,
        )

    def __enter__(self) -> Self:
        try:
            self._log_in()
        except BaseException:
            self._http.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(StaffClientError):  # it ends by itself soon
            self._ask("DELETE", "/sessions/current")
        self._http.close()

    def inbox(self) -> tuple[Item, ...]:
        """List what waits, the most urgent first.

        Raises:
            StaffClientError: as for all of these.
        """
        with _form():
            found = json.loads(self._ask("GET", "/inbox"))
            return tuple(
                Item(
                    str(one["reference"]),
                    str(one["purpose"]),
                    str(one["priority"]),
                    datetime.fromisoformat(one["deadline"]).astimezone(UTC),
                    bool(one["taken"]),
                )
                for one in found["waiting"]
            )

    def fetch(self, reference: str) -> bytes:
        """Fetch a sealed file."""
        return self._ask("GET", f"/documents/{reference}")

    def have(self, reference: str) -> None:
        """Say that one has it; of a test alert, that it has arrived."""
        self._ask("POST", f"/tests/{reference}/answer" if is_test(reference) else f"/documents/{reference}/have")

    def recuse(self, reference: str) -> None:
        """Give it up for good."""
        self._ask("POST", f"/documents/{reference}/recusal")

    def mailbox(self, reference: str) -> Mailbox:
        """Ask where answers go. Compare the key with the report's own word before sealing to it."""
        with _form():
            found = json.loads(self._ask("GET", f"/documents/{reference}/mailbox"))
            return Mailbox(PublicKey(from_base64url(found["key"])), str(found["status"]), int(found["answers"]))

    def answer(self, reference: str, sealed: bytes) -> None:
        """Hand in a sealed answer."""
        self._ask("POST", f"/documents/{reference}/answers", sealed)

    def say_status(self, reference: str, status: str) -> None:
        """Say how far a report has come."""
        self._ask("PUT", f"/documents/{reference}/status", {"status": status})

    def _log_in(self) -> None:
        key_id = self._key.public.key_id
        with _form():
            offer = json.loads(self._ask("POST", "/logins", {"key_id": key_id}))
            attempt, challenge = str(offer["attempt"]), from_base64url(offer["challenge"])
        try:
            answer = open_challenge(challenge, self._key, place=self._place, attempt=attempt)
        except OpenError:
            raise StaffClientError(
                f"the server does not know the key {key_id}, or has another address than this one; ask your coordinator"
                " for both",
                answered=True,
            ) from None
        said = {"key_id": key_id, "attempt": attempt, "answer": to_base64url(answer)}
        with _form():
            token = json.loads(self._ask("POST", "/sessions", said))["token"]
            self._http.headers["Authorization"] = f"Bearer {from_base64url(token) and token}"

    def _ask(self, method: str, path: str, body: Mapping[str, str] | bytes | None = None) -> bytes:
        """Ask, and return the body of a good answer."""
        headers = {}
        if body is not None:
            headers["Content-Type"] = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        try:
            with self._http.stream(method, path, content=content, headers=headers) as response:
                data = bytearray()
                for chunk in response.iter_bytes():
                    data += chunk
                    if len(data) > MOST_BYTES:
                        raise StaffClientError("the server's answer is too large to be one of Linnet's")
        except httpx.TimeoutException:
            raise StaffClientError("the server does not answer") from None
        except httpx.HTTPError as error:
            certificate = "CERTIFICATE" in str(error).upper()
            why = "its certificate cannot be verified" if certificate else type(error).__name__
            raise StaffClientError(f"the server cannot be reached ({why})") from None
        if response.is_success:
            return bytes(data)
        raise _no(response.status_code, bytes(data))


@contextmanager
def _form() -> Iterator[None]:
    """Whatever is not of the form that the API describes is not from it."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, KeyFileError):
        raise StaffClientError("there is something else than Linnet's staff API at this address") from None


def _no(status: int, data: bytes) -> StaffClientError:
    code: Any = None
    with suppress(ValueError, RecursionError, TypeError, KeyError):
        code = json.loads(data)["code"]
    if isinstance(code, str) and code in _SAID:
        return StaffClientError(_SAID[code], answered=True)
    return StaffClientError(f"there is no staff API at this address, or it failed (status {status})")
