"""Release tags (docs/spec/release-tag.md)."""

import hashlib
import re

from . import ed25519, sshsig, strict_json
from .findings import INCOMPLETE
from .objects import Missing, WrongHash, evtag

BEGIN = "-----BEGIN QMS MANIFEST-----\n"
END = "-----END QMS MANIFEST-----\n"
TYPE = "urn:git-qms:release-manifest:v1"


class TagError(Exception):
    """(code, message): what is wrong with a tag object."""


def manifest_of(message: str):
    """The bytes from the brace that opens the manifest to the one that closes it; None without a block."""
    if message.count(BEGIN) == 0:
        return None
    if message.count(BEGIN) != 1 or message.count(END) != 1:
        raise TagError("tag-malformed", "the manifest block does not occur exactly once")
    head, rest = message.split(BEGIN)
    body, tail = rest.split(END)
    if tail or (head and not head.endswith("\n")) or not body.endswith("\n"):
        raise TagError("tag-malformed", "the manifest block is not the end of the message, on lines of its own")
    return body[:-1].encode("utf-8", "surrogateescape")


def split(data: bytes):
    """(fields, message, armoured signature, signed bytes) of a tag object."""
    text = data.decode("utf-8", "surrogateescape")
    at = text.find(sshsig.BEGIN)
    body, armoured = (text[:at], text[at:]) if at >= 0 else (text, "")
    head, _, message = body.partition("\n\n")
    fields = dict(line.split(" ", 1) for line in head.split("\n") if " " in line)
    return fields, message, armoured, body.encode("utf-8", "surrogateescape")


def check_object(repo, chain, history, counting, record, header):
    """Everything about the tag object that a release record names; raises TagError."""
    predicate = record["predicate"]
    name, oid = predicate["tag"], predicate["object"]
    commit = record["subject"][0]["digest"]["gitCommit"]
    kind, data = repo.read(oid)
    if kind != "tag":
        raise TagError("tag-malformed", "is not an annotated tag")
    fields, message, armoured, signed = split(data)
    if (fields.get("object"), fields.get("type"), fields.get("tag")) != (commit, "commit", name):
        raise TagError("tag-malformed", "its header does not name the record's commit and the tag's own name")
    if header.get("release") != name:
        raise TagError("tag-malformed", "the record's header does not name the release")
    try:
        key = sshsig.signer_of(signed, b"git", armoured)
    except sshsig.SshSigError as error:
        raise TagError("tag-signature", str(error)) from None
    version = chain.by_digest(header["trust"])
    if version.keys.get(ed25519.fingerprint(key)) != header["recorder"]:
        raise TagError("tag-signature", "its signer is not the release record's")
    manifest = manifest_of(message)
    if manifest is None or message.split("\n", 1)[0] != name:
        raise TagError("tag-malformed", "the message has no manifest, or does not open with the tag's name")
    if hashlib.sha256(manifest).hexdigest() != predicate["manifest"]:
        raise TagError("tag-malformed", "the manifest is not the one that the record names")
    check_manifest(manifest, commit, name, history, counting)
    listed = re.findall(r"(?m)^Git-EVTag-v0-SHA512: ([0-9a-f]{128})$", message)
    if listed != [digest for digest in [evtag(repo, commit)] if digest]:
        raise TagError("tree-digest-differs", "Git-EVTag-v0-SHA512 is not the digest of the released tree")


def check_manifest(data: bytes, commit, name, history, counting):
    try:
        manifest = strict_json.parse(data)
        subject, predicate = manifest["subject"][0], manifest["predicate"]
        found = (manifest["predicateType"], subject["digest"]["gitCommit"], predicate["tag"])
        ledger, relied = predicate["ledger"], predicate["records"]
    except (strict_json.JsonError, KeyError, IndexError, TypeError) as error:
        raise TagError("tag-malformed", f"the manifest is not a statement of its type: {error!r}") from None
    if found != (TYPE, commit, name):
        raise TagError("tag-malformed", "the manifest is of another release")
    if ledger not in history.place:
        raise TagError("head-gone", f"ledger commit {ledger}, which the manifest pins, is gone")
    for entry in relied:
        if entry not in counting:
            raise TagError("manifest-record", f"record {entry} is relied on and does not count")


def check_tags(repo, chain, history, counting, releases, findings):
    """`releases`: (statement, header, record id) of each release record that counts, or that was removed."""
    refs = repo.refs()
    bound = {}
    for record, header, ident in releases:
        name, oid = record["predicate"]["tag"], record["predicate"]["object"]
        ref = f"refs/tags/{name}"
        bound.setdefault(ref, set()).add(oid)
        if ref not in refs:
            findings.add("tag-missing", f"tag {name} is not there", ref=ref, record=ident)
        elif refs[ref] != oid:
            findings.add("tag-moved", f"tag {name} is {refs[ref]}, not {oid}", ref=ref, record=ident)
        try:
            check_object(repo, chain, history, counting, record, header)
        except TagError as error:
            unknown = error.args[0] in ("manifest-record", "head-gone") and not history.whole
            findings.add(*error.args, ref=ref, record=ident, severity=INCOMPLETE if unknown else None)
        except Missing as error:
            findings.add("object-missing", str(error), ref=ref, record=ident)
        except WrongHash as error:
            findings.add("object-wrong", str(error), ref=ref, record=ident)
    for ref, oid in refs.items():
        if ref.startswith("refs/tags/") and oid not in bound.get(ref, ()):
            check_other(repo, history, ref, oid, findings)


def check_other(repo, history, ref, oid, findings):
    """A tag that carries a manifest and that no record names."""
    try:
        kind, data = repo.read(oid)
    except Missing as error:
        return findings.add("object-missing", str(error), ref=ref)
    except WrongHash as error:
        return findings.add("object-wrong", str(error), ref=ref)
    if kind == "tag" and BEGIN.encode() in data:
        weight = None if history.whole else INCOMPLETE
        message = "carries a manifest, but no counting release record names it"
        findings.add("tag-unrecorded", message, ref=ref, severity=weight)
