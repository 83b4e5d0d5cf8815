"""The chain of trust versions (docs/spec/trust.md)."""

import hashlib
import unicodedata

from . import ed25519, envelope, strict_json
from .objects import Missing, WrongHash
from .shapes import (
    WHITE, ShapeError, fail, fields, fingerprint, list_of, map_of, matching, member_id, object_id, one_of, plain_name,
    sha256, text, time, whole,
)  # fmt: skip
from .statement import KINDS

ROOT = "root"
REF = "refs/qms/trust"


def one_line(value, path):
    text(value, path)
    if not value.strip(WHITE) or len(value) > 200 or any(unicodedata.category(char) == "Cc" for char in value):
        fail(path, "is not one line of 1 to 200 characters")


def email(value, path):
    text(value, path)
    user, _, host = value.partition("@")
    odd = any(unicodedata.category(char) == "Cc" or char in WHITE or char in '*?!,"#' for char in value)
    if not user or not host or len(value.encode()) > 254 or odd or value.startswith("-"):
        fail(path, f"{value!r} is not one plain address")


def public_key(value, path):
    text(value, path)
    try:
        ed25519.key_bytes(value)
    except ValueError as error:
        fail(path, str(error))


_member = fields(
    {
        "id": member_id, "name": one_line, "emails": list_of(email), "type": one_of("person", "bot"),
        "roles": list_of(plain_name), "keys": list_of(public_key),
    }
)  # fmt: skip


def member(value, path):
    _member(value, path)
    if value["type"] == "bot" and ROOT in value["roles"]:
        fail(path, "a bot has the role root")


payload_shape = fields(
    {
        "version": whole(least=1), "name": one_line, "created": time, "members": list_of(member),
        "grants": map_of(one_of(*KINDS), list_of(plain_name)),
        "thresholds": fields({"root": whole(least=1, most=(1 << 32) - 1)}),
    },
    {
        "previous": sha256, "ledger": object_id, "compromised": map_of(fingerprint, object_id),
        "known": fields({}, {"lines": list_of(sha256), "heads": list_of(object_id)}),
        "nonce": matching(r"[0-9a-f]{32}"),
        "continues": fields({"project": sha256, "trust": sha256, "ledger": object_id}),
    },
)  # fmt: skip


class Version:
    """One version, checked as far as its own payload tells."""

    def __init__(self, commit: str, stored: bytes):
        self.commit = commit
        self.envelope = envelope.parse_trust(stored)
        self.payload = payload = strict_json.parse(self.envelope.payload)
        payload_shape(payload, "")
        self.digest = hashlib.sha256(self.envelope.payload).hexdigest()
        self.number, self.ledger = payload["version"], payload.get("ledger")
        for member_name in ("previous", "ledger"):
            if (member_name in payload) == (self.number == 1):
                fail(member_name, "is in every version but the first")
        if ("nonce" in payload) != (self.number == 1):
            fail("nonce", "is in the first version alone")
        if "continues" in payload and self.number != 1:
            fail("continues", "is in the first version alone")
        self.continues = payload.get("continues")
        self.members = {entry["id"]: entry for entry in payload["members"]}
        self.keys = {
            ed25519.fingerprint(ed25519.key_bytes(key)): entry["id"] for entry in payload["members"] for key in entry["keys"]
        }
        if len(self.members) != len(payload["members"]):
            fail("members", "an id is there twice")
        if len(self.keys) != sum(len(entry["keys"]) for entry in payload["members"]):
            fail("members", "a key is there twice")
        roots = [entry for entry in payload["members"] if ROOT in entry["roles"] and entry["keys"]]
        self.roots = {entry["id"]: [ed25519.key_bytes(key) for key in entry["keys"]] for entry in roots}
        self.threshold = payload["thresholds"]["root"]
        if self.threshold > len(self.roots):
            fail("thresholds", "nobody can reach it")

    def enough(self, signed: envelope.Envelope) -> bool:
        """Distinct root people, not keys."""
        who = [member for member, keys in self.roots.items() if any(map(signed.is_signed_by, keys))]
        return len(who) >= self.threshold

    def holds(self, member_name: str, keyid: str, role: str) -> bool:
        return self.keys.get(keyid) == member_name and role in self.members[member_name]["roles"]

    def permits(self, header: dict, predicate: dict, keyid: str) -> bool:
        who, kind = header["recorder"], header["kind"]
        if kind == "checkpoint" and predicate["occasion"] == "trust":
            return self.holds(who, keyid, ROOT)
        granted = any(self.holds(who, keyid, role) for role in self.payload["grants"].get(kind, []))
        if kind == "approval":
            return granted and self.holds(who, keyid, predicate["role"])
        return granted


