"""`linnet outbox` and `linnet directory invite`: what an operator sees, and exit codes for monitoring."""

import asyncio
from datetime import UTC, date, datetime
from secrets import token_bytes

import pytest
import typer
from typer.testing import CliRunner

from bot.commands import directory, invite, outbox
from cases import outbox as rows
from cases.staff import address_of, link, read_code
from crypto.vault import Vault, new_secrets
from tests.bot.directory_folders import signed_folder
from tests.cases.chains import ALTERNATE, HOUR, OWNER, REFERENCE, an_alert, opened, report, state_of

NOW = int(datetime.now(UTC).timestamp())


@pytest.fixture
def app():
    program = typer.Typer()
    program.callback()(lambda: None)
    directory.register(program)
    invite.register(program)
    outbox.register(program)
    return program


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working directory with a database, a secret file and a directory, named by the environment."""
    monkeypatch.chdir(tmp_path)
    asyncio.run(on_store(tmp_path, None))
    (tmp_path / "secret").write_text(new_secrets(token_bytes, date(2025, 11, 23)).render())
    monkeypatch.setenv("LINNET_DATABASE_URL", f"sqlite:///{tmp_path}/linnet.db")
    monkeypatch.setenv("LINNET_SECRET_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("LINNET_DIRECTORY", str(tmp_path / "directory"))
    return tmp_path


async def on_store(place, work):
    async with opened(place / "linnet.db") as store:
        return await work(store) if work else None


def do(place, work):
    return asyncio.run(on_store(place, work))


def run(app, *args):
    return CliRunner().invoke(app, [str(arg) for arg in args])


async def failing(store, fault, now=NOW):
    """A report whose owner's alert has failed and whose alternate's turn is to come."""
    await report(store, ((OWNER, 0, now - 60), (ALTERNATE, 1, now + 24 * HOUR)))
    [claimed] = await rows.claim(store, now, 10, 120)
    if fault == "blocked":
        await rows.dead(store, claimed.id, fault)
    else:
        await rows.later(store, claimed.id, now + HOUR, fault, counted=False)


def test_an_empty_outbox_is_good_news(app, place):
    result = run(app, "outbox")
    assert (result.exit_code, result.output) == (0, "Nothing waits.\n")


def test_a_turn_that_is_to_come_is_shown_and_is_no_fault(app, place):
    do(place, lambda store: report(store, ((OWNER, 0, NOW + 24 * HOUR),)))
    result = run(app, "outbox")
    assert result.exit_code == 0
    head, row = result.output.splitlines()
    assert head.split() == ["REFERENCE", "RECIPIENT", "KIND", "STATE", "ATTEMPTS", "DUE", "(UTC)", "FAULT"]
    due = datetime.fromtimestamp(NOW + 24 * HOUR, tz=UTC).strftime("%Y-%m-%d %H:%M")
    assert row.split() == [REFERENCE, OWNER, "alert", "waiting", "0", *due.split(), "-"]


@pytest.mark.parametrize(("fault", "state"), [("blocked", "dead"), ("not_linked", "waiting")])
def test_what_is_stuck_is_named_explained_and_fails_the_command(app, place, fault, state):
    do(place, lambda store: failing(store, fault))
    result = run(app, "outbox")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[1].split()[:4] == [REFERENCE, OWNER, "alert", state]
    assert lines[1].endswith(fault)
    assert lines[3].startswith(f"{fault}: ")
    assert lines[-1] == "1 of 2 stuck"


def test_every_kind_of_message_is_told_apart_and_waiting_in_turn_is_no_fault(app, place):
    async def several(store):
        async with store.writing() as connection:
            rows_ = [an_alert(due=NOW + HOUR, template=one) for one in ("staff_alert", "staff_reminder", "staff_test")]
            rows_ += [an_alert("c", NOW + HOUR, template=one) for one in ("awaiting_owner", "coverage_alarm")]
            rows_.append(an_alert("c", NOW + HOUR, "day20780", template="coverage_gap"))
            await rows.insert_alerts(connection, rows_, entropy=token_bytes)
        for claimed in await rows.claim(store, NOW + HOUR, 9, 60):
            if (fault := faults.get(claimed.alert.template)) is not None:
                await rows.later(store, claimed.id, NOW + HOUR, fault, counted=False)

    faults = {"staff_alert": "away", "staff_reminder": "after_alert", "awaiting_owner": "late"}
    do(place, several)
    result = run(app, "outbox")
    assert result.exit_code == 0
    kinds = {(line.split()[0], line.split()[2]) for line in result.output.splitlines()[1:]}
    assert kinds == {(REFERENCE, one) for one in ("alert", "reminder", "awaiting", "alarm", "test")} | {("-", "gap")}


def test_an_alert_that_nobody_sends_is_stuck(app, place):
    do(place, lambda store: report(store, ((OWNER, 0, NOW - HOUR),)))
    result = run(app, "outbox")
    assert (result.exit_code, result.output.splitlines()[-1]) == (1, "1 of 1 stuck")


def test_a_dead_alert_is_put_back(app, place):
    do(place, lambda store: failing(store, "blocked"))
    assert run(app, "outbox", "retry", REFERENCE.lower()).output == "1 put back\n"
    assert do(place, state_of) == ("waiting", None)
    again = run(app, "outbox", "retry", REFERENCE)
    assert (again.exit_code, again.output) == (1, f"nothing of {REFERENCE} is dead\n")


def test_an_option_wins_over_the_environment(app, place, monkeypatch):
    do(place, lambda store: failing(store, "blocked"))
    url = f"sqlite:///{place}/linnet.db"
    monkeypatch.setenv("LINNET_DATABASE_URL", "sqlite:////nowhere/linnet.db")
    assert run(app, "outbox").exit_code == 2
    assert run(app, "outbox", "--database", url).exit_code == 1
    assert run(app, "outbox", "--database", url, "retry", REFERENCE).exit_code == 0
    assert run(app, "outbox", "retry", REFERENCE, "--database", url).exit_code == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:///missing.db", "missing.db: there is no such database"),
        ("nonsense", "the database address cannot be read"),
        ("sqlite:///secret", "the database refused: DatabaseError"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line(app, place, url, said):
    result = run(app, "outbox", "--database", url)
    assert (result.exit_code, result.output) == (2, said + "\n")
    assert not (place / "missing.db").exists()


def test_a_reference_that_is_none_is_refused(app, place):
    assert run(app, "outbox", "retry", "not-one").exit_code == 2


def test_an_invitation_links_the_person_it_was_made_for(app, place):
    signed_folder(place)
    result = run(app, "directory", "invite", "ana")
    assert result.exit_code == 0, result.output
    code = read_code(result.output.splitlines()[0].removeprefix("Code for ana: "))
    vault = Vault(invite.vault_at(place / "secret").secrets)

    async def used(store):
        person = await link(store, vault, 2002, code, now=NOW, entropy=token_bytes)
        return person, await address_of(store, vault, person)

    assert do(place, used) == ("ana", 2002)
    assert run(app, "directory", "unlink", "ana").exit_code == 0
    assert run(app, "directory", "unlink", "ana").exit_code == 1


def test_nobody_outside_the_directory_is_invited(app, place):
    signed_folder(place)
    result = run(app, "directory", "invite", "somebody")
    assert result.exit_code == 2
    assert "there is no person 'somebody'" in result.output


def test_a_missing_secret_file_is_one_line(app, place):
    signed_folder(place)
    result = run(app, "directory", "invite", "ana", "--secret", "elsewhere")
    assert (result.exit_code, len(result.output.splitlines())) == (2, 1)


def test_the_directory_commands_come_first():
    with pytest.raises(LookupError):
        invite.register(typer.Typer())
