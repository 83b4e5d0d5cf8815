"""Attached files (docs/spec/files.md, section 4)."""

import hashlib
import re

from .findings import INCOMPLETE, WARNING
from .objects import Missing, WrongHash

REF = "refs/qms/files"
MOST = 100 << 20


def check(repo, chain, counting, findings):
    """Holds every file that a counting record says is stored against its digest."""
    named = {}
    for record in counting.values():
        for file in record.header.get("files", []):
            if file["stored"]:
                named.setdefault(file["sha256"], record.ident)
    if not named:
        return
    try:
        here = read(repo, findings)
    except Missing as error:
        return findings.add("object-missing", str(error), ref=REF)
    except WrongHash as error:
        return findings.add("object-wrong", str(error), ref=REF)
    cut, gone = any(True for _ in repo.incomplete()), expunged(chain, counting)
    for digest, record in sorted(named.items()):
        where = {"ref": REF, "record": record}
        if digest in gone:
            still = here is not None and digest in here and is_whole(repo, here[digest], digest)
            findings.add("file-expunged", f"file {digest} was expunged", **where, severity=WARNING if still else None)
        elif here is None:
            findings.add("file-missing", f"file {digest}: there is no {REF}", **where, severity=INCOMPLETE)
        elif digest not in here:
            weight = INCOMPLETE if cut else None
            findings.add("file-missing", f"file {digest} is not in {REF}", **where, severity=weight)
        else:
            try:
                if not is_file(repo, here[digest], digest):
                    findings.add("file-wrong", f"file {digest} has other bytes", **where)
            except Missing as error:
                findings.add("object-missing", str(error), **where)
            except WrongHash as error:
                findings.add("object-wrong", str(error), **where)


def is_file(repo, blob, digest) -> bool:
    kind, data = repo.read(blob)
    return kind == "blob" and len(data) <= MOST and hashlib.sha256(data).hexdigest() == digest


def is_whole(repo, blob, digest) -> bool:
    try:
        return is_file(repo, blob, digest)
    except (Missing, WrongHash):
        return False


def expunged(chain, counting) -> set:
    """Section 5: what two people, and no bots, say has to go."""
    people = {}
    for record in counting.values():
        if record.header["kind"] == "tombstone":
            who = record.header["recorder"]
            latest = next(version.members[who] for version in reversed(chain.versions) if who in version.members)
            if latest["type"] == "person":
                people.setdefault(record.statement["predicate"]["file"], set()).add(who)
    return {file for file, signers in people.items() if len(signers) >= 2}


def read(repo, findings):
    """digest: blob, of everything in the set; None without the ref."""
    tip = repo.refs().get(REF)
    if tip is None:
        return None
    commit, here = repo.commit(tip), {}
    if commit is None:
        raise WrongHash(f"{REF} is not a commit")
    if commit.parents:
        odd(findings, "its commit has parents")
    for mode, name, tree in repo.tree(commit.tree):
        if mode != "40000" or not re.fullmatch("[0-9a-f]{2}", name):
            odd(findings, f"path {name!r} is no directory of files")
            continue
        for mode, rest, blob in repo.tree(tree):
            digest = name + rest
            if mode != "100644" or not re.fullmatch("[0-9a-f]{64}", digest):
                odd(findings, f"path {name}/{rest!r} is no file")
            else:
                here[digest] = blob
    return here


def odd(findings, message):
    findings.add("files-path", message, ref=REF)