class Chain:
    """The sound versions, the oldest first."""

    def __init__(self):
        self.versions = []
        self.holders = {}
        self.gone = set()
        # What the project that continues this one accepts of it.
        self.accepted = {"lines": set(), "heads": set()}

    def append(self, version: Version):
        """Adds the next version; raises ShapeError if it is not sound."""
        last = self.versions[-1] if self.versions else None
        expected = last.number + 1 if last else 1
        if version.number != expected:
            fail("version", f"is {version.number}, where {expected} has to come next")
        if version.payload.get("previous") != (last.digest if last else None):
            fail("previous", "is not the digest of the version before")
        if last and not last.enough(version.envelope):
            fail("signatures", "not enough root people of the version before")
        if not version.enough(version.envelope):
            fail("signatures", "not enough root people of its own")
        for name in version.members:
            if name in self.gone:
                fail("members", f"{name} was removed before")
        for keyid, name in version.keys.items():
            kept = last and last.keys.get(keyid) == name
            if not kept and keyid in self.holders:
                fail("members", f"key {keyid} was in use before")
        if last:
            self.gone |= set(last.members) - set(version.members)
        self.holders |= {
            ed25519.fingerprint(ed25519.key_bytes(key)): (ed25519.key_bytes(key), name)
            for name, entry in version.members.items()
            for key in entry["keys"]
        }
        self.versions.append(version)

    def cut(self, count: int):
        del self.versions[max(count, 1) :]
        alive = {keyid for version in self.versions for keyid in version.keys}
        self.holders = {keyid: holder for keyid, holder in self.holders.items() if keyid in alive}

    @property
    def root(self) -> str:
        return self.versions[0].digest

    def by_digest(self, digest: str):
        return next((version for version in self.versions if version.digest == digest), None)

    def limits(self, keyid: str) -> list:
        """The heads within which a compromised key's records count."""
        named = (version.payload.get("compromised", {}).get(keyid) for version in self.versions)
        return [head for head in named if head]

    def accept(self, later: "Chain"):
        for which, accepted in self.accepted.items():
            accepted |= later.accepted[which]
            for version in later.versions:
                accepted |= set(version.payload.get("known", {}).get(which, []))

    def knows(self, which: str, what: str) -> bool:
        return what in self.accepted[which] or any(what in version.payload.get("known", {}).get(which, []) for version in self.versions)


class Other(Exception):
    """The archive is not the one that was continued."""


def read_archive(repo, ref, continues) -> Chain:
    """The versions of a project that was continued, up to the one that was. Raises Missing, WrongHash or Other."""
    line, oid = [], repo.refs()[ref]
    while oid:
        commit = repo.commit(oid)
        if commit is None:
            raise Other("not a line of commits")
        line.append((oid, commit))
        oid = commit.parents[0] if commit.parents else None
    stored = []
    for oid, commit in reversed(line):
        entries = repo.tree(commit.tree)
        alone = len(commit.parents) < 2 and [(mode[:3], name) for mode, name, _ in entries] == [("100", "trust.json")]
        stored.append((oid, repo.read(entries[0][2])[1] if alone else b""))

    def digest(data):
        try:
            return hashlib.sha256(envelope.parse_trust(data).payload).hexdigest()
        except ValueError:
            return None

    named = [at for at, (_, data) in enumerate(stored) if digest(data) == continues["trust"]]
    if not named:
        raise Other(f"{ref} does not hold trust version {continues['trust']}")
    chain = Chain()
    try:
        for oid, data in stored[: named[-1] + 1]:
            chain.append(Version(oid, data))
    except (ShapeError, ValueError) as error:
        raise Other(str(error)) from None
    if chain.root != continues["project"]:
        raise Other(f"{ref} is of project {chain.root}")
    return chain


def read_chain(repo, findings) -> Chain:
    """Reads refs/qms/trust; a version that is not sound ends the chain."""
    chain = Chain()
    tip = repo.refs().get(REF)
    if tip is None:
        cut = any(repo.incomplete()) or "refs/notes/qms" not in repo.refs()
        findings.add("trust-missing", f"{REF} is not there", ref=REF, severity="incomplete" if cut else None)
        return chain
    line, oid = [], tip
    try:
        while oid:
            commit = repo.commit(oid)
            if commit is None:
                findings.add("trust-fault", "not a line of commits", ref=REF, commit=oid)
                return chain
            line.append((oid, commit))
            oid = commit.parents[0] if commit.parents else None
        for oid, commit in reversed(line):
            if len(commit.parents) > 1:
                fail("commit", "is a merge, which a line of commits has not")
            entries = repo.tree(commit.tree)
            if [(mode[:3], name) for mode, name, _ in entries] != [("100", "trust.json")]:
                fail("tree", "does not hold the file trust.json and nothing else")
            chain.append(Version(oid, repo.read(entries[0][2])[1]))
    except Missing as error:
        findings.add("object-missing", str(error), ref=REF, commit=oid)
    except WrongHash as error:
        findings.add("object-wrong", str(error), ref=REF, commit=oid)
    except (ShapeError, ValueError) as error:
        findings.add("trust-fault", str(error), ref=REF, commit=oid)
    return chain
