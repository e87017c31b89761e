"""What is logged: our own events, warnings of libraries without their words, and nothing of a person."""

import logging

import pytest

from bot.logs import TALKATIVE, quiet_libraries
from bot.staff_door import Webhook
from tests.bot.staff_office import SECRET
from tests.cases.chains import CHAIN, OWNER, REFERENCE, report
from tests.fakes.faults import BadGateway, DropBefore, Forbidden
from tests.fakes.telegram import STAFF_TOKEN


@pytest.fixture
def quiet():
    """Quiet libraries for one test, although each of them was set to be as loud as it gets."""
    names = [*TALKATIVE, *(name for name in logging.root.manager.loggerDict if name.split(".")[0] in TALKATIVE)]
    before = [(logger, logger.level) for logger in map(logging.getLogger, names)]
    factory = logging.getLogRecordFactory()
    quiet_libraries()
    for logger, _ in before:
        logger.setLevel(logging.DEBUG)
    yield
    for logger, level in before:
        logger.setLevel(level)
    logging.setLogRecordFactory(factory)


async def test_nothing_of_a_person_is_logged_even_at_debug(quiet, caplog, capfd, polling):
    caplog.set_level(logging.DEBUG)
    phone = await polling.linked()
    await phone.send_text("a canary in a message")
    await report(polling.store, CHAIN)
    for fault in (BadGateway(html=True), DropBefore(), Forbidden()):
        polling.server.inject(STAFF_TOKEN, "sendDocument", fault=fault)
        await polling.drain.once()
        polling.clock.now += 300
    await phone.tap(data=f"have:{REFERENCE}", message_id=1)
    await phone.wait_idle()
    shown = caplog.text + "".join(capfd.readouterr())
    assert "staff_linked" in shown
    for secret in ("canary", STAFF_TOKEN, "2002", "Noor", "noor_at_work", REFERENCE, OWNER, polling.server.url):
        assert secret not in shown


def test_a_library_that_complains_is_named_and_not_quoted(quiet, caplog):
    caplog.set_level(logging.DEBUG)
    library = logging.getLogger("telegram.ext.Application")
    fault = ValueError("a canary in an exception")
    library.error("a canary in a message %s", "canary", exc_info=fault, stack_info=True)
    library.debug("a canary below")
    logging.getLogger("somebody.else").warning("a canary of a library that nobody thought of")
    names = {"telegram.ext.Application", "somebody.else"}
    assert [(record.name, record.getMessage()) for record in caplog.records if record.name in names] == [
        ("telegram.ext.Application", "library_said error=ValueError"),
        ("telegram.ext.Application", "library_said error=none"),
        ("somebody.else", "library_said error=none"),
    ]
    assert "canary" not in caplog.text


def test_our_own_events_are_kept_as_they_are(quiet, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("bot.alerts").info("alerts_sent count=%d", 3)
    assert "alerts_sent count=3" in [record.getMessage() for record in caplog.records]


def test_records_that_come_from_another_process_can_still_be_made(quiet):
    record = logging.makeLogRecord({"name": "bot.alerts", "msg": "alerts_sent count=%d", "args": (2,)})
    assert record.getMessage() == "alerts_sent count=2"


def test_libraries_are_heard_from_warnings_on(quiet):
    quiet_libraries()
    assert not any(logging.getLogger(f"{name}.part").isEnabledFor(logging.INFO) for name in TALKATIVE)


def test_the_bot_keeps_its_token_out_of_reprs():
    assert SECRET not in repr(Webhook("https://example.org/staff", SECRET))
