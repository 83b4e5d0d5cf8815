"""Chains of trust versions."""

import base64
import hashlib

from reader import ed25519, envelope

from .common import ADA, Hardware, Key, compact, vector

GRACE, MALLORY, TOUCHED = Key(2), Key(7), Hardware(8)
GONE = object()


def member(name, key, *roles, **changes) -> dict:
    return {
        "id": name, "name": name.title(), "emails": [f"{name}@example.com"], "type": "person", "roles": sorted(roles),
        "keys": [ed25519.key_text(key.public)],
    } | changes  # fmt: skip


FIRST = {
    "version": 1, "name": "payments", "created": "2026-04-13T09:00:00Z", "members": [member("ada", ADA, "root")],
    "grants": {"plan": ["developer"], "checkpoint": ["release-manager"]}, "thresholds": {"root": 1},
    "nonce": "00112233445566778899aabbccddeeff",
}  # fmt: skip
BEFORE = {"project": "ab" * 32, "trust": "cd" * 32, "ledger": "ef" * 20}
BOTH = [member("ada", ADA, "root"), member("grace", GRACE, "qa", "root")]


def payload_of(version: dict) -> bytes:
    return compact({name: value for name, value in version.items() if value is not GONE})


def following(version: dict, /, **changes) -> dict:
    """The version after, with changes."""
    head = {
        "version": version["version"] + 1, "previous": hashlib.sha256(payload_of(version)).hexdigest(),
        "ledger": hashlib.sha1(b"ledger").hexdigest(),
    }  # fmt: skip
    rest = {name: value for name, value in version.items() if name not in (*head, "nonce", "continues")}
    return head | rest | changes


def stored(version, *signers, order=1) -> bytes:
    payload = version if isinstance(version, bytes) else payload_of(version)
    signed = envelope.pae(envelope.TRUST_TYPE, payload)
    signatures = [(key.keyid, key.sign(signed)) for key in signers]
    signatures.sort(key=lambda pair: base64.b64decode(pair[0][7:] + "="), reverse=order < 0)
    return envelope.write(payload, envelope.TRUST_TYPE, signatures) + b"\n"


def first(*signers, **changes) -> bytes:
    return stored(FIRST | changes, *(signers or (ADA,)))


def second(*signers, **changes):
    return [first(), stored(following(FIRST, **changes), *(signers or (ADA,)))]


def third(*steps):
    """Later versions, each with the members given, all signed by ada."""
    version, chain = FIRST, [first()]
    for members in steps:
        version = following(version, members=members)
        chain.append(stored(version, ADA))
    return chain


def accepted():
    yield "first", "self-signed, with a nonce", [first()]
    yield "second", "signed by the one before and its own", second()
    yield "two_signatures", "sorted by the digests that the fingerprints spell", second(
        ADA, GRACE, members=BOTH, thresholds={"root": 2}
    )
    yield "further_signature", "one that nobody asked for is ignored", second(ADA, MALLORY)
    yield "member_leaves", "", third(BOTH, FIRST["members"])
    held = dict(members=[member("ada", TOUCHED, "root")])
    yield "hardware_root", "a key in hardware signs its own first version and the next", [
        first(TOUCHED, **held), stored(following(FIRST | held, name="other"), TOUCHED),
    ]
    yield "key_added", "a member may have several", second(
        members=[member("ada", ADA, "root", keys=[ed25519.key_text(key.public) for key in (ADA, Key(5))])]
    )
    yield "continues", "the first version of a project that continues another one", [first(continues=BEFORE)]
    yield "compromised_and_known", "", second(
        compromised={MALLORY.keyid: "ab" * 20}, known={"lines": ["cd" * 32], "heads": ["ef" * 20]}
    )


