"""The staff bot behind a webhook, and whatever is posted there."""

import asyncio

import aiohttp

from bot.staff_desk import Desk
from bot.staff_door import SECRET_HEADER
from cases.staff import address_of
from tests.bot.staff_office import ASK, HAVE, LINKED, SECRET, THANKS, texts
from tests.cases.chains import ALTERNATE, CHAIN, REFERENCE, report
from tests.fakes.faults import Duplicate
from tests.fakes.telegram import STAFF_TOKEN


async def test_a_focal_point_is_served_through_the_webhook(hooked):
    phone = await hooked.linked()
    await report(hooked.store, CHAIN)
    await hooked.drain.once()
    await phone.tap(HAVE)
    await phone.wait_for(THANKS)
    await phone.wait_idle()
    assert {attempt.status for attempt in hooked.server.attempts(STAFF_TOKEN)} == {200}
    assert hooked.server.unanswered_callbacks() == []


async def test_duplicated_and_crossing_deliveries_are_harmless(hooked):
    hooked.server.pace.ordering = "none"
    phone = await hooked.linked()
    await report(hooked.store, CHAIN)
    await hooked.drain.once()
    hooked.server.inject(STAFF_TOKEN, fault=Duplicate())
    await phone.tap(HAVE)
    await phone.tap(HAVE)
    await phone.wait_idle()
    assert texts(phone) == [LINKED, THANKS]
    assert hooked.server.unanswered_callbacks() == []


async def test_overlapping_deliveries_are_taken_one_after_another(hooked, monkeypatch):
    hooked.server.pace.ordering = "none"
    look, now, most = Desk.person, 0, 0

    async def watched(self, account):
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.02)
        now -= 1
        return await look(self, account)

    monkeypatch.setattr(Desk, "person", watched)
    phones = [hooked.phone(3000 + n) for n in range(5)]
    for phone in phones:
        await phone.send_text("hello")
    for phone in phones:
        await phone.wait_for(ASK)
    assert most == 1


async def test_posts_without_the_secret_are_refused(hooked):
    phone = await hooked.linked()
    code = await hooked.code(ALTERNATE)
    chat = {"id": 666, "type": "private", "first_name": "X"}
    forged = {"update_id": 1, "message": {"message_id": 1, "date": 0, "chat": chat, "text": code}}
    async with aiohttp.ClientSession() as session:
        for headers in ({}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: "é"}):
            async with session.post(hooked.url, json=forged, headers=headers) as response:
                assert response.status == 403
        for body in (b"", b"[1]", b"{", b'"x"', b"\xff\xfe", b"{}"):
            async with session.post(hooked.url, data=body, headers={SECRET_HEADER: SECRET}) as response:
                assert response.status == 400
    assert await address_of(hooked.store, hooked.vault, ALTERNATE) is None
    assert texts(phone) == [LINKED]


async def test_groups_are_not_heard(hooked):
    await hooked.linked()
    code = await hooked.code(ALTERNATE)
    chat = {"id": -100, "type": "group", "title": "G"}
    sender = {"id": 2002, "is_bot": False, "first_name": "N"}
    message = {"message_id": 1, "date": 0, "chat": chat, "from": sender, "text": code}
    tap = {"id": "1", "from": sender, "chat_instance": "1", "data": f"have:{REFERENCE}", "message": message}
    before = len(hooked.server.calls)
    async with aiohttp.ClientSession() as session:
        for update in ({"message": message}, {"callback_query": tap}, {"edited_message": message}):
            body = {"update_id": 1, **update}
            async with session.post(hooked.url, json=body, headers={SECRET_HEADER: SECRET}) as response:
                assert response.status == 200
    assert len(hooked.server.calls) == before
    assert await address_of(hooked.store, hooked.vault, ALTERNATE) is None
