"""The staff API is what its description says: thousands of odd requests, and one ordinary visit, held against it."""

import json

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from bot.staff_api import described
from bot.staff_place import authority
from cases.audit import verify
from crypto.encoding import from_base64url, to_base64url
from crypto.login import open_challenge
from tests.bot.staff_http import served
from tests.cases.chains import OWNER, REFERENCE
from tests.cases.rows import rows

EXAMPLES = 25
"""For each path and method; about ten seconds in all."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with served(tmp_path_factory.mktemp("api") / "linnet.db", pace=False) as desk:
        yield desk


SCHEMA = schemathesis.openapi.from_dict(json.loads(described()))


@pytest.fixture(scope="module")
def token(desk):
    """A session of somebody for whom nothing waits, so that no odd request changes anything."""
    return log_in(desk, "cleo-diaz")[1]["token"]


def log_in(desk, who):
    """The two answers on the way in."""
    key = desk.keys[who]
    said = {"key_id": key.public.key_id}
    offer = httpx.post(f"{desk.url}/staff/v1/logins", json=said)
    attempt = offer.json()["attempt"]
    challenge = from_base64url(offer.json()["challenge"])
    answer = open_challenge(challenge, key, place=authority(desk.url), attempt=attempt)
    begun = httpx.post(
        f"{desk.url}/staff/v1/sessions", json=said | {"attempt": attempt, "answer": to_base64url(answer)}
    )
    return offer, begun.json()


@SCHEMA.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_whatever_is_asked_the_answer_is_one_that_is_described(case, desk, token):
    case.call_and_validate(base_url=f"{desk.url}/staff/v1", headers={"Authorization": f"Bearer {token}"})


def test_an_ordinary_visit_is_as_described(desk):
    def ask(method, path, *, template=None, **more):
        response = httpx.request(method, f"{desk.url}/staff/v1{path}", **more)
        SCHEMA[template or path][method].validate_response(response)
        return response

    offer, begun = log_in(desk, OWNER)
    SCHEMA["/logins"]["POST"].validate_response(offer)
    assert begun["expires_in"] == 900
    headers = {"Authorization": f"Bearer {begun['token']}"}
    assert len(ask("GET", "/inbox", headers=headers).json()["waiting"]) == 1
    for method, end, status in (("GET", "", 200), ("POST", "/have", 204), ("POST", "/recusal", 204), ("GET", "", 404)):
        path, template = f"/documents/{REFERENCE}{end}", f"/documents/{{reference}}{end}"
        assert ask(method, path, template=template, headers=headers).status_code == status
    assert ask("POST", "/tests", headers=headers).status_code == 202
    [trial] = [row for row in desk.run(rows(desk.store, "trials")) if row.person == OWNER]
    path, template = f"/tests/{trial.reference}/answer", "/tests/{reference}/answer"
    assert ask("POST", path, template=template, headers=headers).status_code == 204
    assert ask("DELETE", "/sessions/current", headers=headers).status_code == 204
    assert ask("GET", "/inbox", headers=headers).status_code == 401
    assert desk.run(verify(desk.store)).number > 0
