"""The staff API: who gets in, what each may see, and how it says no."""

import json
import logging
from contextlib import asynccontextmanager
from datetime import date
from statistics import median
from time import perf_counter

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import update

from bot.staff_pace import MOST_MARKS, Pace
from bot.staff_place import authority, place_of
from cases import trials
from cases.audit import about, verify
from cases.handing import acknowledge
from cases.outbox import claim
from cases.store import StoreError
from cases.tables import documents, outbox
from crypto.encoding import from_base64url, to_base64url
from crypto.keys import RecipientKey
from crypto.login import open_challenge
from crypto.seal import open_envelope
from tests.bot.staff_http import a_desk, person
from tests.cases.chains import ALTERNATE, DAY, NOON, OWNER, PARTNER, REFERENCE, states
from tests.cases.rows import rows

OTHER = "9ZX2M3K7"
UNKNOWN = "0123456789abcdef"


class Visitor:
    """Somebody with a key, over HTTP."""

    def __init__(self, client, desk):
        self.client, self.desk = client, desk
        self.place = f"{client.host}:{client.port}"
        self.headers = {}

    async def ask(self, method, path, body=None, **more):
        headers = self.headers | more.pop("headers", {})
        return await self.client.request(method, f"/staff/v1{path}", json=body, headers=headers, **more)

    async def challenge(self, key_id):
        answer = await self.ask("POST", "/logins", {"key_id": key_id})
        assert answer.status == 200
        return await answer.json()

    async def answer(self, who, key=None, place=None):
        """An answer to a new challenge, ready to be sent."""
        key = key or self.desk.keys[who]
        offer = await self.challenge(key.public.key_id)
        sealed = from_base64url(offer["challenge"])
        said = open_challenge(sealed, key, place=place or self.place, attempt=offer["attempt"])
        return {"key_id": key.public.key_id, "attempt": offer["attempt"], "answer": to_base64url(said)}

    async def log_in(self, who):
        opened = await self.ask("POST", "/sessions", await self.answer(who))
        assert opened.status == 201
        self.headers = {"Authorization": f"Bearer {(await opened.json())['token']}"}


async def problem(response):
    assert response.content_type == "application/problem+json"
    said = await response.json()
    assert said["status"] == response.status
    return said["status"], said["code"]


@asynccontextmanager
async def visiting(where, **more):
    context, desk = await a_desk(where, **more)
    async with TestClient(TestServer(desk.app)) as client:
        yield Visitor(client, desk)
    await context.__aexit__(None, None, None)


@pytest.fixture
async def visitor(tmp_path):
    async with visiting(tmp_path / "linnet.db") as found:
        yield found


@pytest.fixture
async def owner(visitor):
    await visitor.log_in(OWNER)
    return visitor


async def test_whoever_holds_the_key_gets_in_and_sees_what_waits(owner):
    waiting = await (await owner.ask("GET", "/inbox")).json()
    assert waiting == {
        "waiting": [
            {
                "reference": REFERENCE,
                "purpose": "report",
                "priority": "normal",
                "deadline": "2025-11-24T12:00:00Z",
                "taken": False,
            }
        ]
    }


async def test_nobody_gets_in_without_a_token(visitor):
    paths = [("GET", "/inbox"), ("GET", f"/documents/{REFERENCE}"), ("POST", f"/documents/{REFERENCE}/have")]
    for headers in (
        {},
        {"Authorization": "Bearer x"},
        {"Authorization": f"Bearer {'A' * 43}"},
        {"Authorization": "Basic eA"},
    ):
        for method, path in paths:
            response = await visitor.ask(method, path, headers=headers)
            assert await problem(response) == (401, "logged_out")
            assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_key_that_nobody_has_is_asked_as_all_others_are(visitor):
    known = await visitor.challenge(visitor.desk.keys[OWNER].public.key_id)
    unknown = await visitor.challenge(UNKNOWN)
    assert known.keys() == unknown.keys()
    assert {len(from_base64url(offer["challenge"])) for offer in (known, unknown)} == {1168}
    assert len(known["attempt"]) == len(unknown["attempt"])


