"""The table of methods, and the check of one call against it.

Telegram's own server ignores parameters it does not know, so that a misspelt one passes in silence.
Here every parameter must be in ``methods.yaml`` with the right type, and documented limits hold.

Values arrive in two shapes. From a JSON body they are JSON values. From a form every value is a string:
numbers in decimal, booleans as ``true``/``false``, and objects as JSON text. Inside that JSON text the
values are JSON values again.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TABLE = Path(__file__).with_name("methods.yaml")
_RULE = re.compile(r"(?P<type>.+?)(?P<required> required)?(?:, (?P<low>\d+)\.\.(?P<high>\d+)(?: (?P<unit>\w+))?)?")
_NUMBER = re.compile(r"-?\d+")
_MEASURES: dict[str | None, Callable[[Any], int]] = {
    "characters": len,
    "bytes": lambda value: len(value.encode()),
    "items": len,
    None: lambda value: value,
}


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart body."""

    name: str | None
    content: bytes
    mime: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What one parameter or field must be."""

    kind: str
    required: bool
    low: int
    high: int | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a call breaks the table: where, and in words."""

    where: str
    why: str


class MistypedError(Exception):
    """A value is not of its type."""


@cache
def table() -> Mapping[str, Any]:
    """The whole table, read once."""
    raw = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return {
        "methods": {name: _rules(fields) for name, fields in raw["methods"].items()},
        "types": {name: _rules(fields) for name, fields in raw["types"].items()},
        "words": raw["words"],
    }


def known(method: str) -> bool:
    """Whether the table has this method, spelt exactly so."""
    return method in table()["methods"]


def check(
    method: str, params: Mapping[str, object], uploads: Mapping[str, Upload], *, form: bool
) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """Types the parameters of a call and lists what is wrong with them.

    Args:
        method: a method the table knows.
        params: as they arrived, without the files.
        uploads: the files of a multipart body, by part name.
        form: whether values are a form's strings rather than JSON values.

    Returns:
        The typed parameters, and the faults; with faults the parameters are incomplete.
    """
    reader = _Reader(dict(uploads))
    parts = {**params, **{name: upload for name, upload in uploads.items() if name in _rules_of(method)}}
    typed = reader.fields(_rules_of(method), parts, "", form=form)
    for name in uploads.keys() - reader.used:
        reader.faults.append(Fault(name, "an uploaded file that no parameter names"))
    return typed, tuple(reader.faults)


def _rules_of(method: str) -> dict[str, Rule]:
    rules: dict[str, Rule] = table()["methods"][method]
    return rules


def _rules(fields: Mapping[str, str]) -> dict[str, Rule]:
    found = {}
    for name, text in fields.items():
        match = _RULE.fullmatch(text)
        if match is None:
            message = f"{TABLE.name}: cannot read the rule {text!r} of {name}"
            raise ValueError(message)
        high = match["high"]
        found[name] = Rule(
            kind=match["type"],
            required=match["required"] is not None,
            low=int(match["low"] or 0),
            high=int(high) if high else None,
            unit=match["unit"],
        )
    return found


