"""What the tests of the whole share: a warm starter, and the demonstration's folder, prepared once."""

import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.commands.demo import PASSPHRASE
from bot.demo_directory import prepare
from crypto.vault import new_secrets
from tests.fakes.telegram import FakeTelegram
from tests.whole.meeting import Meet, Meeting
from tests.whole.running import DEMO, Warm, by_polling, by_webhook, running


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """Starts Linnet quickly, and ends with it whatever is left."""
    starter = Warm()
    yield starter
    starter.close()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as ``linnet demo`` makes it, without a database; to be copied, never to be used itself."""
    home = tmp_path_factory.mktemp("prepared")
    today = datetime.now(UTC).date()
    prepare(home / DEMO, passphrase=PASSPHRASE, entropy=secrets.token_bytes, today=today)
    for name, text in (
        ("secret", new_secrets(secrets.token_bytes, today).render()),
        ("passphrase", f"{PASSPHRASE}\n"),
    ):
        file = home / DEMO / name
        file.touch(mode=0o600)
        file.write_text(text, "utf-8")
    return home


@pytest.fixture
def meet(warm: Warm, prepared: Path, tmp_path: Path) -> Meet:
    """Open meetings, by webhook or by polling; to be entered with ``async with``."""

    @asynccontextmanager
    async def meeting(*, webhook: bool = False) -> AsyncIterator[Meeting]:
        async with FakeTelegram() as telegram:
            env = by_webhook(telegram) if webhook else by_polling(telegram)
            async with running(warm, prepared, tmp_path, **env) as linnet:
                await linnet.start()
                yield Meeting(telegram, linnet)
                assert telegram.violations == []
                assert "Traceback" not in linnet.said()
                assert "failed" not in linnet.said()

    return meeting
