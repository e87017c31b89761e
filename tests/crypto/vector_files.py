"""Reads the published vectors that stand beside the tests."""

import json
from pathlib import Path

FOLDER = Path(__file__).parent / "vectors"


def load(name: str):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))