class _Reader:
    """Reads one call, collecting faults and the uploads that were used."""

    def __init__(self, uploads: dict[str, Upload]) -> None:
        self.uploads = uploads
        self.used: set[str] = set()
        self.faults: list[Fault] = []

    def fields(self, rules: Mapping[str, Rule], values: Mapping[str, Any], at: str, *, form: bool) -> dict[str, Any]:
        """Types the fields of an object, or of the call itself."""
        typed = {}
        for name in values:
            if name not in rules:
                self.faults.append(Fault(f"{at}{name}", "unknown"))
        for name, rule in rules.items():
            if values.get(name) is None:
                if rule.required:
                    self.faults.append(Fault(f"{at}{name}", "missing"))
                continue
            try:
                value = self.value(rule.kind, values[name], f"{at}{name}", form=form)
            except MistypedError:
                self.faults.append(Fault(f"{at}{name}", f"not of type {rule.kind}"))
                continue
            measure = _MEASURES[rule.unit](value) if rule.high is not None else 0
            if rule.high is not None and not rule.low <= measure <= rule.high:
                unit = f" {rule.unit}" if rule.unit else ""
                self.faults.append(Fault(f"{at}{name}", f"{measure}{unit}, not {rule.low} to {rule.high}"))
            typed[name] = value
        return typed

    def value(self, kind: str, value: Any, at: str, *, form: bool) -> Any:
        """Types one value; raises `MistypedError`."""
        if kind == "InputFile or String":
            return self.file(value)
        if kind == "InputFile":
            file = self.file(value)
            return file if isinstance(file, Upload) else _mistyped()
        if " or " in kind:
            return self.union(kind.split(" or "), value, at, form=form)
        if kind.startswith("Array of "):
            items = _parsed(value) if isinstance(value, str) else value
            if not isinstance(items, list):
                raise MistypedError
            inner = kind.removeprefix("Array of ")
            return [self.value(inner, item, f"{at}[{i}]", form=False) for i, item in enumerate(items)]
        if kind in table()["types"]:
            fields = _parsed(value) if isinstance(value, str) else value
            if not isinstance(fields, dict):
                raise MistypedError
            return self.fields(table()["types"][kind], fields, f"{at}.", form=False)
        if kind in table()["words"]:
            return _word(table()["words"][kind], value)
        return _SCALARS[kind](value, form)

    def union(self, kinds: list[str], value: Any, at: str, *, form: bool) -> Any:
        """Types a value of several possible types: the object type is told by its required field."""
        if kinds == ["Integer", "String"]:
            if isinstance(value, str):
                return int(value) if _NUMBER.fullmatch(value) else value
            return _integer(value, False)
        fields = _parsed(value) if isinstance(value, str) else value
        if not isinstance(fields, dict):
            raise MistypedError
        for kind in kinds:
            needed = [name for name, rule in table()["types"][kind].items() if rule.required]
            if any(name in fields for name in needed):
                return self.value(kind, fields, at, form=form)
        raise MistypedError

    def file(self, value: Any) -> Upload | str:
        """A file sent along: as the part itself, by ``attach://``, or by a file id."""
        if isinstance(value, Upload):
            self.used.update(name for name, upload in self.uploads.items() if upload is value)
            return value
        if not isinstance(value, str) or not value:
            raise MistypedError
        if not value.startswith("attach://"):
            return value
        name = value.removeprefix("attach://")
        if name not in self.uploads:
            raise MistypedError
        self.used.add(name)
        return self.uploads[name]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise MistypedError from error


def _mistyped() -> Any:
    raise MistypedError


def _integer(value: Any, form: bool) -> int:
    if form and isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    if form or isinstance(value, bool) or not isinstance(value, int):
        raise MistypedError
    return value


def _boolean(value: Any, form: bool) -> bool:
    allowed = {"true": True, "false": False} if form else {True: True, False: False}
    if isinstance(value, (str, bool)) and value in allowed:
        return allowed[value]  # type: ignore[index]  # the key is of the map's own type here
    raise MistypedError


def _true(value: Any, form: bool) -> bool:
    return _boolean(value, form) or _mistyped()


def _string(value: Any, form: bool) -> str:
    if not isinstance(value, str):
        raise MistypedError
    return value


def _word(words: list[str], value: Any) -> str:
    if not isinstance(value, str):
        raise MistypedError
    if len(words) == 1 and words[0].startswith("/"):
        if re.fullmatch(words[0].strip("/"), value) is None:
            raise MistypedError
    elif value not in words:
        raise MistypedError
    return value


_SCALARS: dict[str, Callable[[Any, bool], Any]] = {
    "Integer": _integer,
    "Boolean": _boolean,
    "String": _string,
    "True": _true,
}