async def test_it_takes_as_long_for_a_key_that_nobody_has(visitor):
    logins = visitor.desk.logins
    took = {OWNER: [], UNKNOWN: []}
    for _ in range(400):
        for who, key_id in ((OWNER, visitor.desk.keys[OWNER].public.key_id), (UNKNOWN, UNKNOWN)):
            begun = perf_counter()
            logins.offer(key_id, "desk.example")
            took[who].append(perf_counter() - begun)
    assert median(took[OWNER]) / median(took[UNKNOWN]) == pytest.approx(1, abs=0.25)


async def test_asking_for_a_challenge_leaves_nothing_behind(visitor):
    for key_id in (visitor.desk.keys[OWNER].public.key_id, UNKNOWN):
        await visitor.challenge(key_id)
    assert await rows(visitor.desk.store, "logins") == await rows(visitor.desk.store, "audit") == []


async def test_an_answer_counts_once_and_soon(visitor):
    answer = await visitor.answer(OWNER)
    assert (await visitor.ask("POST", "/sessions", answer)).status == 201
    assert await problem(await visitor.ask("POST", "/sessions", answer)) == (401, "logged_out")
    late = await visitor.answer(OWNER)
    visitor.desk.clock.now += 3 * 60
    assert await problem(await visitor.ask("POST", "/sessions", late)) == (401, "logged_out")


async def test_an_answer_for_one_key_is_none_for_another(visitor):
    answer = await visitor.answer(OWNER)
    for changed in (
        {"key_id": visitor.desk.keys[ALTERNATE].public.key_id},
        {"answer": to_base64url(bytes(32))},
        {"answer": "not base64!"},
        {"answer": ""},
        {"attempt": answer["attempt"][:-1] + "_"},
        {"attempt": "9" * 12 + "." + "A" * 22},
        {"attempt": ""},
    ):
        assert await problem(await visitor.ask("POST", "/sessions", answer | changed)) == (401, "logged_out")
    assert await rows(visitor.desk.store, "logins") == []


async def test_a_server_in_between_gets_no_session(tmp_path):
    """It passes our challenge on under its own name; what the client then says is of no use here."""
    async with visiting(tmp_path / "linnet.db", public_origin="https://desk.example") as visitor:
        with pytest.raises(Exception, match="cannot be opened"):
            await visitor.answer(OWNER, place="evil.example")
        offered = {"headers": {"Host": "evil.example"}}
        response = await visitor.ask("POST", "/logins", {"key_id": visitor.desk.keys[OWNER].public.key_id}, **offered)
        offer = await response.json()
        with pytest.raises(Exception, match="cannot be opened"):
            open_challenge(
                from_base64url(offer["challenge"]),
                visitor.desk.keys[OWNER],
                place="evil.example",
                attempt=offer["attempt"],
            )


async def test_without_its_own_address_a_server_lets_nobody_in(visitor):
    response = await visitor.ask("POST", "/logins", {"key_id": UNKNOWN}, headers={"Host": "desk.example"})
    assert await problem(response) == (421, "no_address")


async def test_a_session_ends_after_a_quarter_of_an_hour_or_when_one_leaves(owner):
    owner.desk.clock.now += 14 * 60
    assert (await owner.ask("GET", "/inbox")).status == 200
    owner.desk.clock.now += 60
    assert (await owner.ask("GET", "/inbox")).status == 401
    await owner.log_in(OWNER)
    assert (await owner.ask("DELETE", "/sessions/current")).status == 204
    assert (await owner.ask("GET", "/inbox")).status == 401


