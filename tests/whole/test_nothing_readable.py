"""Nothing readable, and nobody's id: planted words and names are searched for in everything that Linnet writes.

People tell through every door, with Linnet at DEBUG. Before sending, with the receipt on the screen, after it, and
after leaving, while Linnet runs and after it was killed, every file under its folder is searched: the database, its
write-ahead log, the alerts, and all that was printed. No shape of any planted secret may be found.
"""

import asyncio
import base64
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from tests.fakes.people import Person
from tests.fakes.telegram import REPORTER_TOKEN, STAFF_TOKEN, FakeTelegram
from tests.whole.browsing import at_the_page
from tests.whole.kept import opened, rows
from tests.whole.meeting import leave, quiet
from tests.whole.running import DEMO, SECRET, Linnet, Warm, by_polling, by_webhook, running
from tests.whole.search import hits, shapes
from tests.whole.telling import Plan, Teller

PLANTED = {
    "story": "Kanarie-im-Stollen",
    "story in another script": "кенар в шахте",
    "where": "canari-dans-la-mine",
    "loose words": "kanarek-w-kopalni",
    "counsellor": "canarino-in-miniera",
    "payload": "kanari-payload-41",
    "command": "canary-command-42",
    "caption": "canary-caption-43",
    "file name": "canary-filename-44",
    "phone": "+99955501777",
    "forged tap": "canary-tap-45",
    "edited": "canary-edited-46",
}
PERSON = {"user id": 6_817_239_405, "first name": "Zerafina-Quell", "username": "zerafina_quell_47"}
FOCAL_POINT = {"staff id": 7_918_345_512, "staff name": "Ottokar-Brisk", "staff username": "ottokar_brisk_48"}
SERVER = {"reporter token": REPORTER_TOKEN, "staff token": STAFF_TOKEN, "webhook secret": SECRET}
TOKENS = {f"{name}, its secret part": token.partition(":")[2] for name, token in SERVER.items() if ":" in token}

Secrets = Mapping[str, str | int | bytes]
EVERYTHING: Secrets = PLANTED | PERSON | FOCAL_POINT | SERVER | TOKENS

PLAN = Plan(
    words={
        "story": (PLANTED["story"], f"{PLANTED['story in another script']}!"),
        "where": (PLANTED["where"],),
        "reach": (PLANTED["counsellor"],),
    },
    loose={"works": PLANTED["loose words"]},
    counsellor_at="station",
)


def test_the_search_finds_every_shape_of_what_is_planted(tmp_path: Path) -> None:
    deep = tmp_path / "var" / "demo" / "deeper"
    deep.mkdir(parents=True)
    assert hits(tmp_path, EVERYTHING) == []
    for secret, forms in shapes(EVERYTHING).items():
        for form, needle in forms.items():
            (deep / "planted").write_bytes(b"before" + needle + b"after")
            assert f"var/demo/deeper/planted: {secret} ({form})" in hits(tmp_path, EVERYTHING)
            (deep / "planted").unlink()
    for shift in range(3):
        text = b"x" * shift + PLANTED["story"].encode() + b" and more"
        (deep / "planted").write_bytes(base64.b64encode(text))
        assert [hit for hit in hits(tmp_path, PLANTED) if "base64 + " in hit]
    (deep / "planted").unlink()
    with closing(sqlite3.connect(deep / "found.db")) as database:
        database.execute("CREATE TABLE people (id INTEGER, name TEXT)")
        database.execute("INSERT INTO people VALUES (?, ?)", (PERSON["user id"], PERSON["first name"]))
        database.commit()
    found = {hit.partition(": ")[2] for hit in hits(tmp_path, EVERYTHING)}
    assert {"user id (big-endian)", "first name (utf-8)"} <= found
    (deep / "found.db").rename(deep / PERSON["username"])
    assert [hit for hit in hits(tmp_path, EVERYTHING) if "username" in hit]


