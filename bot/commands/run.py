"""`linnet run` and `linnet check`: the service, and its check."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import typer

from bot.alerts import Courier
from bot.commands.terminal import refuse, say
from bot.crashes import quiet_crashes
from bot.logs import quiet_libraries
from bot.memory import close_memory
from bot.opening import Opened, OpeningError, open_all
from bot.reporter import ReporterBotRefusedError
from bot.service import Service
from bot.staff_door import StaffBotRefusedError
from cases.store import StoreError
from config.settings import Settings, SettingsError, load

_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("run")(run)
    app.command("check")(check)


def run() -> None:
    """Run Linnet with the settings of the environment or linnet.toml. Exits with 2 if something is not right."""
    serve(settings_of(), lambda _opened: ())


def check() -> None:
    """Check everything that `run` would need, open no door, and say what a newcomer should know."""
    settings = settings_of()

    async def look() -> None:
        opened = await open_all(settings)
        await opened.store.close()
        _tell(opened)

    try:
        asyncio.run(look())
    except OpeningError as error:
        refuse(str(error))
    say("Everything is in place.")


def settings_of(**given: Any) -> Settings:
    """Read the settings with the given values above all, or refuse."""
    try:
        return load(**given)
    except SettingsError as error:
        refuse(str(error))


def serve(settings: Settings, couriers: Callable[[Opened], Sequence[Courier]]) -> None:
    """Run until stopped, with further ways to reach people, or refuse."""
    close_memory()
    quiet_crashes()
    quiet_libraries()
    logging.basicConfig(level=settings.log_level, format=_FORMAT)

    async def run_service() -> None:
        opened = await open_all(settings)
        _tell(opened)
        await Service(opened, couriers(opened)).run(_ready(settings))

    try:
        asyncio.run(run_service())
    except (OpeningError, StoreError, ReporterBotRefusedError, StaffBotRefusedError) as error:
        refuse(str(error))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _ready(settings: Settings) -> Callable[[str], None]:
    def ready(address: str) -> None:
        say(f"Web page: {address}")
        for name, token in (("Reporter bot", settings.reporter_token), ("Staff bot", settings.staff_token)):
            say(f"{name}: {'on' if token else 'off (no token)'}")
        say(f"Alerts by e-mail: {'on' if settings.mail_server else 'off (LINNET_SMTP is not set)'}")
        sys.stdout.flush()

    return ready


def _tell(opened: Opened) -> None:
    """What must be said at every start, because nobody reads it anywhere else."""
    if opened.settings.practice:
        say("PRACTICE: for invented cases only. Every screen, alert and file says so.")
    unsigned = [tag for tag in opened.book.languages if not opened.languages.reviewed(tag)]
    if unsigned:
        say(f"Not reviewed by a native speaker yet: {', '.join(unsigned)}.")
    _tell_keys(opened)
    _tell_mail(opened)
    _tell_care(opened)


_PROTECTED: Final = {
    "tls": "encrypted",
    "starttls": "encrypted (STARTTLS, or nothing is sent)",
    "none": "in the clear, on this machine",
}


def _tell_mail(opened: Opened) -> None:
    """How alerts by e-mail leave, and who waits for them in vain."""
    server = opened.settings.mail_server
    by_mail = sum(person.email is not None for person in opened.people.directory.people.values())
    if server is None:
        if by_mail:
            say(f"No mail is sent, since LINNET_SMTP is not set; in the directory {by_mail} people have an address.")
    elif server.exposed:
        say(f"UNSAFE: mail to {server.host} crosses the network in the clear (LINNET_SMTP_TLS=off).")
        say("    Whoever listens sees who is told and when, and can change it. Only the sealed file itself is safe.")
    else:
        how = _PROTECTED[server.protection]
        say(f"Alerts by e-mail to {by_mail} people, through {server.host}, port {server.port}, {how}.")


def _tell_keys(opened: Opened) -> None:
    """Who has come of time since the directory was signed, and has no key; how many, and not who."""
    directory = opened.people.directory
    if missing := len(directory.receivers(datetime.now(UTC).date()) - opened.people.keys.keys()):
        say(f"Without a public key, and so passed over: {missing} of those who should receive today (directory check).")


def _tell_care(opened: Opened) -> None:
    """How far the help lines, the health advice and the rules on children can be trusted."""
    care = opened.care
    if not care.lines():
        say("No local help lines are configured (LINNET_CARE); people are told to call the local emergency number.")
    elif missing := [one for one in opened.people.directory.countries if one not in care.content().countries]:
        say(f"No help lines of their own: {', '.join(missing)}.")
    standing = care.standing()
    oldest = f", the longest ago on {standing.oldest}" if standing.oldest else ""
    say(
        f"Care content: of {standing.entries} entries, {standing.reviewed} are reviewed by a specialist"
        f" and {standing.verified} have been verified{oldest}."
    )
    for gap in care.gaps(opened.book.languages):
        say(f"Care content, {gap}; screens that show it come in English there.")
    if fault := care.fault:
        say(f"Care content: {fault}")
