"""Release tags (docs/spec/release-tag.md)."""

import hashlib

from . import ed25519, sshsig
from .findings import INCOMPLETE
from .manifest import read as read_manifest
from .message import BEGIN, MessageError
from .message import read as read_message
from .objects import Missing, WrongHash, evtag
from .shapes import ShapeError
from .strict_json import JsonError

FIELDS = ("object ", "type commit", "tag ", "tagger ")


class TagError(Exception):
    """(code, message): what is wrong with a tag object."""


def split(data: bytes):
    """(fields, message, armoured signature, signed bytes) of a tag object."""
    text = data.decode("utf-8", "surrogateescape")
    head, _, body = text.partition("\n\n")
    at = body.find(sshsig.BEGIN)
    if at > 0 and body[at - 1] != "\n":
        at = -1
    message, armoured = (body[:at], body[at:]) if at >= 0 else (body, "")
    fields = dict(line.split(" ", 1) for line in head.split("\n") if " " in line)
    return fields, message, armoured, f"{head}\n\n{message}".encode("utf-8", "surrogateescape")


def check_object(repo, chain, history, counting, release):
    """Everything about the tag object that a release record names; raises TagError."""
    predicate, header = release.statement["predicate"], release.header
    kind, data = repo.read(predicate["object"])
    if kind != "tag":
        raise TagError("tag-moved", "is not an annotated tag")
    try:
        data.decode()
    except UnicodeDecodeError:
        raise TagError("tag-malformed", "is not UTF-8") from None
    fields, message, armoured, signed = split(data)
    head = signed.split(b"\n\n", 1)[0].decode().split("\n")
    if len(head) != len(FIELDS) or not all(map(str.startswith, head, FIELDS)):
        raise TagError("tag-malformed", "its header is not object, type commit, tag and tagger")
    if (fields["object"], fields["tag"]) != (release.commit, predicate["tag"]):
        raise TagError("tag-malformed", "its header does not name the record's commit and the ref's own name")
    try:
        keyid = ed25519.fingerprint(sshsig.signer_of(signed, b"git", armoured))
    except sshsig.SshSigError as error:
        raise TagError("tag-signature", str(error)) from None
    if chain.holders.get(keyid, (None, None))[1] != header["recorder"]:
        raise TagError("tag-signature", "its signer is not the release record's")
    try:
        name, listed, text = read_message(message)
        if hashlib.sha256(text).hexdigest() != predicate["manifest"]:
            raise TagError("tag-malformed", "the manifest is not the one that the record names")
        manifest = read_manifest(text)
    except (MessageError, ShapeError, JsonError) as error:
        raise TagError("tag-malformed", str(error)) from None
    if {name, manifest["tag"]} != {predicate["tag"]}:
        raise TagError("tag-malformed", "tag, message and manifest name different releases")
    check_manifest(chain, history, counting, release, manifest)
    if listed != evtag(repo, release.commit):
        raise TagError("tree-digest-differs", "Git-EVTag-v0-SHA512 is not the digest of the released tree")


def check_manifest(chain, history, counting, release, manifest):
    """Everything the manifest relies on is there and counts."""
    about = (manifest["commit"], manifest["tree"], manifest["project"])
    if about != (release.commit, release.header["tree"], chain.root):
        raise TagError("tag-malformed", "the manifest is about another commit, tree or project")
    head = manifest["ledger"]
    known = chain.knows("heads", head)
    if head not in history.parents and not known:
        raise TagError("head-gone", f"ledger commit {head}, which the manifest pins, is gone")
    if chain.by_digest(manifest["trust"]["digest"]) is None:
        raise TagError("trust-unknown", "the manifest names a trust version that is not in the chain")
    for ident in manifest["records"]:
        if ident not in counting:
            raise TagError("manifest-record", f"record {ident} is relied on and does not count")
        if not known and not history.contains_line(head, counting[ident].line):
            raise TagError("manifest-record", f"record {ident} is relied on and came after the ledger head")


def check_tags(repo, chain, history, counting, releases, findings):
    """`releases`: each release record that counts, or that counted and was removed."""
    refs, bound = repo.refs(), {}
    for release in releases:
        name, oid = release.statement["predicate"]["tag"], release.statement["predicate"]["object"]
        ref, where = f"refs/tags/{name}", {"record": release.ident, "commit": release.commit}
        if bound.setdefault(ref, oid) != oid:
            findings.add("tag-moved", f"a second release record gives {name} another object", ref=ref, **where)
        elif ref not in refs:
            findings.add("tag-missing", f"tag {name} is not there", ref=ref, **where)
        elif refs[ref] != oid:
            findings.add("tag-moved", f"tag {name} is {refs[ref]}, not {oid}", ref=ref, **where)
        else:
            try:
                check_object(repo, chain, history, counting, release)
            except TagError as error:
                unknown = error.args[0] in ("manifest-record", "head-gone") and not history.whole
                findings.add(*error.args, ref=ref, **where, severity=INCOMPLETE if unknown else None)
            except Missing as error:
                findings.add("object-missing", str(error), ref=ref, **where)
            except WrongHash as error:
                findings.add("object-wrong", str(error), ref=ref, **where)
    for ref, oid in refs.items():
        if ref.startswith("refs/tags/") and ref not in bound:
            check_other(repo, history, ref, oid, findings)


def check_other(repo, history, ref, oid, findings):
    """A tag that carries a manifest and that no record names."""
    try:
        kind, data = repo.read(oid)
    except Missing as error:
        return findings.add("object-missing", str(error), ref=ref)
    except WrongHash as error:
        return findings.add("object-wrong", str(error), ref=ref)
    if kind == "tag" and b"\n" + BEGIN.encode() in data:
        weight = None if history.whole else INCOMPLETE
        message = "carries a manifest, but no counting release record names it"
        findings.add("tag-unrecorded", message, ref=ref, severity=weight)
