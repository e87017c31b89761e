"""The control over HTTP, against the server as a process of its own."""

import asyncio
import base64
import sys
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

ROOT = Path(__file__).parents[2]
TOKEN = "42:fake"
PERSON = f"/control/person/{TOKEN}/7"
KEYBOARD = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


@pytest_asyncio.fixture
async def http():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.telegram", "--token", TOKEN, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    try:
        address = (await process.stdout.readline()).decode().strip()
        async with aiohttp.ClientSession(address) as session:
            yield Http(session)
    finally:
        process.terminate()
        await process.wait()
    assert process.returncode == 0


class Http:
    """Gets and posts JSON."""

    def __init__(self, session):
        self.session = session

    async def get(self, path):
        async with self.session.get(path) as response:
            return await response.json()

    async def post(self, path, **body):
        async with self.session.post(path, json=body) as response:
            return await response.json()

    async def api(self, method, **params):
        return await self.post(f"/bot{TOKEN}/{method}", **params)


async def test_a_conversation_is_steered_and_seen_over_http(http):
    await http.post("/control/person", bot_token=TOKEN, user_id=7, first_name="Ana")
    await http.post(PERSON + "/send_command", command="/start")
    await http.api("sendMessage", chat_id=7, text="Safe?", reply_markup=KEYBOARD)
    chat = await http.post(PERSON + "/wait_for", shows="Safe?", timeout=1)
    assert chat[-1]["buttons"] == ["Yes"]
    query = await http.post(PERSON + "/tap", label="Yes")
    assert [q["query_id"] for q in await http.get("/control/unanswered_callbacks")] == [query["query_id"]]
    await http.api("answerCallbackQuery", callback_query_id=query["query_id"], text="ok")
    assert await http.get("/control/unanswered_callbacks") == []
    assert await http.get(PERSON + "/answers") == [{"text": "ok", "show_alert": False}]
    await http.api("getUpdates")
    await http.api("getUpdates", offset=3)
    await http.post(PERSON + "/wait_idle", quiet=0.05)
    await http.api("deleteMessage", chat_id=7, message_id=2)
    chat = await http.post(PERSON + "/wait_for", gone="Safe?", timeout=1)
    assert [message["text"] for message in chat] == ["/start"]
    assert [message["visible"] for message in await http.get(PERSON + "/history")] == [True, False]
    assert "Ana" in (await http.get(PERSON + "/render"))["render"]
    await http.api("sendMessage", chat_id=7, txt="x")
    assert [v["why"] for v in await http.get("/control/violations")] == ["txt: unknown", "text: missing"]
    assert (await http.get("/control/calls"))[0]["method"] == "sendMessage"
    assert await http.get("/control/deliveries") == {TOKEN: [1, 2]}
    assert await http.get("/control/attempts") == {TOKEN: []}


async def test_faults_clock_settings_and_files_over_http(http):
    await http.post(PERSON + "/send_text", text="hello")
    fault = {"fault": "TooManyRequests", "retry_after": 3, "method": "sendMessage", "times": 1}
    assert await http.post("/control/inject", **fault) == {"left": 1}
    assert (await http.api("sendMessage", chat_id=7, text="x"))["parameters"] == {"retry_after": 3}
    await http.post("/control/clock", hours=49)
    assert (await http.api("deleteMessage", chat_id=7, message_id=1))["error_code"] == 400
    await http.post("/control/settings", upload_limit=3, ordering="chat")
    form = aiohttp.FormData({"chat_id": "7"})
    form.add_field("document", b"xyz", filename="r.bin")
    async with http.session.post(f"/bot{TOKEN}/sendDocument", data=form) as response:
        assert response.status == 200
    assert await http.get(PERSON + "/documents") == [["r.bin", base64.b64encode(b"xyz").decode()]]
    assert (await http.get("/control/calls"))[-1]["params"]["document"]["name"] == "r.bin"
    note = base64.b64encode(b"note").decode()
    sent = await http.post(PERSON + "/send_document", name="note.txt", content=note)
    assert (sent["document"]["name"], sent["document"]["content"]) == ("note.txt", note)
    assert (await http.post("/control/bot", token="43:fake"))["id"] == 43
    assert (await http.post("/bot43:fake/getMe"))["ok"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/control/person", {"bot_token": "1:x", "user_id": 7}),
        (PERSON + "/fly", {}),
        (PERSON + "/tap", {"label": "Yes"}),
        (PERSON + "/send_text", {"words": "x"}),
        ("/control/inject", {"fault": "Earthquake"}),
        ("/control/settings", {"colour": "red"}),
    ],
)
async def test_wrong_requests_are_explained(http, path, body):
    assert "error" in await http.post(path, **body)
