"""A sealed report opens for its recipients, whole and in its place, and in no other way."""

import hashlib
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.encoding import from_base64url, to_base64url
from crypto.errors import OpenError, SealError
from crypto.keys import RecipientKey
from crypto.padding import pad, report_bucket
from crypto.seal import (
    SUITE,
    Wrap,
    body_context,
    envelope,
    open_envelope,
    read_address,
    seal,
    wrap_context,
)
from tests.crypto.streams import stream
from tests.crypto.vector_files import load

OWNER = RecipientKey.from_seed(bytes([1] * 32))
ALTERNATE = RecipientKey.from_seed(bytes([2] * 32))
STRANGER = RecipientKey.from_seed(bytes([3] * 32))
WORDS = "He waited by the pump. كان ينتظر".encode()
REFERENCE = "4F7K2M9Q"


def sealed(words=WORDS, *, reference=REFERENCE, purpose="report", keys=(OWNER, ALTERNATE), name="seal"):
    recipients = [key.public for key in keys]
    return seal(words, purpose=purpose, reference=reference, recipients=recipients, entropy=stream(name))


def handed(report, at=0, **changed):
    fields = {"purpose": report.purpose, "reference": report.reference} | changed
    return envelope(report.body, report.wraps[at], **fields)


def test_every_recipient_opens_their_own_envelope():
    report = sealed()
    for at, key in enumerate((OWNER, ALTERNATE)):
        opened = open_envelope(handed(report, at), key)
        assert (opened.purpose, opened.reference, opened.plaintext) == ("report", REFERENCE, WORDS)


def test_nobody_else_opens_it():
    report = sealed()
    for at, key in ((0, ALTERNATE), (1, OWNER), (0, STRANGER)):
        with pytest.raises(OpenError):
            open_envelope(handed(report, at), key)


def test_an_envelope_names_its_reader_and_no_other():
    report = sealed()
    data = handed(report, 0)
    assert read_address(data).key_id == OWNER.public.key_id
    assert ALTERNATE.public.key_id.encode() not in data
    assert json.loads(data)["format"] == "linnet sealed 1"


def test_flipping_any_byte_of_the_file_is_refused():
    data = handed(sealed(keys=(OWNER,)))
    for at in range(len(data)):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(OpenError):
            open_envelope(changed, OWNER)


def test_flipping_any_byte_under_the_encoding_is_refused():
    report = sealed(keys=(OWNER,))
    for at in range(len(report.body)):
        body = report.body[:at] + bytes([report.body[at] ^ 0x80]) + report.body[at + 1 :]
        with pytest.raises(OpenError):
            open_envelope(handed(replace(report, body=body)), OWNER)
    wrap = report.wraps[0].wrap
    for at in range(len(wrap)):
        bent = Wrap(OWNER.public.key_id, wrap[:at] + bytes([wrap[at] ^ 0x80]) + wrap[at + 1 :])
        with pytest.raises(OpenError):
            open_envelope(handed(replace(report, wraps=(bent,))), OWNER)


def test_cutting_the_file_at_any_length_is_refused():
    data = handed(sealed(keys=(OWNER,)))
    for length in range(len(data)):
        with pytest.raises(OpenError):
            open_envelope(data[:length], OWNER)


@pytest.mark.parametrize("added", [b"\n", b" ", b"\0", b"{}", b"A"])
def test_adding_bytes_is_refused(added):
    data = handed(sealed(keys=(OWNER,)))
    for changed in (data + added, added + data):
        with pytest.raises(OpenError):
            open_envelope(changed, OWNER)


def test_cutting_body_or_wrap_under_the_encoding_is_refused():
    report = sealed(keys=(OWNER,))
    wrap = report.wraps[0]
    for length in (1, 11, 12, 27, 28, 1024, len(report.body) - 1):
        with pytest.raises(OpenError):
            open_envelope(handed(replace(report, body=report.body[:length])), OWNER)
    for length in (1, 32, 1120, 1136, len(wrap.wrap) - 1):
        cut = Wrap(wrap.key_id, wrap.wrap[:length])
        with pytest.raises(OpenError):
            open_envelope(handed(replace(report, wraps=(cut,))), OWNER)


