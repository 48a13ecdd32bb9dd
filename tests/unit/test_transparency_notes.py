"""Keys, signed notes, checkpoints and cosignatures: the vectors hold, every parsing trap is refused with its code."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.transparency.checkpoint import (
    Checkpoint,
    RefusedCheckpoint,
    SignedCheckpoint,
    parse_checkpoint,
    parse_signed_checkpoint,
)
from domain.transparency.cosignature import (
    RefusedCosignature,
    open_checkpoint,
    opened,
    sign_checkpoint,
    signed_message,
    subtree_message,
)
from domain.transparency.merkle import root_of
from domain.transparency.note import (
    NOTE_BYTES_MAX,
    Note,
    NoteSignature,
    RefusedNote,
    format_note,
    open_note,
    parse_note,
    parse_signature_lines,
)
from domain.transparency.strict import Refused, to_base64
from domain.transparency.vkey import Algorithm, RefusedKey, SignatureType, VerifierKey, parse_vkey
from tests.transparency import BANK, ENTRIES, LOG, NATIONAL, PROVINCE, SIGNERS, VECTORS, TestSigner, verify

NOTE = VECTORS["note"]
TEXT: str = NOTE["checkpoint_text"]
SIGNED = NOTE["signed_checkpoint"].encode()
SECONDS = int(NOTE["cosign_time"])
HEAD = Checkpoint(LOG.name, 300, root_of(ENTRIES))
LINE = SIGNED.split(b"\n\n")[1].split(b"\n")[0] + b"\n"


def code(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


@pytest.mark.parametrize("who", SIGNERS)
def test_keys_equal_the_vectors(who: str) -> None:
    key, vkey = SIGNERS[who].key, NOTE["vkeys"][who]
    assert str(key) == vkey and parse_vkey(vkey) == key
    assert who not in NOTE["key_ids"] or key.key_id.hex() == NOTE["key_ids"][who]


def test_the_example_note_of_the_specification_verifies() -> None:
    key = parse_vkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    data = (
        "This is an example message.\n\n— example.com/foo "
        "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    ).encode()
    assert open_note(data, [key], verify).text == "This is an example message.\n"
    assert code(lambda: open_note(data.replace(b"an ex", b"no ex"), [key], verify)) == "signature_wrong"
    assert code(lambda: open_note(data, [LOG.key], verify)) == "signature_missing"


def test_the_signed_checkpoint_equals_the_vector_bit_for_bit() -> None:
    assert HEAD.text == TEXT and parse_checkpoint(TEXT) == HEAD
    stamped = ((LOG, SECONDS), (PROVINCE, SECONDS), (BANK, SECONDS + 1))
    made = SignedCheckpoint(HEAD, tuple(sign_checkpoint(HEAD, who, seconds=n) for who, n in stamped))
    assert bytes(made) == SIGNED and parse_signed_checkpoint(SIGNED) == made
    found = open_checkpoint(SIGNED, [who.key for who, _ in stamped], verify)
    assert [(v.key, v.seconds) for v in found.vouched] == [
        (LOG.key, None),
        (PROVINCE.key, SECONDS),
        (BANK.key, SECONDS + 1),
    ]
    assert signed_message(HEAD, PROVINCE.key, SECONDS).decode() == NOTE["cosigned_message_province"]


def test_the_ml_dsa_44_line_of_the_vector_verifies_and_a_new_one_does() -> None:
    data = SIGNED + NOTE["mldsa44_line"].encode().removesuffix(b"\n") + b"\n"
    keys = [who.key for who in SIGNERS.values()]
    found = open_checkpoint(data, keys, verify)
    assert [vouched.key for vouched in found.vouched] == keys
    line = sign_checkpoint(HEAD, NATIONAL, seconds=SECONDS)
    again = opened(SignedCheckpoint(HEAD, (line,)), keys, verify)
    assert [(v.key, v.seconds) for v in again.vouched] == [(NATIONAL.key, SECONDS)]
    later = NoteSignature(line.name, line.key_id, (SECONDS + 1).to_bytes(8, "big") + line.blob[8:])
    assert code(lambda: opened(SignedCheckpoint(HEAD, (later,)), keys, verify)) == "signature_wrong"


def test_the_message_of_type_06_is_these_bytes_and_binds_name_origin_range_and_root() -> None:
    message = subtree_message(cosigner="w", seconds=258, origin="log", start=0, end=3, root=bytes(range(32)))
    assert message == (
        b"subtree/v1\n\0"
        + b"\x01w"
        + b"\0\0\0\0\0\0\x01\x02"
        + b"\x03log"
        + bytes(8)
        + bytes(7)
        + b"\x03"
        + bytes(range(32))
    )
    for changed in (
        {"seconds": 1, "start": 1},
        {"start": 4},
        {"root": b""},
        {"origin": ""},
        {"cosigner": "w" * 256},
    ):
        good = {"cosigner": "w", "seconds": 0, "origin": "log", "start": 0, "end": 3, "root": bytes(32)}
        with pytest.raises(RefusedCosignature):
            subtree_message(**good | changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("who", SIGNERS.values(), ids=SIGNERS)
@given(data=st.data())
def test_a_signature_holds_for_no_other_checkpoint_key_or_bytes(who: TestSigner, data: st.DataObject) -> None:
    line = sign_checkpoint(HEAD, who, seconds=SECONDS)
    at, flip = data.draw(st.integers(0, 8 * len(line.blob) - 1)), line.blob
    blob = (int.from_bytes(flip, "big") ^ 1 << at).to_bytes(len(flip), "big")
    other = data.draw(
        st.sampled_from(
            [
                Checkpoint("credit.example.cn/access", 300, HEAD.root),
                Checkpoint(HEAD.origin, 301, HEAD.root),
                Checkpoint(HEAD.origin, 300, bytes(32)),
            ]
        )
    )
    wrong = [
        SignedCheckpoint(HEAD, (NoteSignature(line.name, line.key_id, blob),)),
        SignedCheckpoint(HEAD, (NoteSignature(line.name, line.key_id, line.blob[:-1]),)),
        SignedCheckpoint(HEAD, (NoteSignature(line.name, line.key_id, line.blob + b"\0"),)),
        SignedCheckpoint(other, (line,)),
        SignedCheckpoint(HEAD, (line, NoteSignature(line.name, line.key_id, blob))),
    ]
    for signed in wrong:
        assert code(partial(opened, signed, [who.key], verify)) == "signature_wrong"


def test_name_and_id_together_select_a_key_and_unknown_lines_are_ignored() -> None:
    good = sign_checkpoint(HEAD, LOG, seconds=1)
    strangers = (
        NoteSignature("someone.else", good.key_id, b"x" * 64),
        NoteSignature(good.name, b"\0\0\0\0", b"x"),
    )
    found = opened(SignedCheckpoint(HEAD, (*strangers, good, good)), [LOG.key, PROVINCE.key], verify)
    assert [vouched.line for vouched in found.vouched] == [good]
    lone = SignedCheckpoint(HEAD, strangers)
    assert code(lambda: opened(lone, [LOG.key], verify)) == "signature_missing"
    assert code(lambda: opened(lone, [], verify)) == "signature_missing"


def test_a_witness_may_sign_twice_at_two_times_and_one_wrong_line_spoils_the_note() -> None:
    first, second = (sign_checkpoint(HEAD, PROVINCE, seconds=n) for n in (1, 2))
    found = opened(SignedCheckpoint(HEAD, (first, second)), [PROVINCE.key], verify)
    assert [vouched.seconds for vouched in found.vouched] == [1, 2]
    bad = NoteSignature(first.name, first.key_id, second.blob[:8] + first.blob[8:])
    spoiled = SignedCheckpoint(HEAD, (sign_checkpoint(HEAD, LOG, seconds=1), bad))
    assert code(lambda: opened(spoiled, [LOG.key, PROVINCE.key], verify)) == "signature_wrong"
    assert len(opened(spoiled, [LOG.key], verify).vouched) == 1


def test_a_signature_without_time_or_beyond_the_last_second_is_not_made_or_taken() -> None:
    for seconds in (0, -1, 2**63):
        with pytest.raises(RefusedCosignature):
            sign_checkpoint(HEAD, PROVINCE, seconds=seconds)
    message = f"cosignature/v1\ntime {2**63}\n{HEAD.text}".encode()
    line = NoteSignature(
        PROVINCE.name, PROVINCE.key.key_id, (2**63).to_bytes(8, "big") + PROVINCE.sign(message)
    )
    assert code(lambda: opened(SignedCheckpoint(HEAD, (line,)), [PROVINCE.key], verify)) == "signature_wrong"


ROOT = to_base64(HEAD.root)
BAD_CHECKPOINTS = {
    **{f"a\n{size}\n{ROOT}\n": "checkpoint_size" for size in (
        "+12", "012", "1_2", " 12", "12 ", "-3", "", "٣", "1e3", "0x1", "00", "9223372036854775808", "9" * 5000, "12\r",
    )},
    f"a\n12\n{ROOT}": "checkpoint_form",
    "a\n12\n": "checkpoint_form",
    "": "checkpoint_form",
    f"a\n12\n{ROOT}\nextension\n": "checkpoint_extension",
    f"a\n12\n{ROOT}\n\n": "checkpoint_extension",
    f"\n12\n{ROOT}\n": "checkpoint_origin",
    f"{'o' * 256}\n12\n{ROOT}\n": "checkpoint_origin",
    f"a\tb\n12\n{ROOT}\n": "checkpoint_origin",
    "a\n12\nAAAA\n": "checkpoint_root",
    "a\n12\n\n": "checkpoint_root",
    f"a\n12\n{to_base64(bytes(33))}\n": "checkpoint_root",
    f"a\n12\n{ROOT[:-1]}\n": "checkpoint_root",
    f"a\n12\n{ROOT[:-2]}V=\n": "checkpoint_root",  # loose trailing bits
    f"a\n12\n {ROOT}\n": "checkpoint_root",
    f"a\n12\n{ROOT}=\n": "checkpoint_root",
    f"a\n12\n{ROOT.replace('+', '-')}\n": "checkpoint_root",
    f"a\u2028b\u0085\n12\u2028{ROOT}\n": "checkpoint_form",
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), BAD_CHECKPOINTS.items(), ids=repr)
def test_a_text_that_is_no_checkpoint_is_refused(text: str, reason: str) -> None:
    assert code(lambda: parse_checkpoint(text)) == reason


@pytest.mark.parametrize("origin", ["a b", "a+b", "a\u2028b\u0085c", "信用", "o" * 255])
def test_any_origin_that_the_format_allows_reads_back(origin: str) -> None:
    head = Checkpoint(origin, 0, bytes(32))
    assert parse_checkpoint(head.text) == head


GOOD = b"text\n\n" + LINE
BAD_NOTES = {
    b"": "note_form",
    b"text\n": "note_form",
    b"text\n\n": "note_form",
    b"text\n" + LINE: "note_form",
    b"\n" + LINE: "note_form",
    GOOD[:-1]: "note_form",
    GOOD + b"junk\n": "signature_form",
    GOOD + b"\n": "note_form",
    b"text\n\njunk\n" + LINE: "signature_form",
    GOOD.replace(b"\n", b"\r\n"): "note_control_character",
    b"te\0xt\n\n" + LINE: "note_control_character",
    b"te\txt\n\n" + LINE: "note_control_character",
    b"te\xffxt\n\n" + LINE: "note_encoding",
    b"\xed\xa0\x80\n\n" + LINE: "note_encoding",
    GOOD.replace("\u2014".encode(), b"-"): "signature_form",
    GOOD.replace("\u2014 ".encode(), "\u2014  ".encode()): "signature_form",
    GOOD.replace("\u2014 ".encode(), "\u2014\u00a0".encode()): "signature_form",
    GOOD.replace(b".cn/", b".cn+"): "signature_form",
    GOOD.replace(b".cn/", "\u2028".encode()): "signature_form",
    GOOD.replace(b".cn/", "\u3000".encode()): "signature_form",
    GOOD[:-1] + b" \n": "signature_form",
    GOOD[:-2] + b"\n": "signature_base64",
    GOOD[:-1] + b"=\n": "signature_base64",
    GOOD.replace(b"PDQM=", b"PDQN="): "signature_base64",
    GOOD.replace(b"PDQM=", "PDQＭ=".encode()): "signature_base64",
    "text\n\n— name AAAAAA==\n".encode(): "signature_length",
    "text\n\n— name AAAA\n".encode(): "signature_length",
    b"text\n\n" + LINE * 65: "note_too_many_signatures",
    b"x" * NOTE_BYTES_MAX + b"\n\n" + LINE: "note_too_large",
}


@pytest.mark.parametrize(
    ("data", "reason"), BAD_NOTES.items(), ids=lambda v: v if isinstance(v, str) else repr(v[:30])
)
def test_bytes_that_are_no_note_are_refused(data: bytes, reason: str) -> None:
    assert code(lambda: parse_note(data)) == reason


def test_a_text_with_empty_lines_ends_at_the_last_one_and_64_lines_are_taken() -> None:
    data = "one\n\n\n信 — x\u2028y\n\n".encode() + LINE * 64
    note = parse_note(data)
    assert note.text == "one\n\n\n信 — x\u2028y\n" and len(note.signatures) == 64
    assert format_note(note) == data
    assert parse_signature_lines(LINE * 2) == note.signatures[:2]


@pytest.mark.parametrize(
    "note",
    [
        Note("no newline", (NoteSignature("n", b"abcd", b"x"),)),
        Note("text\n", ()),
        Note("text\n", (NoteSignature("a b", b"abcd", b"x"),)),
        Note("text\n", (NoteSignature("n", b"abc", b"xy"),)),
        Note("text\n", (NoteSignature("n", b"abcd", b""),)),
        Note("\ud800\n", (NoteSignature("n", b"abcd", b"x"),)),
        Note("a\rb\n", (NoteSignature("n", b"abcd", b"x"),)),
    ],
)
def test_a_note_that_would_not_read_back_is_not_written(note: Note) -> None:
    with pytest.raises(RefusedNote):
        format_note(note)


VKEY = NOTE["vkeys"]["log"]
BAD_KEYS = {
    "": "key_form",
    "name+abcd": "key_form",
    VKEY.replace("4b2447e8", "4B2447E8"): "key_id",
    VKEY.replace("4b2447e8", "4b2447e9"): "key_id",
    VKEY.replace("credit", "kredit"): "key_id",
    "+" + VKEY.split("+", 1)[1]: "key_name",
    "a b+" + VKEY.split("+", 1)[1]: "key_name",
    "a\u2003b+" + VKEY.split("+", 1)[1]: "key_name",
    "n" * 256 + "+" + VKEY.split("+", 1)[1]: "key_name",
    "\ud800+" + VKEY.split("+", 1)[1]: "key_name",
    VKEY + "\n": "key_base64",
    VKEY[:-1] + "6": "key_id",
    VKEY[:-1]: "key_base64",
    "n+00000000+": "key_base64",
    "n+00000000+AQ==": "key_length",
    "n+00000000+" + to_base64(b"\x02" + bytes(32)): "key_type",
    "n+00000000+" + to_base64(b"\x05" + bytes(32)): "key_type",
    "n+00000000+" + to_base64(b"\x01" + b"k" * 33): "key_length",
    "n+00000000+" + to_base64(b"\x06" + b"k" * 32): "key_length",
}


@pytest.mark.parametrize(("vkey", "reason"), BAD_KEYS.items(), ids=repr)
def test_a_text_that_is_no_key_is_refused(vkey: str, reason: str) -> None:
    assert code(lambda: parse_vkey(vkey)) == reason


P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def added(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """The sum of two points of edwards25519 (RFC 8032 5.1.4)."""
    product = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + product, -1, P) % P
    return x, (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P) % P


def square_root(square: int) -> int | None:
    """A number whose square this is in the field (RFC 8032 5.1.3), or None."""
    root = pow(square, (P + 3) // 8, P)
    for candidate in (root, root * pow(2, (P - 1) // 4, P) % P):
        if candidate * candidate % P == square % P:
            return candidate
    return None


def small_order_points() -> set[tuple[int, int]]:
    """All multiples of a point Q of order 8. The y of 2Q is 0, so Q has x^2 = -y^2 and d y^4 + 2 y^2 = 1."""
    for sign in (1, -1):
        y = square_root((sign * (square_root(1 + D) or 0) - 1) * pow(D, -1, P) % P)
        x = square_root(-y * y) if y else None
        if x and y:
            points = [(0, 1)]
            while len(points) < 8:
                points.append(added(points[-1], (x, y)))
            assert added(points[-1], (x, y)) == (0, 1)
            return set(points)
    raise AssertionError("no point of order 8")


def test_keys_under_which_anyone_can_sign_are_refused_in_every_spelling() -> None:
    points = small_order_points()
    assert len(points) == 8
    spellings = {
        (y + more | sign << 255).to_bytes(32, "little")
        for _, y in points
        for more in (0, P)
        for sign in (0, 1)
        if y + more < 2**255
    }
    # Why: this signature was made without any secret, and holds over every text.
    neutral = (1).to_bytes(32, "little")
    assert verify(Algorithm.ED25519, neutral, b"any text", neutral + bytes(32))
    for public_key in spellings:
        for type_ in (SignatureType.ED25519, SignatureType.ED25519_COSIGNATURE):
            assert code(partial(VerifierKey, "n", type_, public_key)) == "key_weak"
    second_spelling = (P + 3).to_bytes(32, "little")
    assert code(lambda: VerifierKey("n", SignatureType.ED25519, second_spelling)) == "key_weak"


mutations = st.tuples(
    st.integers(0, 500),
    st.integers(0, 500),
    st.sampled_from([b"", b"\n", b"\n\n", b" ", b"+", b"=", b"0", b"\xe2\x80\xa8"]),
)


@given(mutations | st.binary(max_size=80))
def test_any_changed_bytes_read_back_exactly_or_are_refused(change: tuple[int, int, bytes] | bytes) -> None:
    data = change if isinstance(change, bytes) else SIGNED[: change[0]] + change[2] + SIGNED[change[1] :]
    with suppress(RefusedNote):
        assert format_note(parse_note(data)) == data
    with suppress(RefusedCheckpoint):
        assert bytes(parse_signed_checkpoint(data)) == data
    with suppress(RefusedCosignature):
        assert open_checkpoint(data, [who.key for who in SIGNERS.values()], verify).checkpoint == HEAD


@given(st.text(max_size=60) | st.from_regex(r"\A[a-z]{1,4}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{4,44}=?\Z"))
def test_any_text_is_exactly_a_key_or_is_refused(text: str) -> None:
    with suppress(RefusedKey):
        assert str(parse_vkey(text)) == text


@given(st.text(max_size=60) | st.from_regex(r"\A[a-z]{0,2}\n[0-9+]{1,3}\n[A-Za-z0-9+/]{43}=\n\Z"))
def test_any_text_is_exactly_a_checkpoint_or_is_refused(text: str) -> None:
    with suppress(RefusedCheckpoint):
        assert parse_checkpoint(text).text == text
