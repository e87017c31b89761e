"""What the tests of the whole share: a warm starter, and the demonstration's folder, prepared once."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.commands.run import PASSPHRASE
from bot.demo_directory import prepare
from crypto.vault import new_secrets
from tests.whole.running import DEMO, Warm


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