def rejected():
    form, rule = "exact form", "version 1 has a nonce"
    whole = first()
    yield "no_newline", form, [whole[:-1]]
    yield "two_newlines", form, [whole + b"\n"]
    yield "payload_type_of_records", form, [ADA.line(payload_of(FIRST)) + b"\n"]
    yield "signatures_out_of_order", "not sorted by keyid", [
        first(), stored(following(FIRST, members=BOTH), ADA, GRACE, order=-1)
    ]  # fmt: skip
    yield "signature_twice", "not sorted by keyid", [first(ADA, ADA)]
    yield "payload_changed", "0 of 1 root people", [tampered()]
    yield "first_not_self_signed", "0 of 1 root people of its own", [first(MALLORY)]
    yield "not_signed_by_the_one_before", "0 of 1 root people of the version before", second(
        MALLORY, members=[member("mallory", MALLORY, "root")]
    )
    yield "not_signed_by_its_own", "0 of 1 root people of its own", second(
        ADA, members=[member("grace", GRACE, "root"), member("ada", ADA, "qa")]
    )
    yield "two_keys_of_one_member", "1 of 2 root people of its own", second(
        ADA, Key(5), thresholds={"root": 2},
        members=[member("ada", ADA, "root", keys=[ed25519.key_text(key.public) for key in (ADA, Key(5))]), BOTH[1]],
    )  # fmt: skip
    yield "number_skipped", "is version 3, where 2", second(version=3)
    yield "number_again", rule, second(version=1)
    yield "number_zero", "version 0", [first(version=0)]
    yield "previous_of_another", "previous is not the digest", second(previous="ab" * 32)
    yield "previous_missing", rule, second(previous=GONE)
    yield "ledger_missing", rule, second(ledger=GONE)
    yield "ledger_null", "invalid type: null", second(ledger=None)
    yield "ledger_in_the_first", rule, [first(ledger="ab" * 20)]
    yield "nonce_missing", rule, [first(nonce=GONE)]
    yield "nonce_in_the_second", rule, second(nonce="00" * 16)
    yield "continues_in_the_second", "continues is in version 1 alone", second(continues=BEFORE)
    yield "continues_null", "null", [first(continues=None)]
    yield "continues_without_ledger", "missing field `ledger`", [first(continues={"project": "ab" * 32, "trust": "cd" * 32})]
    yield "continues_a_name", "not 64 lower-case hex digits", [first(continues=BEFORE | {"project": "payments"})]
    yield "nonce_short", "nonce is not 32", [first(nonce="00" * 15)]
    yield "member_unknown_to_the_shape", "unknown field `note`", [first(note="x")]
    yield "grant_of_an_unknown_kind", "unknown variant `note`", [first(grants={"note": ["qa"]})]
    yield "threshold_zero", "threshold of 0", [first(thresholds={"root": 0})]
    yield "threshold_out_of_reach", "threshold of 2 root people", [first(thresholds={"root": 2})]
    yield "member_twice", "member ada is there twice", [first(members=FIRST["members"] + [member("ada", GRACE)])]
    yield "key_twice", "is there twice", [first(members=FIRST["members"] + [member("grace", ADA)])]
    yield "bot_as_root", "which only people hold", [first(members=[member("ada", ADA, "root", type="bot")])]
    yield "key_with_comment", "not of the form ssh-ed25519", [
        first(members=[member("ada", ADA, "root", keys=[ed25519.key_text(ADA.public) + " ada"])])
    ]
    yield "key_of_small_order", "weak point", [
        first(members=[*FIRST["members"], member("eve", ADA, keys=[ed25519.key_text(bytes(32))])])
    ]
    for name, email in [
        ("pattern", "*@example.com"), ("two", "a@example.com,b@example.com"), ("space", "a b@example.com"),
        ("no_at", "ada"), ("dash", "-a@example.com"), ("quote", 'a"@example.com'),
    ]:  # fmt: skip
        yield f"email_{name}", "not one plain address", [first(members=[member("ada", ADA, "root", emails=[email])])]
    yield "name_with_escape", "control characters", [first(name="pay\x1b[31mments")]
    yield "name_blank", "one line of 1 to 200", [first(name=" ")]
    yield "member_comes_back", "member grace was removed", third(BOTH, BOTH[:1], [BOTH[0], member("grace", Key(3), "qa")])
    yield "key_comes_back", "was in use before", third(BOTH, BOTH[:1], [BOTH[0], member("eve", GRACE, "qa")])
    yield "key_changes_hands", "was in use before", third(BOTH, [BOTH[0], member("eve", GRACE, "root")])
    yield "duplicate_key", "duplicate key", [stored(payload_of(FIRST).replace(b'"version":1', b'"version":1,"version":1'), ADA)]


def tampered() -> bytes:
    """A payload that nobody signed, with the signature of another."""
    honest = envelope.parse_trust(first())
    return envelope.write(payload_of(FIRST | {"name": "refunds"}), envelope.TRUST_TYPE, honest.signatures) + b"\n"


def trusts():
    def encoded(chain):
        return [base64.b64encode(version).decode() for version in chain]

    for name, comment, chain in accepted():
        digests = [hashlib.sha256(envelope.parse_trust(version).payload).hexdigest() for version in chain]
        yield vector(name, comment, "accept", versions=encoded(chain), digests=digests)
    for name, reason, chain in rejected():
        yield vector(name, "the last version is not sound", "reject", reason=reason, versions=encoded(chain))
