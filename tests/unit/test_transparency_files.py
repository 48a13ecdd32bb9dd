"""Policies, proof files and witness requests: vectors, every refusal with its code, and which quorums stand."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.transparency.checkpoint import Checkpoint, SignedCheckpoint
from domain.transparency.cosignature import opened, sign_checkpoint, signed_message
from domain.transparency.merkle import EMPTY_ROOT, consistency_proof, nodes_of, root_of
from domain.transparency.note import NoteSignature
from domain.transparency.policy import (
    Group,
    Policy,
    RefusedPolicy,
    RetiredLog,
    format_policy,
    judged,
    parse_policy,
    satisfied,
)
from domain.transparency.proof_file import ProofFile, RefusedProof, parse_proof_file, proved
from domain.transparency.strict import Refused, to_base64
from domain.transparency.vkey import SignatureType, VerifierKey
from domain.transparency.witness_request import (
    AddCheckpoint,
    RefusedRequest,
    format_cosignatures,
    format_size,
    parse_add_checkpoint,
    parse_cosignatures,
    parse_size,
)
from tests.transparency import (
    BANK,
    ENTRIES,
    LEAVES,
    LOG,
    NATIONAL,
    PROVINCE,
    SIGNERS,
    VECTORS,
    TestSigner,
    sha,
    verify,
)

PROOF = VECTORS["tlog_proof"].encode()
BODY = VECTORS["witness_add_checkpoint_request"].encode()
VKEY = {who: str(signer.key) for who, signer in SIGNERS.items()}
LOG_LINE = f"log {VKEY['log']}\n"
TWO = (
    f"{LOG_LINE}witness province {VKEY['province']}\nwitness bank {VKEY['bank']}\n"
    "group both all province bank\nquorum both\n"
)
WITNESSES = [
    TestSigner(f"w{n}.example", SignatureType.ED25519_COSIGNATURE, f"witness {n}") for n in range(33)
]


def code(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def cosigned(head: Checkpoint, *signers: TestSigner) -> SignedCheckpoint:
    return SignedCheckpoint(head, tuple(sign_checkpoint(head, signer, seconds=1) for signer in signers))


HEAD = Checkpoint(LOG.name, 300, root_of(ENTRIES))


# Policies


def test_a_policy_is_read_in_full_and_written_back() -> None:
    text = (
        f"# 信用 policy\n\n  log\t{VKEY['log']} https://log.example/ \nwitness \xe7 {VKEY['province']} u\n"
        f"\t# more\nwitness none-such {VKEY['bank']}\nwitness pq {VKEY['national_mldsa44']}\n"
        "group any any \xe7 none-such\ngroup all 2 any pq\nquorum all\n"
    ).encode()
    policy = parse_policy(text)
    assert policy.logs[0].key == LOG.key and policy.logs[0].url == b"https://log.example/"
    assert [(w.name, w.key, w.url) for w in policy.witnesses] == [
        ("\xe7".encode(), PROVINCE.key, b"u"),
        (b"none-such", BANK.key, None),
        (b"pq", NATIONAL.key, None),
    ]
    assert policy.groups == (
        Group(b"any", 1, ("\xe7".encode(), b"none-such")),
        Group(b"all", 2, (b"any", b"pq")),
    )
    assert policy.quorum == b"all"
    assert parse_policy(format_policy(policy)) == policy
    assert format_policy(parse_policy(format_policy(policy))) == format_policy(policy)
    assert parse_policy(b"quorum none\n") == Policy((), (), (), None)


def test_names_are_octets_and_look_alikes_are_others() -> None:
    lines = f"witness K {VKEY['province']}\nwitness ".encode() + b"\xe2\x84\xaa " + VKEY["bank"].encode()
    policy = parse_policy(
        lines + b"\nwitness \xff\xfe " + VKEY["national_mldsa44"].encode() + b"\nquorum K\n"
    )
    assert [w.name for w in policy.witnesses] == [b"K", b"\xe2\x84\xaa", b"\xff\xfe"]
    assert satisfied(policy, [PROVINCE.key]) and not satisfied(policy, [BANK.key])


A, B = f"witness a {VKEY['province']}\n", f"witness b {VKEY['bank']}\n"
RENAMED = str(VerifierKey("other.name", SignatureType.ED25519_COSIGNATURE, PROVINCE.key.public_key))
LOG_AS_04 = str(VerifierKey("log.again", SignatureType.ED25519, LOG.key.public_key))
BAD_POLICIES = {
    "": "quorum_count",
    A: "quorum_count",
    A + "quorum a\nquorum a\n": "quorum_count",
    A + "quorum none\nquorum a\n": "quorum_count",
    A + "quorum a": "policy_newline",
    A + "quorum b\n": "name_unknown",
    "quorum a\n" + A: "name_unknown",
    A + "quorum\n": "policy_line",
    A + "quorum a b\n": "policy_line",
    A + "Quorum a\n": "policy_line",
    A + "quorum a # why\n": "policy_line",
    "log\nquorum none\n": "policy_line",
    f"log {VKEY['log']} url more\nquorum none\n": "policy_line",
    "witness a\nquorum none\n": "policy_line",
    "group g any\nquorum none\n": "policy_line",
    A + A + "quorum a\n": "name_taken",
    A + f"witness b {VKEY['province']}\nquorum a\n": "key_twice",
    A + f"witness b {RENAMED}\nquorum a\n": "key_twice",
    f"{LOG_LINE}log {LOG_AS_04}\nquorum none\n": "key_twice",
    f"witness none {VKEY['bank']}\nquorum none\n": "name_taken",
    A + "group a any a\nquorum a\n": "name_taken",
    A + "group none any a\nquorum a\n": "name_taken",
    A + "group g any g\nquorum a\n": "name_unknown",
    A + "group g any b\n" + B + "quorum g\n": "name_unknown",
    A + "group g any none\nquorum g\n": "name_unknown",
    A + "group g any a a\nquorum g\n": "member_twice",
    A + B + "group g any a\ngroup h any a b\nquorum h\n": "member_twice",
    **{A + B + f"group g {k} a b\nquorum g\n": "group_threshold" for k in (
        "0", "3", "-1", "+1", "01", "1_0", "٢", "Any", "ALL", "",
    ) if k},
    f"log {VKEY['province']}\nquorum none\n": "key_type",
    f"witness a {VKEY['log']}\nquorum a\n": "key_type",
    "log nonsense\nquorum none\n": "key_form",
    "log n+00000000+AQ==\nquorum none\n": "key_length",
    A + "quorum a\r\n": "policy_control_character",
    A + "quorum\x0ba\n": "policy_control_character",
    A + "quorum a\x7f\n": "policy_control_character",
    A + "quorum\u00a0a\n": "policy_line",
    "#" * 262_144 + "\nquorum none\n": "policy_too_large",
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), BAD_POLICIES.items(), ids=lambda t: repr(t[-40:]))
def test_bytes_that_are_no_policy_are_refused(text: str, reason: str) -> None:
    assert code(partial(parse_policy, text.encode())) == reason


def test_a_key_name_that_is_no_utf_8_is_refused() -> None:
    assert code(lambda: parse_policy(b"log \xff+00000000+AQ==\nquorum none\n")) == "key_form"


def test_32_logs_witnesses_and_groups_are_taken_and_not_one_more() -> None:
    def text(logs: int, witnesses: int, groups: int) -> bytes:
        lines = [
            f"log {VerifierKey(w.name, SignatureType.ED25519, w.key.public_key)}" for w in WITNESSES[:logs]
        ]
        lines += [f"witness w{n} {w.key}" for n, w in enumerate(WITNESSES[:witnesses])]
        lines += [f"group g{n} any {f'g{n - 1}' if n else 'w0'}" for n in range(groups)]
        return "\n".join([*lines, f"quorum g{groups - 1}", ""]).encode()

    policy = parse_policy(text(32, 32, 32))
    assert satisfied(policy, [WITNESSES[0].key]) and not satisfied(policy, [w.key for w in WITNESSES[1:]])
    for sizes in ((33, 32, 32), (32, 33, 32), (32, 32, 33)):
        assert code(lambda sizes=sizes: parse_policy(text(*sizes))) == "policy_too_many"  # type: ignore[misc]


def test_the_quorum_of_the_recommended_policy_is_what_its_groups_say() -> None:
    names = ["prov-main", "prov-dr", "national", "city-b", "city-c", "city-d", "bank"]
    lines = [f"witness {name} {w.key}" for name, w in zip(names, WITNESSES, strict=False)]
    lines += ["group superior 2 prov-main prov-dr national", "group peers 3 city-b city-c city-d"]
    lines += [
        "group outside any bank",
        "group every-line all superior peers outside",
        "quorum every-line",
        "",
    ]
    policy = parse_policy("\n".join(lines).encode())
    who = dict(zip(names, [w.key for w in WITNESSES], strict=False))
    for size in range(8):
        for chosen in combinations(names, size):
            stands = len({"prov-main", "prov-dr", "national"} & set(chosen)) >= 2 and {
                "city-b",
                "city-c",
                "city-d",
                "bank",
            } <= set(chosen)
            assert satisfied(policy, [who[name] for name in chosen]) == stands
    assert not satisfied(policy, [WITNESSES[0].key] * 7)
    assert not satisfied(policy, [w.key for w in WITNESSES[8:]])


def test_a_checkpoint_is_believed_with_its_log_and_quorum_only() -> None:
    policy = parse_policy(TWO.encode())
    found = judged(policy, cosigned(HEAD, LOG, PROVINCE, BANK), verify)
    assert [v.key for v in found.vouched] == [LOG.key, PROVINCE.key, BANK.key]
    for signers, reason in (
        ((LOG, PROVINCE), "quorum_missing"),
        ((LOG, PROVINCE, PROVINCE), "quorum_missing"),
        ((LOG, PROVINCE, NATIONAL), "quorum_missing"),
        ((PROVINCE, BANK), "log_signature_missing"),
        ((NATIONAL,), "signature_missing"),
    ):
        assert code(partial(judged, policy, cosigned(HEAD, *signers), verify)) == reason
    other = Checkpoint("credit.example.cn/access", 300, HEAD.root)
    assert code(lambda: judged(policy, cosigned(other, LOG, PROVINCE, BANK), verify)) == "log_unknown"


def test_a_retired_key_of_a_log_is_believed_up_to_its_size_and_a_stranger_beyond() -> None:
    new = TestSigner(LOG.name, LOG.type, "next log key")
    for size, by, reason in (
        (300, (LOG,), ""),
        (299, (LOG,), "signature_missing"),
        (299, (LOG, new), ""),
        (0, (new,), ""),
    ):
        policy = parse_policy(f"log {new.key}\n#retired {size} {LOG.key}\nquorum none\n".encode())
        assert policy.retired == (RetiredLog(LOG.key, size),)
        assert parse_policy(format_policy(policy)) == policy
        judge = partial(judged, policy, cosigned(HEAD, *by), verify)
        if reason:
            assert code(judge) == reason
        else:
            assert judge().checkpoint == HEAD


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"#retired 05 {VKEY['log']}", "retired_size"),
        (f"#retired -1 {VKEY['log']}", "retired_size"),
        (f"#retired {VKEY['log']}", "policy_line"),
        (f"#retired 5 {VKEY['province']}", "key_type"),
        (f"log {VKEY['log']}\n#retired 5 {VKEY['log']}", "key_twice"),
    ],
)
def test_a_retired_key_that_is_written_otherwise_is_refused(line: str, reason: str) -> None:
    assert code(lambda: parse_policy(f"{line}\nquorum none\n".encode())) == reason


def test_a_log_vouches_for_its_own_origin_only() -> None:
    access = TestSigner("credit.example.cn/access", SignatureType.ED25519, "access log")
    policy = parse_policy(f"{LOG_LINE}log {access.key}\nquorum none\n".encode())
    assert judged(policy, cosigned(HEAD, LOG, access), verify).vouched[0].key == LOG.key
    assert code(lambda: judged(policy, cosigned(HEAD, access), verify)) == "signature_missing"


def test_a_cosignature_without_a_time_does_not_count() -> None:
    policy = parse_policy(f"{LOG_LINE}witness w {VKEY['national_mldsa44']}\nquorum w\n".encode())
    timeless = NoteSignature(
        NATIONAL.name,
        NATIONAL.key.key_id,
        bytes(8) + NATIONAL.sign(signed_message(HEAD, NATIONAL.key, 0)),
    )
    signed = SignedCheckpoint(HEAD, (*cosigned(HEAD, LOG).signatures, timeless))
    assert len(opened(signed, [LOG.key, NATIONAL.key], verify).vouched) == 2
    assert code(lambda: judged(policy, signed, verify)) == "quorum_missing"
    assert judged(policy, cosigned(HEAD, LOG, NATIONAL), verify).vouched[1].seconds == 1


# Proof files


def test_the_proof_file_of_the_vectors_reads_back_and_holds() -> None:
    proof = parse_proof_file(PROOF)
    assert bytes(proof) == PROOF
    assert (proof.index, proof.extra, proof.checkpoint.checkpoint) == (256, b"opening goes here", HEAD)
    found = proved(proof, LEAVES[256], parse_policy(TWO.encode()), verify)
    assert found.checkpoint == HEAD and len(found.vouched) == 3
    bare = ProofFile(proof.index, proof.path, proof.checkpoint)
    assert parse_proof_file(bytes(bare)) == bare and b"extra" not in bytes(bare)


def test_a_proof_of_another_leaf_index_tree_or_quorum_does_not_hold() -> None:
    proof, policy = parse_proof_file(PROOF), parse_policy(TWO.encode())
    text = TWO.replace("group", f"witness pq {VKEY['national_mldsa44']}\ngroup")
    more = parse_policy(text.replace("both all", "both all pq").encode())
    assert code(lambda: proved(proof, LEAVES[257], policy, verify)) == "proof_wrong"
    assert code(lambda: proved(proof, LEAVES[256], more, verify)) == "quorum_missing"
    for changed in (
        ProofFile(257, proof.path, proof.checkpoint),
        ProofFile(256, proof.path[1:], proof.checkpoint),
        ProofFile(256, (*proof.path, sha("x")), proof.checkpoint),
    ):
        assert code(partial(proved, changed, LEAVES[256], policy, verify)) == "proof_wrong"
    grown = parse_proof_file(PROOF.replace(b"\n300\n", b"\n301\n"))
    assert code(lambda: proved(grown, LEAVES[256], policy, verify)) == "signature_wrong"


HASH = to_base64(sha("h")).encode()
BAD_PROOFS = [
    (b"", "proof_form"),
    (PROOF.replace(b"@v1", b"@v2"), "proof_form"),
    (PROOF.replace(b"index 256", b"index +256"), "proof_index"),
    (PROOF.replace(b"index 256", b"index 0256"), "proof_index"),
    (PROOF.replace(b"index 256", b"index  256"), "proof_index"),
    (PROOF.replace(b"index 256\n", b""), "proof_index"),
    (PROOF.replace(b"index 256", b"index -1"), "proof_index"),
    (PROOF.replace(b"index 256", b"index 9223372036854775808"), "proof_index"),
    (PROOF.replace(b"b3Bl", b"b3B "), "proof_extra"),
    (PROOF.replace(b"extra b3Bl", b"extra  b3Bl"), "proof_extra"),
    (PROOF.replace(b"hlcmU=", b"hlcmV="), "proof_extra"),
    (PROOF.replace(b"index 256", b"extra AAAA\nindex 256"), "proof_index"),
    (PROOF.replace(b"E8hK", b"E8h"), "proof_path"),
    (PROOF.replace(b"E8hK", b"E8h\xff"), "proof_path"),
    (PROOF.replace(b"index 256", b"index 256\n" + b"\n".join([HASH] * 57)), "proof_path"),
    (PROOF.replace(b"index 256\n", b"index 256\n\n"), "checkpoint_extension"),
    (PROOF.replace(b"\n300\n", b"\n0300\n"), "checkpoint_size"),
    (PROOF.replace(b"\n", b"\r\n"), "proof_form"),
    (PROOF[:-1], "note_form"),
    (PROOF.replace(b"extra ", b"extra " + b"AAAA" * 30_000), "proof_extra"),
    (PROOF + b"\n" * 400_000, "proof_too_large"),
]


@pytest.mark.parametrize(("data", "reason"), BAD_PROOFS)
def test_bytes_that_are_no_proof_file_are_refused(data: bytes, reason: str) -> None:
    assert code(partial(parse_proof_file, data)) == reason


# Witness requests


def test_the_request_of_the_vectors_reads_back_and_grows_from_its_old_tree_only() -> None:
    request = parse_add_checkpoint(BODY)
    assert bytes(request) == BODY and request.old == 257 and request.signed.checkpoint == HEAD
    made = AddCheckpoint(257, tuple(consistency_proof(257, 300, nodes_of(LEAVES))), request.signed)
    assert bytes(made) == BODY
    assert request.grows_from(root_of(ENTRIES[:257]))
    assert not request.grows_from(root_of(ENTRIES[:256]))
    assert not request.grows_from(EMPTY_ROOT)


def test_a_first_request_has_no_proof_and_the_same_size_the_same_root() -> None:
    signed = cosigned(HEAD, LOG)
    assert AddCheckpoint(0, (), signed).grows_from(EMPTY_ROOT)
    assert not AddCheckpoint(0, (sha("x"),), signed).grows_from(EMPTY_ROOT)
    assert AddCheckpoint(300, (), signed).grows_from(HEAD.root)
    assert not AddCheckpoint(300, (), signed).grows_from(sha("x"))
    # Parsed, so that the witness can first find out whether it knows the log.
    ahead = parse_add_checkpoint(bytes(AddCheckpoint(301, (), signed)))
    assert not ahead.grows_from(sha("x"))
    empty = cosigned(Checkpoint(LOG.name, 0, sha("no empty root")), LOG)
    assert not AddCheckpoint(0, (), empty).grows_from(EMPTY_ROOT)


BAD_BODIES = [
    (b"", "request_old"),
    (BODY.replace(b"old 257", b"old +257"), "request_old"),
    (BODY.replace(b"old 257", b"old 0257"), "request_old"),
    (BODY.replace(b"old 257", b"old  257"), "request_old"),
    (BODY.replace(b"old 257", b"257"), "request_old"),
    (BODY.replace(b"old 257\n", b""), "request_old"),
    (BODY.split(b"\n\n")[0] + b"\n", "request_old"),
    (BODY.replace(b"rUAG", b"rUA"), "request_path"),
    (BODY.replace(b"old 257", b"old 257\n" + b"\n".join([HASH] * 56)), "request_path"),
    (BODY.replace(b"old 257\n", b"old 257\n\n"), "checkpoint_extension"),
    (BODY.replace(b"\n300\n", b"\n+300\n"), "checkpoint_size"),
    (BODY.replace(b"SyRH", b"SyR"), "signature_base64"),
    (BODY + b"x" * 270_000, "request_too_large"),
]


@pytest.mark.parametrize(("data", "reason"), BAD_BODIES)
def test_bytes_that_are_no_request_are_refused(data: bytes, reason: str) -> None:
    assert code(partial(parse_add_checkpoint, data)) == reason


def test_63_lines_of_proof_are_taken() -> None:
    body = BODY.replace(b"old 257", b"old 257\n" + b"\n".join([HASH] * 55))
    assert len(parse_add_checkpoint(body).path) == 63


def test_the_answers_of_a_witness_read_back() -> None:
    lines = cosigned(HEAD, PROVINCE, NATIONAL).signatures
    assert parse_cosignatures(format_cosignatures(lines)) == lines
    assert parse_size(format_size(2**63 - 1)) == 2**63 - 1
    for body in (
        b"",
        b"\n",
        b"12",
        b"+12\n",
        b"012\n",
        b"12\n\n",
        b" 12\n",
        b"12\r\n",
        b"\xff\n",
        b"1" * 40 + b"\n",
    ):
        assert code(partial(parse_size, body)) == "request_size"
    for body in (b"", b"junk\n", format_cosignatures(lines)[:-1]):
        with pytest.raises(RefusedRequest):
            parse_cosignatures(body)


mutations = st.tuples(
    st.integers(0, 900),
    st.integers(0, 900),
    st.sampled_from([b"", b"\n", b"\n\n", b" ", b"+", b"=", b"0", b"\xff", b"\t", "\u2028".encode(), b"#"]),
)


@given(mutations | st.binary(max_size=60))
def test_any_changed_bytes_read_back_exactly_or_are_refused(change: tuple[int, int, bytes] | bytes) -> None:
    def changed(data: bytes) -> bytes:
        return change if isinstance(change, bytes) else data[: change[0]] + change[2] + data[change[1] :]

    with suppress(RefusedProof):
        assert bytes(parse_proof_file(changed(PROOF))) == changed(PROOF)
    with suppress(RefusedRequest):
        assert bytes(parse_add_checkpoint(changed(BODY))) == changed(BODY)
    with suppress(RefusedRequest):
        assert format_cosignatures(parse_cosignatures(changed(BODY))) == changed(BODY)
    with suppress(RefusedPolicy):
        policy = parse_policy(changed(TWO.encode()))
        assert parse_policy(format_policy(policy)) == policy