def test_swapping_wraps_between_readers_is_refused():
    report = sealed()
    first, second = report.wraps
    swapped = replace(report, wraps=(Wrap(first.key_id, second.wrap), Wrap(second.key_id, first.wrap)))
    for at, key in ((0, OWNER), (1, ALTERNATE), (0, ALTERNATE), (1, OWNER)):
        with pytest.raises(OpenError):
            open_envelope(handed(swapped, at), key)


def test_a_wrap_does_not_open_another_report():
    one, other = sealed(name="one"), sealed(reference="9Q2M7K4F", name="other")
    for body, wrap in ((one.body, other.wraps[0]), (other.body, one.wraps[0])):
        for reference in (one.reference, other.reference):
            with pytest.raises(OpenError):
                open_envelope(envelope(body, wrap, purpose="report", reference=reference), OWNER)


def test_a_wrap_does_not_open_another_body_of_the_same_reference():
    one, other = sealed(name="one"), sealed(name="other")
    with pytest.raises(OpenError):
        open_envelope(handed(replace(one, body=other.body)), OWNER)


def test_a_wrap_commits_to_the_body_even_against_one_who_knows_the_content_key():
    # A reader who learnt the content key re-encrypts other words under it, at the same place.
    content_key = stream("seal")(32)
    report = sealed()
    nonce = bytes(12)
    forged = nonce + AESGCM(content_key).encrypt(
        nonce, pad(b"other words", report_bucket), body_context("report", REFERENCE)
    )
    with pytest.raises(OpenError):
        open_envelope(handed(replace(report, body=forged)), ALTERNATE)


def test_a_report_does_not_pass_for_a_referral_or_for_another_case():
    report = sealed()
    for changed in ({"purpose": "referral"}, {"reference": "4F7K2M9R"}, {"reference": "4F7K2M9"}):
        with pytest.raises(OpenError):
            open_envelope(handed(report, **changed), OWNER)


def test_a_readdressed_envelope_is_refused():
    report = sealed()
    relabelled = replace(report, wraps=(Wrap(ALTERNATE.public.key_id, report.wraps[0].wrap),))
    for key in (OWNER, ALTERNATE):
        with pytest.raises(OpenError):
            open_envelope(handed(relabelled), key)


def test_a_wrap_made_for_one_key_under_anothers_name_is_refused():
    # Only a faulty or false sealer can make it; who the file names must be who it is for.
    report = sealed()
    digest = hashlib.sha256(report.body).digest()
    name = ALTERNATE.public.key_id
    info = wrap_context("report", REFERENCE, name, digest)
    false = Wrap(name, SUITE.encrypt(stream("seal")(32), OWNER.public.hpke_key(), info))
    for key in (OWNER, ALTERNATE):
        with pytest.raises(OpenError):
            open_envelope(handed(replace(report, wraps=(false,))), key)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('{"', '{ "', 1),
        lambda text: text.replace("linnet sealed 1", "linnet sealed 2"),
        lambda text: text.replace('"format":"linnet sealed 1",', ""),
        lambda text: text.replace('"purpose"', '"x":1,"purpose"'),
        lambda text: text.replace('"wrap":"', '"wrap":"A", "wrap":"'),
        lambda text: text.replace('"}', '="}'),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("report", "rep\\u006frt"),
        lambda _: json.dumps(["linnet sealed 1"]) + "\n",
        lambda _: "[" * 100_000,
        lambda _: "",
    ],
)
def test_no_other_spelling_of_a_file_opens(change):
    text = handed(sealed(keys=(OWNER,))).decode()
    changed = change(text)
    assert changed != text
    with pytest.raises(OpenError):
        open_envelope(changed.encode(), OWNER)


def test_base64url_with_stray_bits_is_refused():
    # The body's 4,124 bytes end on two bytes of a group of three: the last character has
    # two bits that carry nothing, and only zero is right.
    report = sealed(keys=(OWNER,))
    text = to_base64url(report.body)
    stray = text[:-1] + chr(ord(text[-1]) + 1)
    data = handed(report).replace(text.encode(), stray.encode())
    with pytest.raises(ValueError, match="not base64url"):
        from_base64url(stray)
    with pytest.raises(OpenError):
        open_envelope(data, OWNER)


