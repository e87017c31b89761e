"""`linnet keys`: make private keys on their holder's device, and keep the server's secret file."""

import contextlib
import secrets
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.private_file import PUBLIC, replace_whole, write_new
from bot.commands.terminal import new_passphrase, read_text, refuse
from crypto.errors import KeyFileError, SecretFileError
from crypto.keyfile import write_key
from crypto.keys import PRACTICE_NAME, PublicKey, RecipientKey, is_practice
from crypto.signing import VERIFY_PREFIX, SigningKey, VerifyKey, write_signing_key
from crypto.vault import Secrets, new_secrets, parse_secrets

KEEP_DAYS = 3
"""Drafts expire after 72 hours without an event; nothing older is under a superseded key."""

_ASKED_OR_READ = "File whose first line is the passphrase; without it you are asked."
_OUT = "The private key file to make; the public line goes beside it, with .pub added."
_PRACTICE = "For practice with invented cases, and for nothing else."
_PERSON = "Your id in the directory, written into the file to tell files apart."


def register(app: typer.Typer) -> None:
    """Add the group of commands to the program."""
    group = typer.Typer(no_args_is_help=True, help="Make and look at keys; keep the server's secret file.")
    group.command("new")(new)
    group.command("signing")(signing)
    group.command("show")(show)
    group.command("secret")(secret)
    group.command("rotate")(rotate)
    app.add_typer(group, name="keys")


def new(
    out: Annotated[Path, typer.Option(metavar="FILE", help=_OUT)],
    passphrase_file: Annotated[Path | None, typer.Option(metavar="F", help=_ASKED_OR_READ)] = None,
    person: Annotated[str | None, typer.Option(metavar="ID", help=_PERSON)] = None,
    practice: Annotated[bool, typer.Option("--practice", envvar="LINNET_PRACTICE", help=_PRACTICE)] = False,
) -> None:
    """Make a recipient's key on this device: a protected private file and a public line."""
    _refuse_existing(out)
    key = RecipientKey.generate(secrets.token_bytes, practice=practice)
    try:
        text = write_key(key, new_passphrase(passphrase_file), secrets.token_bytes, person=person)
    except KeyFileError as error:
        refuse(str(error))
    _write_pair(out, text, key.public.to_text())
    if practice:
        typer.echo("This key is for practice. It opens nothing real, and nothing real is sealed to it.")
    typer.echo(f"Private key: {out} (keep it, and a copy of it, to yourself; without it nothing opens)")
    typer.echo(f"Public line: {_public_path(out)} (give this one to your coordinator)")
    typer.echo(f"Fingerprint: {_fingerprint(key.public.key_id)} (read it out to them, by voice)")


def signing(
    out: Annotated[Path, typer.Option(metavar="FILE", help=_OUT)],
    passphrase_file: Annotated[Path | None, typer.Option(metavar="F", help=_ASKED_OR_READ)] = None,
    person: Annotated[str | None, typer.Option(metavar="ID", help=_PERSON)] = None,
) -> None:
    """Make the key that signs the directory. Keep it off the server."""
    _refuse_existing(out)
    key = SigningKey.generate(secrets.token_bytes)
    try:
        text = write_signing_key(key, new_passphrase(passphrase_file), secrets.token_bytes, person=person)
    except KeyFileError as error:
        refuse(str(error))
    _write_pair(out, text, key.verify_key.to_text())
    typer.echo(f"Signing key: {out} (keep it off the server)")
    typer.echo(f"Public line: {_public_path(out)} (the server checks the directory with it)")
    typer.echo(f"Fingerprint: {_fingerprint(key.verify_key.key_id)}")


def show(file: Annotated[Path, typer.Argument(metavar="FILE.pub", help="A public line.")]) -> None:
    """Show what a public line is, and its fingerprint, to compare by voice."""
    text = read_text(file)
    try:
        if text.startswith(VERIFY_PREFIX):
            kind, name = "verification key of a directory", VerifyKey.from_text(text).key_id
        else:
            public = PublicKey.from_text(text)
            kind, name = f"public key of a recipient{', for practice' if public.practice else ''}", public.key_id
    except KeyFileError as error:
        refuse(f"{file}: {error}")
    typer.echo(f"Kind:        {kind}")
    typer.echo(f"Key id:      {name}")
    typer.echo(f"Fingerprint: {_fingerprint(name)}")


def secret(out: Annotated[Path, typer.Option(metavar="FILE", help="The secret file to make.")]) -> None:
    """Make the server's secret file, readable by its owner alone."""
    fresh = new_secrets(secrets.token_bytes, _today())
    try:
        write_new(out, fresh.render())
    except FileExistsError:
        refuse(f"{out}: already exists; a new one would make everything kept unreadable")
    except OSError as error:
        refuse(f"{out}: cannot be written ({error.strerror})")
    typer.echo(f"Secret file: {out} (back it up apart from the database)")


def rotate(
    secret_file: Annotated[Path, typer.Option("--secret", metavar="FILE", help="The server's secret file.")],
    keep_days: Annotated[
        int, typer.Option(min=0, help="Whole days for which a superseded key may still be needed.")
    ] = KEEP_DAYS,
) -> None:
    """Add a new vault key and destroy those that nothing needs any more, in one step."""
    try:
        held = parse_secrets(read_text(secret_file))
        rotated = held.rotate(secrets.token_bytes, _today()).retire(_today(), keep_days)
    except SecretFileError as error:
        refuse(f"{secret_file}: {error}")
    try:
        replace_whole(secret_file, rotated.render())
    except OSError as error:
        refuse(f"{secret_file}: cannot be replaced ({error.strerror}); it is as it was")
    typer.echo(f"Added vault key {rotated.vault_keys[-1].number}. Restart Linnet, so that it is used.")
    gone = ", ".join(str(number) for number in _numbers(held) if number not in _numbers(rotated))
    typer.echo(f"Destroyed: {gone or 'none'}. Copies in backups of this file are yours to destroy.")


def _numbers(held: Secrets) -> list[int]:
    return [key.number for key in held.vault_keys]


def _today() -> date:
    return datetime.now(UTC).date()


def _public_path(out: Path) -> Path:
    return out.with_name(f"{out.name}.pub")


def _refuse_existing(out: Path) -> None:
    # Before the passphrase is asked for: nobody should think one up in vain.
    for path in (out, _public_path(out)):
        if path.exists():
            refuse(f"{path}: already exists, and is left as it is; choose another name")


def _write_pair(out: Path, private: str, public: str) -> None:
    try:
        write_new(out, private)
    except OSError as error:
        refuse(f"{out}: cannot be written ({error.strerror})")
    try:
        write_new(_public_path(out), public + "\n", mode=PUBLIC)
    except OSError as error:
        # A private key whose public half was never shown is of no use to anybody.
        with contextlib.suppress(OSError):
            out.unlink()
        refuse(f"{_public_path(out)}: cannot be written ({error.strerror})")


def _fingerprint(key_id: str) -> str:
    kind, name = (PRACTICE_NAME, key_id.removeprefix(PRACTICE_NAME)) if is_practice(key_id) else ("", key_id)
    groups = [kind.rstrip("-"), *(name[at : at + 4] for at in range(0, len(name), 4))]
    return " ".join(group for group in groups if group)