@pytest.mark.slow
@pytest.mark.parametrize("webhook", [False, True])
async def test_telegram(warm: Warm, prepared: Path, tmp_path: Path, webhook: bool) -> None:
    async with FakeTelegram() as telegram:
        env = by_webhook(telegram) if webhook else by_polling(telegram)
        async with running(warm, prepared, tmp_path, command=("demo",), **env) as linnet:
            await linnet.start()
            focal_point, code = await linked(telegram, warm, linnet)
            everything: Secrets = {**EVERYTHING, "invitation": code, "invitation, bare": code.replace("-", "")}
            teller = Teller(somebody(telegram), PLAN)
            await strange(teller)
            await teller.tell("review")
            await search(linnet, teller, everything, "before sending")
            await teller.act("review")
            assert teller.receipt is not None
            everything = {**everything, **digits(teller.receipt)}
            await search(linnet, teller, everything, "with the receipt on the screen")
            await teller.act("receipt")
            await search(linnet, teller, everything, "after sending")
            await leave(teller, "word")
            await teller.left()
            await search(linnet, teller, everything, "after leaving")
            await focal_point.wait_for(lambda person: person.documents())
            assert await linnet.stop() == 0
            assert hits(tmp_path, everything) == []
    report = next(one for one in opened(tmp_path) if one.purpose == "report")
    for planted in ("story", "where", "loose words", "payload"):
        assert PLANTED[planted] in str(report.plain)  # it did go in
    assert PLANTED["counsellor"] not in str(report.plain)


@pytest.mark.slow
async def test_web(warm: Warm, prepared: Path, tmp_path: Path) -> None:
    async with running(warm, prepared, tmp_path) as linnet, at_the_page(await linnet.start(), PLAN) as teller:
        await teller.tell("review")
        assert PLANTED["story"] in teller.browser.page.text()
        token = teller.session
        everything: Secrets = {**EVERYTHING, "session": token, "session, raw": base64.urlsafe_b64decode(f"{token}=")}
        assert hits(tmp_path, everything) == []
        await teller.act("review")
        number = re.sub(r"\D", "", "".join(text for tag, text in teller.browser.page.texts if tag == "span"))
        assert len(number) == 16
        everything = {**everything, **digits(" ".join(re.findall("....", number)))}
        assert hits(tmp_path, everything) == []
        await teller.act("receipt")
        assert hits(tmp_path, everything) == []
        await teller.leave()
        assert hits(tmp_path, everything) == []
        await linnet.kill()
        assert hits(tmp_path, everything) == []
        assert rows(tmp_path, "SELECT * FROM sessions") == []
        assert PLANTED["story"] in str([one.plain for one in opened(tmp_path)])


async def linked(telegram: FakeTelegram, warm: Warm, linnet: Linnet) -> tuple[Person, str]:
    """Link an account of the staff bot to the focal point who will get the report; returns their code too."""
    invite = Linnet(warm, linnet.home, linnet.env, ["directory", "invite", "amara-lind"])
    invite.starts = 100  # a number that no start of Linnet's has
    await invite.begin()
    assert await invite.ended() == 0, invite.said("*", 101)
    printed = linnet.home / "said.101.out"
    code = printed.read_text("utf-8").partition("Code for amara-lind: ")[2].split()[0]
    printed.unlink()  # this one is shown on purpose
    identity = FOCAL_POINT["staff id"], FOCAL_POINT["staff name"], FOCAL_POINT["staff username"]
    person = telegram.person(STAFF_TOKEN, *identity, language_code="en")  # type: ignore[arg-type]  # a number and two names
    await person.send_text(code)
    await person.wait_for(lambda p: [m for m in p.chat() if m.from_bot])
    return person, code


def somebody(telegram: FakeTelegram) -> Person:
    identity = PERSON["user id"], PERSON["first name"], PERSON["username"]
    return telegram.person(REPORTER_TOKEN, *identity, language_code="en")  # type: ignore[arg-type]  # a number and two names


async def strange(teller: Teller) -> None:
    """Everything a person can send besides the answers of the plan."""
    person = teller.person
    await teller.begin()
    await teller.tell("entity")
    await person.send_command("/start", PLANTED["payload"])
    await person.send_command("/whatever", PLANTED["payload"])
    await person.send_command("/help", PLANTED["command"])
    await quiet(teller)
    await person.send_command("/back", PLANTED["command"])
    await person.send_photo(PLANTED["caption"])
    await person.send_document(f"{PLANTED['file name']}.pdf", b"content", PLANTED["caption"])
    await person.send_contact(PLANTED["phone"], PLANTED["caption"])
    await person.send_location(12.3456789, 98.7654321)
    await quiet(teller)
    await person.tap(data=f"1:{PLANTED['forged tap']}")
    await person.tap(data=PLANTED["forged tap"])
    message = await person.send_text("something")
    await person.edit_text(message.message_id, PLANTED["edited"])
    await quiet(teller)