@pytest.mark.parametrize("change", ["gone", "over", "new key"])
async def test_a_session_is_over_when_the_directory_says_so(owner, change):
    desk = owner.desk
    match change:
        case "gone":
            desk.set_people({})
        case "over":
            desk.set_people({OWNER: person(OWNER, desk.keys[OWNER], valid_to=date(2025, 11, 22))})
        case _:
            desk.keys[OWNER] = RecipientKey.from_seed(bytes(32))
            desk.set_people({OWNER: person(OWNER, desk.keys[OWNER])})
    assert (await owner.ask("GET", "/inbox")).status == 401


async def test_tokens_are_not_in_the_database(owner):
    token = owner.headers["Authorization"].removeprefix("Bearer ")
    kept = repr([await rows(owner.desk.store, table) for table in ("logins", "audit")])
    assert token not in kept
    assert repr(from_base64url(token))[2:-1] not in kept


async def test_the_file_opens_with_their_key_and_fetching_it_is_written_down(owner):
    response = await owner.ask("GET", f"/documents/{REFERENCE}")
    assert response.content_type == "application/octet-stream"
    assert f'"{REFERENCE}.linnet"' in response.headers["Content-Disposition"]
    assert open_envelope(await response.read(), owner.desk.keys[OWNER]).plaintext == b"canary words"
    assert [(line.person, line.act) for line in await about(owner.desk.store, REFERENCE)] == [(OWNER, "opened")]


@pytest.mark.parametrize("who", [ALTERNATE, PARTNER])
async def test_whoever_has_not_been_handed_it_sees_nothing_of_it(visitor, who):
    """Before their turn, and for somebody who is kept out of it: like a reference that does not exist."""
    await visitor.log_in(who)
    assert (await (await visitor.ask("GET", "/inbox")).json()) == {"waiting": []}
    for method, path in (("GET", ""), ("POST", "/have"), ("POST", "/recusal")):
        said = [await visitor.ask(method, f"/documents/{reference}{path}") for reference in (REFERENCE, OTHER)]
        assert [await problem(response) for response in said] == [(404, "not_waiting")] * 2
        assert await said[0].read() == await said[1].read()
    assert await about(visitor.desk.store, REFERENCE) == ()


async def test_when_their_turn_has_come_they_have_it(visitor):
    visitor.desk.clock.now += DAY
    while await claim(visitor.desk.store, NOON + DAY, 10, 120):
        pass
    await visitor.log_in(ALTERNATE)
    response = await visitor.ask("GET", f"/documents/{REFERENCE}")
    assert open_envelope(await response.read(), visitor.desk.keys[ALTERNATE]).plaintext == b"canary words"


async def test_i_have_it_stops_the_chain_however_often_it_is_said(owner):
    for _ in range(2):
        assert (await owner.ask("POST", f"/documents/{REFERENCE}/have")).status == 204
    [waiting] = (await (await owner.ask("GET", "/inbox")).json())["waiting"]
    assert waiting["taken"] is True
    assert (ALTERNATE, "done", 0, None) in await states(owner.desk.store)


async def test_not_me_passes_it_on_at_once_and_for_good(owner):
    for _ in range(2):
        assert (await owner.ask("POST", f"/documents/{REFERENCE}/recusal")).status == 204
    assert owner.desk.wake.is_set()
    assert (await owner.ask("GET", f"/documents/{REFERENCE}")).status == 404
    assert [one.alert.recipient for one in await claim(owner.desk.store, NOON + 1, 10, 120)] == [ALTERNATE]


async def test_what_somebody_else_took_up_is_theirs_no_more(owner):
    store = owner.desk.store
    async with store.writing() as connection:
        await connection.execute(update(outbox).where(outbox.c.recipient == ALTERNATE).values(attempts=1))
    await acknowledge(store, REFERENCE, ALTERNATE, NOON)
    assert await problem(await owner.ask("POST", f"/documents/{REFERENCE}/have")) == (404, "not_waiting")
    assert (await (await owner.ask("GET", "/inbox")).json()) == {"waiting": []}


async def test_a_withdrawn_report_is_gone_and_said_so(owner):
    async with owner.desk.store.writing() as connection:
        await connection.execute(update(documents).values(body=b""))
    assert await problem(await owner.ask("GET", f"/documents/{REFERENCE}")) == (410, "withdrawn")


