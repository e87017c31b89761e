"""`linnet open`: a focal point reads a sealed report, on their own device.

The file is at hand, or fetched from the server by its reference. Nothing is written to disk, and nothing of what is
read is sent anywhere. The words go to the terminal, made harmless for it (see `bot.commands.terminal`); with `--json`
they go out as ASCII JSON, for another program.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands.staff_session import Practice, holder, known_reference, private_key, with_server
from bot.commands.terminal import UNOPENABLE, printable, read_bytes, read_text, refuse, say
from crypto.errors import OpenError
from crypto.keys import RecipientKey
from crypto.seal import PRACTICE, Address, Opened, open_envelope, read_address

MAX_SEALED_BYTES = 64 * 1024 * 1024
INDENT = "    "

_MARK = "PRACTICE. This case is invented; nothing in it is real."
_OTHER_KIND = {
    False: "is an invented case, for practice; to open it, add --practice and use your practice key",
    True: "is not for practice: it may be about somebody real; open it without --practice, with your own key",
}
_ASKED_OR_READ = "File whose first line is the passphrase; without it you are asked."


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("open")(open_report)


def open_report(
    file: Annotated[str, typer.Argument(metavar="FILE|REFERENCE", help="A .linnet file; with --server, a reference.")],
    key: Annotated[Path, typer.Option(metavar="KEY", envvar="LINNET_KEY", help="Your private key file.")],
    server: Annotated[str | None, typer.Option(metavar="URL", help="Fetch it from this server.")] = None,
    passphrase_file: Annotated[Path | None, typer.Option(metavar="F", help=_ASKED_OR_READ)] = None,
    practice: Practice = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for another program.")] = False,
) -> None:
    """Open a sealed report with your private key and print it. Nothing is written to disk."""
    if server is None:
        opened = _from_file(Path(file), key, passphrase_file, practice=practice)
    else:
        private = private_key(key, passphrase_file, practice=practice)
        opened = _from_server(known_reference(file), server, private)
    if as_json:
        typer.echo(_as_json(opened))
    else:
        say("\n".join(_lines(opened)))


def _from_file(file: Path, key: Path, passphrase_file: Path | None, *, practice: bool) -> Opened:
    data = read_bytes(file, limit=MAX_SEALED_BYTES)
    key_text = read_text(key)
    address = _address(data, file)
    if address.purpose.startswith(PRACTICE) != practice:
        refuse(f"{file}: {_OTHER_KIND[practice]}", UNOPENABLE)
    held = holder(key, key_text, practice=practice).key_id
    if held != address.key_id:
        # Both ids stand in the clear in the two files: the holder learns nothing new.
        refuse(
            f"{file}: was sealed for the key {address.key_id}; {key} holds {held}. Use the other key's file.",
            UNOPENABLE,
        )
    return _opened(data, private_key(key, passphrase_file, practice=practice), str(file))


def _from_server(reference: str, server: str, private: RecipientKey) -> Opened:
    opened = _opened(with_server(server, private, lambda client: client.fetch(reference)), private, reference)
    if opened.reference != reference:
        refuse(f"{reference}: the server gave another report than this one", UNOPENABLE)
    return opened


def _opened(data: bytes, private: RecipientKey, name: str) -> Opened:
    try:
        return open_envelope(data, private)
    except OpenError as error:
        refuse(_changed(name, error), UNOPENABLE)


def _address(data: bytes, file: Path) -> Address:
    try:
        return read_address(data)
    except OpenError as error:
        refuse(_changed(str(file), error), UNOPENABLE)


def _changed(name: str, error: OpenError) -> str:
    return f"{name}: {error}. It may be cut or changed: fetch it again, or ask for it again."


def _content(opened: Opened) -> Any:
    """The report as JSON values, or as text if it is not JSON."""
    text = opened.plaintext.decode("utf-8", errors="replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _as_json(opened: Opened) -> str:
    whole = {"purpose": opened.purpose, "reference": opened.reference, "content": _content(opened)}
    if opened.purpose.startswith(PRACTICE):
        whole = {"practice": _MARK} | whole
    return json.dumps(whole, ensure_ascii=True, indent=2)


def _lines(opened: Opened) -> list[str]:
    """Lay a report out: its reference, each question with its answer, then whatever else it holds."""
    practice = opened.purpose.startswith(PRACTICE)
    lines = [_MARK, ""] if practice else []
    lines.append(f"{opened.purpose.removeprefix(PRACTICE).capitalize()} {opened.reference}")
    content = _content(opened)
    match content:
        case {"answers": list(answers)}:
            language = content.get("language")
            for entry in answers:
                lines += ["", *_entry(entry, language if isinstance(language, str) else "en")]
            rest = {name: value for name, value in content.items() if name not in {"answers", "format", "mailbox"}}
            if rest:
                lines += ["", *_members(rest)]
        case dict():
            lines += ["", *_members(content)]
        case str(text):
            lines += ["", *_indented(text)]
        case other:
            lines += ["", *_indented(_compact(other))]
    if practice:
        lines += ["", _MARK]
    return lines


def _entry(entry: Any, language: str) -> list[str]:
    """One question and its answer, in English first and then in the reporter's language."""
    if not isinstance(entry, dict):
        return _indented(_compact(entry))
    others = {name: value for name, value in entry.items() if name not in {"node", "question", "answer", "text"}}
    lines = _wordings(entry.get("question", entry.get("node", "")), language)
    if "answer" in entry:
        answer = entry["answer"]
        for chosen in answer if isinstance(answer, list) else [answer]:
            lines += [line for wording in _wordings(chosen, language) for line in _indented(wording)]
    if "text" in entry:
        lines += _indented(entry["text"] if isinstance(entry["text"], str) else _compact(entry["text"]))
    return lines + [f"{INDENT}{line}" for line in _members(others)]


def _wordings(value: Any, language: str) -> list[str]:
    """A text in every language it comes in, without repeating one; the id only if there is no text."""
    if not isinstance(value, dict):
        return [_flat(value if isinstance(value, str) else _compact(value))]
    texts = {tag: text for tag, text in value.items() if tag != "id" and isinstance(text, str)}
    order = [tag for tag in ("en", language) if tag in texts]
    order += [tag for tag in texts if tag not in order]
    wordings = list(dict.fromkeys(_flat(texts[tag]) for tag in order))
    odd = {name: item for name, item in value.items() if name not in texts and name != "id"}
    return (wordings or [_flat(str(value.get("id", "")))]) + _members(odd)


def _members(members: dict[str, Any]) -> list[str]:
    """Members this version does not know, by name: a newer report loses nothing on an older device."""
    lines = []
    for name, value in members.items():
        if isinstance(value, str) and "\n" in printable(value):
            lines += [f"{_flat(name)}:", *_indented(value)]
        else:
            lines.append(f"{_flat(name)}: {_flat(value) if isinstance(value, str) else _compact(value)}")
    return lines


def _indented(text: str) -> list[str]:
    """Set every line of a person's words in, so that none of them can pass for a line of ours."""
    # Made printable first: that turns the rarer line breaks into ones that are split here.
    return [f"{INDENT}{line}".rstrip() for line in printable(text).split("\n")]


def _flat(text: str) -> str:
    return " ".join(text.split())


def _compact(value: Any) -> str:
    return printable(json.dumps(value, ensure_ascii=False)).replace("\n", " ")
