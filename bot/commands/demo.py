"""`linnet demo` and `linnet practice`: the service on invented people, with everything it needs made on the spot.

Both make a folder of their own on the first start. In practice every screen, alert and file says that nothing is
real, and neither database nor keys nor directory can be used for anything else: that is for learning to handle cases.
The demonstration looks as the real thing does: that is for judging it.
"""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import typer

from bot.alerts import Courier
from bot.commands.private_file import write_new
from bot.commands.run import serve, settings_of
from bot.commands.terminal import refuse, say
from bot.couriers import Folder
from bot.demo_directory import DemoDirectory, prepare
from bot.opening import Opened, entropy
from config.settings import Settings
from crypto.vault import new_secrets
from routing.directory import Person
from routing.errors import DirectoryError

DEMO: Final = Path("var/demo")
PRACTICE: Final = Path("var/practice")
PASSPHRASE: Final = "only a demonstration"  # noqa: S105 -- printed on purpose; it guards invented keys


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("demo")(demo)
    app.command("practice")(practice)


def demo() -> None:
    """Run Linnet on a database of its own with invented people; made on the first start under var/demo."""
    say("This is a demonstration: every person, organisation and help line in it is invented.")
    _Stage(DEMO, practice=False).play()


def practice() -> None:
    """Run Linnet for practice with invented people; made on the first start under var/practice. Nothing is real."""
    _Stage(PRACTICE, practice=True).play()


@dataclass(frozen=True, slots=True)
class _Stage:
    """A folder with everything that one person needs to play all the parts."""

    folder: Path
    practice: bool

    def play(self) -> None:
        """Make what is missing, and run; or refuse."""
        made = self._made()
        given: dict[str, Any] = {
            "practice": self.practice,
            "secret_file": self.folder / "secret",
            "directory": made.folder,
            "directory_signer": str(made.signer_path),
        }
        if "LINNET_DATABASE_URL" not in os.environ:
            given["database_url"] = f"sqlite:///{self.folder}/linnet.db"
        if "LINNET_CARE" not in os.environ:
            given["care"] = Path(str(files("config") / "demo" / "care"))
        settings = settings_of(**given)
        if settings.staff_token is not None:
            say(self._invitation(settings, made))
        serve(settings, lambda opened: (self._terminal(opened, made),))

    def _made(self) -> DemoDirectory:
        today = datetime.now(UTC).date()
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = prepare(self.folder, passphrase=PASSPHRASE, entropy=entropy, today=today, practice=self.practice)
            for name, text in (
                ("secret", new_secrets(entropy, today).render()),
                ("passphrase", PASSPHRASE + "\n"),
            ):
                with suppress(FileExistsError):
                    write_new(self.folder / name, text)
        except DirectoryError as error:
            refuse(str(error))
        except OSError as error:
            refuse(f"{self.folder} cannot be written ({error.strerror})")
        return made

    def _terminal(self, opened: Opened, made: DemoDirectory) -> Courier:
        """The way to reach people without a staff bot: a file, and a line on the terminal that opens it."""

        def command_for(person: Person, path: Path) -> str:
            words = [_program(), "open", path, "--key", made.keys[person.id]]
            words += ["--passphrase-file", self.folder / "passphrase", *(["--practice"] if self.practice else [])]
            return shlex.join(str(word) for word in words)

        return Folder(self.folder / "alerts", opened.languages, command_for, lambda line: say(f"\n{line}\n"))

    def _invitation(self, settings: Settings, made: DemoDirectory) -> str:
        """How to link an account to the staff bot here, where nothing is at its usual place."""
        places = ["--database", settings.database_url, "--secret", settings.secret_file]
        words = [_program(), "directory", "invite", "PERSON", *places, "--directory", settings.directory]
        command = ("LINNET_PRACTICE=1 " if self.practice else "") + shlex.join(str(word) for word in words)
        people = ", ".join(made.keys)
        return f"To be told in the staff bot, link an account first:\n    {command}\n    PERSON: {people}"


def _program() -> str:
    """This program as it was called, to be typed again from the same folder."""
    return os.path.relpath(sys.argv[0]) if os.sep in sys.argv[0] else sys.argv[0]
