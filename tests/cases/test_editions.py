"""An older edition of the directory never counts as good once a newer one was in use."""

import pytest

from cases.editions import Edition, highest, remember
from tests.cases.chains import opened

SIGNER = "0123456789abcdef"


def edition(serial: int, digest: str = "a", signer: str = SIGNER) -> Edition:
    return Edition(signer, serial, digest * 64)


@pytest.fixture
async def store(url):
    async with opened(url) as store:
        yield store


@pytest.mark.parametrize(
    ("new", "before", "outdated"),
    [
        (edition(1), None, False),
        (edition(0), None, False),
        (edition(2), edition(1), False),
        (edition(2), edition(2), False),
        (edition(2, "b"), edition(2), True),
        (edition(1), edition(2), True),
        (edition(0), edition(1), True),
        (edition(0, "b"), edition(0), False),
        (edition(1, signer="f" * 16), edition(9), False),
    ],
)
def test_only_a_lower_serial_or_the_same_for_something_else_is_outdated(new, before, outdated):
    assert new.outdated(before) is outdated


async def test_the_highest_is_kept_for_each_signer(store):
    assert await highest(store, SIGNER) is None
    for serial in (1, 2, 7):
        assert await remember(store, edition(serial))
    assert await remember(store, edition(3, signer="f" * 16))
    assert await highest(store, SIGNER) == edition(7)
    assert await highest(store, "f" * 16) == edition(3, signer="f" * 16)


async def test_a_lower_one_changes_nothing(store):
    await remember(store, edition(7))
    assert not await remember(store, edition(6))
    assert not await remember(store, edition(7, "b"))
    assert await remember(store, edition(7))
    assert await highest(store, SIGNER) == edition(7)
