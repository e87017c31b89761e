"""How long a large directory takes to be read and looked over: `make bench-directory`. It measures the machine.

Read twice over: the text alone, as the pure loader sees it, and the signed folder with a key for everybody, as a
service does at its start and whenever a new one is signed. Looked over as `linnet directory coverage` does.
"""

import gc
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.coverage_csv import rows
from bot.coverage_picture import picture
from bot.directory_files import read_signed, sign_folder
from crypto.keys import RecipientKey
from crypto.signing import SigningKey
from routing.coverage import cover
from routing.coverage_gaps import gaps
from routing.load import load
from tests.routing.large import COUNTRIES, PEOPLE, large_directory

RUNS = 5


def measured(what: str, work: Callable[[], object]) -> None:
    """Print the median of five runs, each from a clean heap, in seconds of the wall clock and of the processor."""
    walls, busy = [], []
    for _ in range(RUNS):
        gc.collect()
        wall, used = time.perf_counter(), time.process_time()
        kept = work()
        walls.append(time.perf_counter() - wall)
        busy.append(time.process_time() - used)
        del kept
    print(f"{what:<34} {statistics.median(walls):5.2f} s  ({statistics.median(busy):.2f} s of processor)")


def main() -> None:
    """Measure."""
    text = large_directory()
    version = sys.version.split()[0]
    print(f"{PEOPLE} people in {COUNTRIES} countries, {len(text) / 1e6:.1f} MB; median of {RUNS}, Python {version}")
    measured("read the text", lambda: load({"directory.yaml": text}))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "directory.yaml").write_text(text, "utf-8")
        (folder / "keys").mkdir()
        for one in range(PEOPLE):
            line = RecipientKey.generate(secrets.token_bytes).public.to_text()
            (folder / "keys" / f"person-{one}.pub").write_text(f"{line}\n", "ascii")
        signer = SigningKey.generate(secrets.token_bytes)
        sign_folder(folder, signer, today=datetime.now(UTC).date())
        measured("verify and read the signed folder", lambda: read_signed(folder, signer.verify_key))
        directory, _, _ = read_signed(folder, signer.verify_key)
    today = datetime.now(UTC).date()
    found = cover(directory, today)
    measured("find coverage and its gaps", lambda: gaps(directory, cover(directory, today)))
    measured("draw it as a picture", lambda: picture(found))
    measured("write it as CSV, hour by hour", lambda: sum(1 for _ in rows(directory, found)))


if __name__ == "__main__":
    main()
