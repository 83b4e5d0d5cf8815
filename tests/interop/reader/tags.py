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


def faults_of_object(repo, chain, history, counting, release):
    """(code, message) of everything that is wrong with the tag object that a release record names."""
    predicate, header = release.statement["predicate"], release.header
    kind, data = repo.read(predicate["object"])
    if kind != "tag":
        return [("tag-moved", "is not an annotated tag")]
    try:
        data.decode()
    except UnicodeDecodeError:
        return [("tag-malformed", "is not UTF-8")]
    fields, message, armoured, signed = split(data)
    head = signed.split(b"\n\n", 1)[0].decode().split("\n")
    if len(head) != len(FIELDS) or not all(map(str.startswith, head, FIELDS)):
        return [("tag-malformed", "its header is not object, type commit, tag and tagger")]
    found = []
    if (fields["object"], fields["tag"]) != (release.commit, predicate["tag"]):
        found.append(("tag-malformed", "its header does not name the record's commit and the ref's own name"))
    try:
        keyid = ed25519.fingerprint(sshsig.signer_of(signed, b"git", armoured))
        if chain.holders.get(keyid, (None, None))[1] != header["recorder"]:
            found.append(("tag-signature", "its signer is not the release record's"))
    except sshsig.SshSigError as error:
        found.append(("tag-signature", str(error)))
    try:
        name, listed, text = read_message(message)
        if hashlib.sha256(text).hexdigest() != predicate["manifest"]:
            raise MessageError("the manifest is not the one that the record names")
        manifest = read_manifest(text)
        if {name, manifest["tag"]} != {fields["tag"]}:
            raise MessageError("tag, message and manifest name different releases")
    except (MessageError, ShapeError, JsonError) as error:
        return [*found, ("tag-malformed", str(error))]
    found.extend(faults_of_manifest(chain, history, counting, release, manifest))
    try:
        if listed != evtag(repo, fields["object"]):
            found.append(("tree-digest-differs", "Git-EVTag-v0-SHA512 is not the digest of the released tree"))
    except Missing as error:
        found.append(("object-missing", str(error)))
    except WrongHash as error:
        found.append(("object-wrong", str(error)))
    return found


def faults_of_manifest(chain, history, counting, release, manifest):
    """Whether everything the manifest relies on is there, counts, and says what the manifest says of it."""
    header = release.header
    about = (manifest["commit"], manifest["tree"], manifest["project"])
    if about != (release.commit, header["tree"], chain.root):
        yield "tag-malformed", "the manifest is about another commit, tree or project"
    same = (header.get("service"), header.get("change", "").lower()) == (manifest["service"], manifest["change"].lower())
    if not same or header.get("environment", None) not in (None, *manifest["environments"]):
        yield "tag-malformed", "the manifest is about another service, environment or change"
    head = manifest["ledger"]
    known = chain.knows("heads", head)
    if head not in history.parents and not known:
        yield "head-gone", f"ledger commit {head}, which the manifest pins, is gone"
    if chain.by_digest(manifest["trust"]["digest"]) is None:
        yield "trust-unknown", "the manifest names a trust version that is not in the chain"
    for ident in manifest["records"]:
        if ident not in counting:
            yield "manifest-record", f"record {ident} is relied on and does not count"
        elif not known and not history.contains_line(head, counting[ident].line):
            yield "manifest-record", f"record {ident} is relied on and came after the ledger head"
    yield from misquoted(counting, release, manifest)
    yield from misjudged(chain, history, counting, manifest)


def misjudged(chain, history, counting, manifest):
    """A catalog by which its decision was not made, or that was not in force."""
    policy, head = manifest["policy"], manifest["ledger"]
    decision = counting.get(manifest["gate"]["record"])
    if decision is not None and decision.header["kind"] == "gate":
        if decision.statement["predicate"]["policy"].get("digest", {}).get("sha256") != policy:
            yield "manifest-record", "names a catalog by which its decision was not made"
            return
    untold = any((found["code"], found["severity"]) == ("unverifiable", INCOMPLETE) for found in history.findings)
    if chain.knows("heads", head) or untold:
        return
    there = [
        record for record in counting.values()
        if record.header["kind"] == "policy" and history.contains_line(head, record.line)
    ]  # fmt: skip
    last = [
        record for record in there
        if not any(history.contains_line(other.header["ledger"], record.line) for other in there if other is not record)
    ]  # fmt: skip
    if not last or any(record.statement["predicate"]["sha256"] != policy for record in last):
        yield "manifest-record", "names a catalog that was not in force"


def misquoted(counting, release, manifest):
    """What the manifest says of its decision, approvers and exceptions, and their records do not."""

    def holds(ident, kind, says):
        # What is gone has been told already, if it is relied on at all.
        found = counting.get(ident)
        return ident in manifest["records"] and (found is None or (found.header["kind"] == kind and says(found)))

    def place(record):
        return record.commit, record.header.get("service"), record.header.get("environment")

    gate = manifest["gate"]
    passed = holds(
        gate["record"], "gate",
        lambda found: found.statement["predicate"]["verificationResult"] == "PASSED" and place(found) == place(release),
    )  # fmt: skip
    if not passed or gate["result"] != "pass":
        yield "manifest-record", "relies on no decision that let it pass"
    for who in manifest["approvers"]:

        def theirs(found, who=who):
            predicate = found.statement["predicate"]
            said = (found.header["recorder"], predicate["role"], predicate["meaning"])
            return said == (who["member"], who["role"], who["meaning"])

        if not holds(who["record"], "approval", theirs):
            yield "manifest-record", f"says that {who['member']} {who['meaning']} it, which record {who['record']} does not"
    decision = counting.get(gate["record"])
    if decision is None or "gate" not in decision.header:
        return
    excepted = [control for control in decision.header["gate"]["controls"] if control["outcome"] == "excepted"]
    same = len(excepted) == len(manifest["exceptions"]) and all(
        ident in control["records"]
        and holds(ident, "exception", lambda found, control=control: found.statement["predicate"]["control"] == control["id"])
        for ident, control in zip(manifest["exceptions"], excepted)
    )
    if not same:
        yield "manifest-record", "states other exceptions than its decision"


def project_of(repo, oid):
    """The project that a tag's manifest names, if it carries one that can be read."""
    try:
        kind, data = repo.read(oid)
        return read_manifest(read_message(split(data)[1])[2])["project"] if kind == "tag" else None
    except (Missing, WrongHash, MessageError, ShapeError, JsonError, ValueError, KeyError):
        return None


def check_tags(repo, chain, history, counting, releases, findings, judges=lambda _: True):
    """`releases`: each release record that counts, or that counted and was removed. `judges`: whether tags whose manifest
    names this project are judged here."""
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
                for code, message in faults_of_object(repo, chain, history, counting, release):
                    unknown = code in ("manifest-record", "head-gone") and not history.whole
                    findings.add(code, message, ref=ref, **where, severity=INCOMPLETE if unknown else None)
            except Missing as error:
                findings.add("object-missing", str(error), ref=ref)
            except WrongHash as error:
                findings.add("object-wrong", str(error), ref=ref)
    for ref, oid in refs.items():
        if ref.startswith("refs/tags/") and ref not in bound and judges(project_of(repo, oid)):
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