async def test_a_test_alert_can_be_asked_for_and_answered(owner):
    assert (await owner.ask("POST", "/tests")).status == 202
    assert owner.desk.wake.is_set()
    [row] = await rows(owner.desk.store, "trials")
    assert (await owner.ask("POST", f"/tests/{REFERENCE}/answer")).status == 404
    assert (await owner.ask("POST", "/tests/TEST0000/answer")).status == 404
    assert (await owner.ask("POST", f"/tests/{row.reference}/answer")).status == 204
    assert list(await trials.answered(owner.desk.store)) == [OWNER]


@pytest.mark.parametrize(
    ("body", "headers", "refusal"),
    [
        (b"{", {}, (400, "malformed")),
        (b"[]", {}, (400, "malformed")),
        (b'"x"', {}, (400, "malformed")),
        (b"{}", {}, (400, "malformed")),
        (b'{"key_id": 1}', {}, (400, "malformed")),
        (b'{"key_id": "canary"}', {}, (400, "malformed")),
        (b'{"key_id": "0123456789abcdef", "more": ""}', {}, (400, "malformed")),
        (b"[" * 10_000, {}, (400, "malformed")),
        (b"\xff", {}, (400, "malformed")),
        (b"{}", {"Content-Type": "text/plain"}, (415, "other_type")),
        (b" " * 20_000, {}, (413, "too_large")),
    ],
)
async def test_bodies_of_another_form_are_refused_without_repeating_them(visitor, body, headers, refusal):
    headers = {"Content-Type": "application/json"} | headers
    response = await visitor.client.post("/staff/v1/logins", data=body, headers=headers)
    assert await problem(response) == refusal
    assert "canary" not in await response.text()


async def test_a_body_where_none_is_wanted_is_refused(owner):
    assert await problem(await owner.ask("POST", f"/documents/{REFERENCE}/have", {"x": 1})) == (400, "malformed")


@pytest.mark.parametrize(
    ("method", "path", "refusal"),
    [
        ("GET", "/nowhere", 404),
        ("PUT", "/inbox", 405),
        ("HEAD", f"/documents/{REFERENCE}", 405),
        ("OPTIONS", "/inbox", 405),
    ],
)
async def test_what_is_not_there_is_a_problem_too(owner, method, path, refusal):
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    response = await owner.ask(method, path, headers=asked)
    assert response.status == refusal
    assert not [name for name in response.headers if name.lower().startswith("access-control")]
    assert (refusal == 405) == ("Allow" in response.headers)
    assert await about(owner.desk.store, REFERENCE) == ()


async def test_nothing_may_be_cached_or_framed(owner):
    for method, path in (
        ("GET", "/inbox"),
        ("GET", f"/documents/{REFERENCE}"),
        ("GET", "/nowhere"),
        ("GET", "/openapi.json"),
    ):
        response = await owner.ask(method, path)
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


async def test_other_doors_stay_as_they_are(owner):
    response = await owner.client.get("/")
    assert (response.status, "Cache-Control" in response.headers) == (200, False)


async def test_whoever_is_too_fast_waits_and_nobody_waits_with_them(visitor):
    for _ in range(20):
        await visitor.challenge(UNKNOWN)
    refused = await visitor.ask("POST", "/logins", {"key_id": UNKNOWN})
    assert await problem(refused) == (429, "too_fast")
    assert 0 < int(refused.headers["Retry-After"]) <= 3
    assert await visitor.challenge(visitor.desk.keys[OWNER].public.key_id)
    elsewhere = {"X-Forwarded-For": "203.0.113.9"}
    assert (await visitor.ask("POST", "/logins", {"key_id": UNKNOWN}, headers=elsewhere)).status == 200
    visitor.desk.clock.now += int(refused.headers["Retry-After"])
    assert (await visitor.ask("POST", "/logins", {"key_id": UNKNOWN})).status == 200


