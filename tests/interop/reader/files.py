"""Attached files (docs/spec/files.md, section 4)."""

import hashlib
import re

from .findings import INCOMPLETE
from .objects import Missing, WrongHash

REF = "refs/qms/files"
MOST = 100 << 20


def check(repo, counting, findings):
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
    cut = any(True for _ in repo.incomplete())
    for digest, record in sorted(named.items()):
        where = {"ref": REF, "record": record}
        if here is None:
            findings.add("file-missing", f"file {digest}: there is no {REF}", **where, severity=INCOMPLETE)
        elif digest not in here:
            weight = INCOMPLETE if cut else None
            findings.add("file-missing", f"file {digest} is not in {REF}", **where, severity=weight)
        else:
            try:
                kind, data = repo.read(here[digest])
                if kind != "blob" or len(data) > MOST or hashlib.sha256(data).hexdigest() != digest:
                    findings.add("file-wrong", f"file {digest} has other bytes", **where)
            except Missing as error:
                findings.add("object-missing", str(error), **where)
            except WrongHash as error:
                findings.add("object-wrong", str(error), **where)


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
