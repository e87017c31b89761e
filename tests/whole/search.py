"""Looks for what must be readable nowhere: in every file of an installation, in every shape it may have taken."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote


def shapes_of_text(text: str) -> dict[str, bytes]:
    """The bytes by which a text would be found: plain, encoded, or quoted by some library."""
    plain = text.encode()
    found = {
        "utf-8": plain,
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "hex": plain.hex().encode(),
        "HEX": plain.hex().upper().encode(),
        "json": json.dumps(text)[1:-1].encode(),
        "repr": repr(text)[1:-1].encode(),
        "repr of bytes": repr(plain)[2:-1].encode(),
        "url": quote(text).encode(),
        "form": quote(text, safe="").replace("%20", "+").encode(),
    }
    for shift in range(3):
        # What stands before and after a text changes the first and last digits of its base64.
        for name, encoded in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
            digits = encoded(b"\0" * shift + plain).rstrip(b"=")
            found[f"{name} + {shift}"] = digits[(shift * 8 + 5) // 6 : len(digits) - 1]
    return found


def shapes_of_number(number: int) -> dict[str, bytes]:
    """The bytes by which a number would be found: as text, or as an integer of any width, SQLite's six bytes too."""
    width = (number.bit_length() + 7) // 8
    return shapes_of_text(str(number)) | {
        "little-endian": number.to_bytes(width, "little"),
        "big-endian": number.to_bytes(width, "big"),
        "hexadecimal": f"{number:x}".encode(),
    }


def shapes(secrets: Mapping[str, str | int | bytes]) -> dict[str, dict[str, bytes]]:
    """All shapes of all secrets, by their names."""
    found = {}
    for name, secret in secrets.items():
        match secret:
            case int():
                found[name] = shapes_of_number(secret)
            case bytes():
                found[name] = {"raw": secret, "hex": secret.hex().encode()}
            case _:
                found[name] = shapes_of_text(secret)
    return found


def hits(folder: Path, secrets: Mapping[str, str | int | bytes]) -> list[str]:
    """Every find under ``folder``, in names and contents, as "file: secret (shape)"."""
    wanted = shapes(secrets)
    found = []
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if not path.is_file():
            continue
        content = name.encode() + b"\n" + path.read_bytes()
        for secret, forms in wanted.items():
            found += [f"{name}: {secret} ({form})" for form, needle in forms.items() if needle in content]
    return found