async def test_a_session_has_a_pace_of_its_own(owner):
    answers = [(await owner.ask("GET", "/inbox")).status for _ in range(121)]
    assert answers == [200] * 120 + [429]


@pytest.mark.parametrize(
    ("error", "refusal"),
    [(StoreError("canary"), (503, "not_saved")), (RuntimeError("canary"), (500, "failed"))],
)
async def test_what_goes_wrong_inside_is_no_yes_and_says_nothing(owner, monkeypatch, caplog, error, refusal):
    def fail(*_given, **_more):
        raise error

    monkeypatch.setattr("bot.staff_api.handing.acknowledge", fail)
    response = await owner.ask("POST", f"/documents/{REFERENCE}/have")
    assert await problem(response) == refusal
    assert "canary" not in await response.text() + caplog.text


async def test_nothing_of_anybody_is_in_the_logs(visitor, caplog):
    caplog.set_level(logging.DEBUG, logger="bot")
    await visitor.log_in(OWNER)
    await visitor.ask("GET", f"/documents/{REFERENCE}")
    await visitor.ask("POST", f"/documents/{REFERENCE}/have")
    await visitor.ask("POST", "/sessions", {"key_id": UNKNOWN, "attempt": "canary", "answer": "canary"})
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
    for secret in (OWNER, REFERENCE, UNKNOWN, "canary", "127.0.0.1", visitor.desk.keys[OWNER].public.key_id):
        assert secret not in said
    assert (await verify(visitor.desk.store)).number == 3


async def test_it_describes_itself(visitor):
    described = json.loads(await (await visitor.ask("GET", "/openapi.json")).text())
    assert described["openapi"].startswith("3.1")
    served = {
        (route.resource.canonical.removeprefix("/staff/v1"), route.method.lower())
        for route in visitor.desk.app.router.routes()
        if route.resource.canonical.startswith("/staff/v1/")
    }
    wanted = {(path, verb) for path, item in described["paths"].items() for verb in item if verb != "parameters"}
    assert wanted == served


@pytest.mark.parametrize(
    ("origin", "host", "place"),
    [
        ("https://Desk.Example", "evil.example", "desk.example"),
        ("https://desk.example:443/", "", "desk.example"),
        ("https://desk.example:8443", "", "desk.example:8443"),
        (None, "127.0.0.1:8080", "127.0.0.1:8080"),
        (None, "localhost", "localhost"),
        (None, "[::1]:8080", "[::1]:8080"),
        (None, "desk.example", None),
        (None, "localhost.evil.example", None),
        (None, "", None),
    ],
)
def test_only_what_is_set_counts_as_our_address(origin, host, place):
    assert place_of(origin, host) == place


def test_an_address_has_one_spelling():
    assert authority("HTTPS://Desk.example:443/") == "desk.example"
    assert authority("http://127.0.0.1:80") == "127.0.0.1"


class TestPace:
    """So many at once, then one every few seconds."""

    def test_a_burst_passes_and_then_one_at_a_time(self):
        now = [0.0]
        pace = Pace(3, 2.0, lambda: now[0])
        assert [pace.wait(b"a") for _ in range(5)] == [0, 0, 0, 2, 2]
        now[0] += 2
        assert [pace.wait(b"a") for _ in range(2)] == [0, 2]
        now[0] += 100
        assert [pace.wait(b"a") for _ in range(4)] == [0, 0, 0, 2]

    def test_others_are_not_slowed_down(self):
        pace = Pace(1, 60.0, lambda: 0.0)
        assert [pace.wait(b"a"), pace.wait(b"a"), pace.wait(b"b")] == [0, 60, 0]

    def test_memory_is_bounded(self):
        pace = Pace(1, 60.0, lambda: 0.0)
        for number in range(MOST_MARKS + 10):
            pace.wait(number.to_bytes(4, "big"))
        assert len(pace._full_at) == MOST_MARKS
