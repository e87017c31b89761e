"""A folder of care content with two countries, and how to change a file in it."""

from __future__ import annotations

import os
from pathlib import Path

BIRCH = """\
country: birch
name: {en: Birch, fr: Bouleau}
lines:
  - kind: health
    name: {en: Clinic, fr: Clinique}
    reach: "0 000 222"
    hours: {en: daytime, fr: le jour}
    source: invented
    verified: never
    reviewed: no
  - kind: child
    name: {en: Young, fr: Jeunes}
    reach: "0 000 333"
    hours: {en: evenings, fr: le soir}
    source: invented
    verified: 2026-11-02
    reviewed: yes
children:
  - text: {en: The elder must be told., fr: Il faut prévenir.}
    source: invented
    verified: never
    reviewed: no
"""
ANYWHERE = """\
lines:
  - name: {en: Line, fr: Ligne}
    reach: "0 000 111"
    hours: {en: always, fr: toujours}
    source: invented
    verified: 2026-11-01
    reviewed: no
"""


def filled(folder: Path) -> Path:
    """The folder with two countries and a general line in it."""
    (folder / "birch.yaml").write_text(BIRCH, "utf-8")
    (folder / "cedar.yaml").write_text(other("cedar"), "utf-8")
    (folder / "general.yaml").write_text(ANYWHERE, "utf-8")
    return folder


def other(name: str) -> str:
    """A second country: one line, no rule on children."""
    text = BIRCH.replace("birch", name).replace("Birch", name.title()).replace("Bouleau", name.title())
    return text.split("  - kind: child")[0].replace("222", "444")


def change(path, text):
    """Write, and make sure that the time stamp is another one, however fast the test is."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, "utf-8")
    os.utime(path, ns=(before + 1_000_000, before + 1_000_000))