async def search(linnet: Linnet, teller: Teller, everything: Secrets, when: str) -> None:
    """Search while Linnet runs, and what a killed one leaves behind; then it goes on."""
    await quiet(teller)
    assert hits(linnet.home, everything) == [], when
    await linnet.kill()
    assert hits(linnet.home, everything) == [], when
    await linnet.start()


def digits(receipt: str) -> Secrets:
    bare = re.sub(r"\D", "", receipt)
    return {"receipt": receipt, "receipt, bare": bare, "receipt, as a number": int(bare), "half": receipt[:9]}


TROUBLE = {
    "a missing table": ("ALTER TABLE slots RENAME TO elsewhere", "ALTER TABLE elsewhere RENAME TO slots"),
    "an insert that is refused": (
        "CREATE TRIGGER no BEFORE INSERT ON slots BEGIN SELECT RAISE(ABORT, 'no'); END",
        "DROP TRIGGER no",
    ),
    "a damaged session": ("UPDATE sessions SET body = zeroblob(300)", "SELECT 1"),
    "a lock": ("BEGIN EXCLUSIVE", "ROLLBACK"),
}


@pytest.mark.slow
@pytest.mark.parametrize("trouble", TROUBLE)
async def test_a_database_that_fails_says_nothing_either(
    warm: Warm, prepared: Path, tmp_path: Path, trouble: str
) -> None:
    breaks, mends = TROUBLE[trouble]
    async with FakeTelegram() as telegram, running(warm, prepared, tmp_path, **by_polling(telegram)) as linnet:
        teller = Teller(somebody(telegram), PLAN)
        async with at_the_page(await linnet.start(), PLAN) as browsing:
            await teller.begin()
            await teller.tell("story")
            await browsing.tell("story")
            everything: Secrets = {**EVERYTHING, "session": browsing.session}
            with closing(sqlite3.connect(tmp_path / DEMO / "linnet.db", isolation_level=None)) as database:
                database.execute(breaks)
                sending = teller.person.send_text(f"first {PLANTED['story']}")
                await asyncio.gather(sending, browsing.act("story"))
                await asyncio.sleep(0.5)
                await teller.person.wait_idle(timeout=30)
                database.execute(mends)
            shown = "\n".join(message.text for message in teller.person.chat() if message.from_bot)
            if trouble == "a damaged session":
                assert teller.at() == "language"
            else:
                assert "could not be saved" in shown
                assert "could not be saved" in browsing.browser.page.text()
                assert PLANTED["story"] in (browsing.browser.page.main.box or "")  # given back, to be sent again
                assert PLANTED["story"] in str([message.text for message in teller.person.chat()])
                assert teller.at() == "story"
                await teller.tell("review")
                await browsing.browser.press(None, PLANTED["story"])
                assert browsing.at() == "story_ok"
            assert hits(tmp_path, everything) == []
        await linnet.kill()
        assert hits(tmp_path, everything) == []
        assert "Traceback" not in linnet.said()


@pytest.mark.slow
async def test_a_database_that_turns_into_noise_says_nothing_either(warm: Warm, prepared: Path, tmp_path: Path) -> None:
    async with FakeTelegram() as telegram, running(warm, prepared, tmp_path, **by_polling(telegram)) as linnet:
        teller = Teller(somebody(telegram), PLAN)
        await linnet.start()
        await teller.begin()
        await teller.tell("story")
        await quiet(teller)
        file = tmp_path / DEMO / "linnet.db"
        file.write_bytes(b"\xa5" * file.stat().st_size)
        await teller.person.send_text(PLANTED["story"])
        await teller.person.wait_for("could not be saved", 30)
        await quiet(teller)
        assert hits(tmp_path, EVERYTHING) == []
        assert "Traceback" not in linnet.said()
