"""docs/sealed-format.md says what the code does: every value of its example, every label, every file."""

import hashlib
import hmac
import re
from pathlib import Path

import pytest

from cases import audit
from crypto import draft, keyfile, keys, login, receipt, seal, secret_file, signing, vault
from crypto.derive import derive
from crypto.padding import REPORT_BUCKETS
from crypto.passwords import Cost, argon2id
from crypto.secret_file import parse_secrets
from tests.crypto import worked_example

PAGE = (Path(__file__).parents[2] / "docs" / "sealed-format.md").read_text(encoding="utf-8")
BLOCKS = {
    kind: [body for found, body in re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL) if found == kind]
    for kind in ("values", "text", "json")
}
SHOWN = dict(line.split(" = ", 1) for line in BLOCKS["values"][0].splitlines())
LABELS = [
    audit.LABEL,
    draft.LABEL,
    keyfile.RECIPIENT_HEADER,
    keys.PUBLIC_PREFIX,
    login.LOGIN_LABEL,
    receipt.SALT.decode(),
    receipt.LOOKUP_LABEL,
    receipt.MAILBOX_LABEL,
    seal.BODY_LABEL,
    seal.FORMAT,
    seal.WRAP_LABEL,
    secret_file.HEADER,
    signing.CONTEXT.rstrip(b"\0").decode(),
    signing.SIGNING_HEADER,
    signing.VERIFY_PREFIX,
    vault.LASTING_LABEL,
    vault.MARK_LABEL,
    vault.PEPPER_LABEL,
    vault.PSEUDONYM_LABEL,
    vault.VAULT_LABEL,
]


def test_every_value_of_the_example_is_what_the_code_computes():
    assert worked_example.worked() == SHOWN


@pytest.mark.parametrize("label", LABELS)
def test_every_label_stands_in_the_page(label):
    assert label in PAGE


def test_no_label_serves_twice():
    assert len(set(LABELS)) == len(LABELS)


def test_the_page_names_no_label_that_the_code_does_not_use():
    named = set(re.findall(r'"(linnet[a-z -]+ ?1)"', PAGE)) - {"linnet report 1"}
    assert named <= set(LABELS)


def test_the_files_shown_are_the_ones_the_code_writes():
    assert worked_example.key_file() in BLOCKS["text"]
    assert worked_example.secret_file().render() in BLOCKS["text"]
    assert keyfile.read_key(worked_example.key_file(), "correct horse").seed == worked_example.SEED
    assert parse_secrets(worked_example.secret_file().render()) == worked_example.secret_file()


def test_the_envelope_shown_has_the_files_own_shape():
    data = seal.envelope(b"", seal.Wrap("k" * 16, b""), purpose="p", reference="r").decode()
    bare = re.sub(r'":"[^"]*"', '":"…"', data).replace('"format":"…"', '"format":"linnet sealed 1"')
    assert bare in BLOCKS["json"]


@pytest.mark.parametrize(
    "number",
    [
        *REPORT_BUCKETS,
        keys.PUBLIC_BYTES,
        keyfile.MAX_MEMORY_KIB,
        int(SHOWN["wrap-length"]),
    ],
)
def test_sizes_stand_in_the_page(number):
    assert f"{number:,}" in PAGE


def test_costs_stand_in_the_page():
    cost = receipt.COST
    assert f"memory {cost.memory_kib} KiB, passes {cost.passes}, lanes {cost.lanes}" in PAGE
    cost = keyfile.COST
    assert f"{cost.memory_kib}, {cost.passes}, {cost.lanes}" in PAGE


# From here on: the derivations once more, from the page and the standard library alone.


def bind_again(label, *fields):
    return label.encode() + b"\0" + b"".join(len(field).to_bytes(4, "big") + field for field in fields)


def derive_again(key, label, *fields):
    extracted = hmac.digest(bytes(32), key, "sha256")
    return hmac.digest(extracted, bind_again(label, *fields) + b"\x01", "sha256")


def test_the_page_is_enough_to_derive_names_and_marks():
    root = bytes([0x44] * 32)
    assert derive_again(root, "a", b"b") == derive(root, "a", b"b")
    name = bind_again("linnet pseudonym 1", b"telegram", b"123456")
    assert hmac.digest(derive_again(root, "linnet pseudonym 1"), name, "sha256").hex() == SHOWN["pseudonym"]
    mark = hmac.digest(derive_again(root, "linnet mark 1", b"inbox"), b"telegram:42", "sha256")
    assert mark.hex() == SHOWN["mark"]
    assert derive_again(root, "linnet receipt pepper 1").hex() == SHOWN["receipt-pepper"]


def test_the_page_is_enough_to_derive_a_receipt():
    master = argon2id(
        b"1234567890123456",
        salt=b"linnet receipt 1",
        cost=Cost(65536, 3, 4),
        length=32,
        secret=bytes.fromhex(SHOWN["receipt-pepper"]),
    )
    assert derive_again(master, "linnet receipt lookup 1").hex() == SHOWN["receipt-lookup"]
    assert derive_again(master, "linnet receipt mailbox 1").hex() == SHOWN["receipt-mailbox-seed"]


def test_the_page_is_enough_to_check_a_public_line():
    raw = keys.RecipientKey.from_seed(bytes(range(32))).public.raw
    check = hashlib.sha256(bind_again("linnet-pub-1", raw)).digest()[:4]
    assert keys.line_of("linnet-pub-1", raw) == keys.PublicKey(raw).to_text()
    assert keys.checksum("linnet-pub-1", raw) == check