def test_wrong_padding_inside_a_good_seal_is_refused():
    # A faulty writer, not an attacker: everything authentic, but the padding is not ours.
    key, nonce = bytes(32), bytes(12)
    for padded in (b"", b"words", b"words\x80" + bytes(100), bytes(4096)):
        body = nonce + AESGCM(key).encrypt(nonce, padded, body_context("report", REFERENCE))
        digest = hashlib.sha256(body).digest()
        name = OWNER.public.key_id
        info = wrap_context("report", REFERENCE, name, digest)
        wrap = Wrap(name, SUITE.encrypt(key, OWNER.public.hpke_key(), info))
        with pytest.raises(OpenError):
            open_envelope(envelope(body, wrap, purpose="report", reference=REFERENCE), OWNER)


def test_every_failure_says_the_same():
    report = sealed()
    said = set()
    for data, key in (
        (b"", OWNER),
        (handed(report), STRANGER),
        (handed(report)[:-1], OWNER),
        (handed(report, purpose="referral"), OWNER),
        (handed(replace(report, body=report.body[:-1])), OWNER),
    ):
        with pytest.raises(OpenError) as refused:
            open_envelope(data, key)
        said.add(str(refused.value))
        assert refused.value.__cause__ is None
    assert said == {"this file cannot be opened with this key"}


def test_lengths_of_words_do_not_show():
    sizes = {len(handed(sealed(b"x" * length))) for length in (0, 1, 500, 4000)}
    assert len(sizes) == 1


def test_the_same_words_never_seal_to_the_same_bytes():
    # Even with the same recorded entropy, HPKE draws its own: wraps differ, bodies do not.
    one, other = sealed(), sealed()
    assert one.body == other.body
    assert one.wraps[0].wrap != other.wraps[0].wrap
    assert sealed(name="another").body != one.body


def test_a_seal_needs_somebody_and_nobody_twice():
    with pytest.raises(SealError):
        sealed(keys=())
    with pytest.raises(SealError):
        sealed(keys=(OWNER, ALTERNATE, OWNER))


@pytest.mark.parametrize("reference", ["", "x" * 65, "a b", 'a"b', "é", "a\n", "a/b"])
def test_a_reference_of_another_form_is_refused(reference):
    with pytest.raises(SealError):
        sealed(reference=reference)


@pytest.mark.parametrize("purpose", ["", "Report", "x" * 33, "a b", "1a", "report\n"])
def test_a_purpose_of_another_form_is_refused(purpose):
    with pytest.raises(SealError):
        sealed(purpose=purpose)


def test_nothing_of_a_report_shows_in_a_repr():
    report = sealed()
    opened = open_envelope(handed(report), OWNER)
    shown = repr((report, opened, OWNER, report.wraps))
    for secret in ("pump", REFERENCE, OWNER.seed.hex(), repr(OWNER.seed), repr(report.body)[2:20]):
        assert secret not in shown


def test_a_file_made_by_another_implementation_opens():
    vector = load("interop.json")
    key = RecipientKey.from_seed(bytes.fromhex(vector["seed"]))
    assert key.public.raw.hex() == vector["public_key"]
    opened = open_envelope(vector["file"].encode("ascii"), key)
    assert (opened.purpose, opened.reference) == ("report", "4F7K2M9Q")
    assert opened.plaintext.decode() == vector["plaintext"]


@settings(max_examples=60, deadline=None)
@given(
    words=st.binary(max_size=5000),
    purpose=st.sampled_from(["report", "referral"]),
    reference=st.from_regex(r"[A-Za-z0-9._:-]{1,64}", fullmatch=True),
    readers=st.lists(st.sampled_from([OWNER, ALTERNATE, STRANGER]), min_size=1, max_size=3, unique=True),
)
def test_what_is_sealed_opens_for_each_reader_as_it_was(words, purpose, reference, readers):
    report = sealed(words, purpose=purpose, reference=reference, keys=readers)
    for at, key in enumerate(readers):
        opened = open_envelope(handed(report, at), key)
        assert (opened.purpose, opened.reference, opened.plaintext) == (purpose, reference, words)
