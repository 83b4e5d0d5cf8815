"""A small project as git-qms would leave it, made with git plumbing and cryptography alone."""

import base64
import hashlib
import json
import os
import subprocess

from reader import ed25519, envelope, objects, sshsig
from vectors.common import Key, compact
from vectors.samples import FILE, statement

LEDGER, TRUST = "refs/notes/qms", "refs/qms/trust"
TAG = "payments-api@2026.04.13+chg-1842"
ENV = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com", "GIT_AUTHOR_DATE": "1776072600 +0000",
    "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com", "GIT_COMMITTER_DATE": "1776072600 +0000",
}  # fmt: skip
GRANTS = {
    "plan": ["developer"], "test": ["ci"], "approval": ["release-manager"], "gate": ["ci"], "release": ["release-manager"],
    "checkpoint": ["release-manager"], "policy": ["developer"],
}  # fmt: skip
PEOPLE = {
    "ada": (Key(1), "person", ["root", "developer"]),
    "grace": (Key(2), "person", ["release-manager"]),
    "ci": (Key(3), "bot", ["ci"]),
}


class Project:
    def __init__(self, path):
        self.path = str(path)
        os.makedirs(self.path, exist_ok=True)
        self.git("init", "-q", "-b", "main")
        self.commit = self.commit_tree({"refund.rs": self.blob(b"fn refund() {}\n")})
        self.git("update-ref", "refs/heads/main", self.commit)
        self.versions, self.notes = [], {}

    def git(self, *arguments, data=b"") -> str:
        run = subprocess.run(["git", "-C", self.path, *arguments], env=ENV, input=data, capture_output=True)
        if run.returncode:
            raise RuntimeError(f"git {arguments}: {run.stderr.decode()}")
        return run.stdout.decode().strip()

    def ref(self, name):
        run = subprocess.run(["git", "-C", self.path, "rev-parse", "-q", "--verify", name], env=ENV, capture_output=True)
        return run.stdout.decode().strip() or None

    def blob(self, data: bytes) -> str:
        return self.git("hash-object", "-w", "--stdin", data=data)

    def commit_tree(self, entries: dict, parents=(), message="-") -> str:
        listing = "".join(f"100644 blob {oid}\t{name}\n" for name, oid in entries.items())
        tree = self.git("mktree", data=listing.encode())
        return self.git("commit-tree", tree, *(part for parent in parents for part in ("-p", parent)), "-m", message)

    def tree(self, commit) -> str:
        return self.git("rev-parse", f"{commit}^{{tree}}")

    # Trust.
    def version_payload(self, **changes) -> dict:
        members = [
            {"id": name, "name": name.title(), "emails": [f"{name}@example.com"], "type": kind, "roles": roles,
             "keys": [ed25519.key_text(key.public)]}
            for name, (key, kind, roles) in PEOPLE.items()
        ]  # fmt: skip
        payload = {"version": len(self.versions) + 1}
        if self.versions:
            payload |= {"previous": self.versions[-1], "ledger": self.ref(LEDGER)}
        payload |= {
            "name": "payments", "created": "2026-04-13T09:00:00Z", "members": members, "grants": GRANTS,
            "thresholds": {"root": 1},
        }
        if not self.versions:
            payload["nonce"] = "00112233445566778899aabbccddeeff"
        return payload | changes

    def write_trust(self, signers=(PEOPLE["ada"][0],), checkpoint=True, **changes):
        payload = compact(self.version_payload(**changes))
        signed = envelope.pae(envelope.TRUST_TYPE, payload)
        signatures = sorted(
            ((key.keyid, key.sign(signed)) for key in signers),
            key=lambda pair: base64.b64decode(pair[0][7:] + "="),
        )
        stored = envelope.write(payload, envelope.TRUST_TYPE, signatures) + b"\n"
        parent = self.ref(TRUST)
        commit = self.commit_tree({"trust.json": self.blob(stored)}, [parent] if parent else [])
        self.git("update-ref", TRUST, commit)
        self.versions.append(hashlib.sha256(payload).hexdigest())
        if checkpoint:
            self.record("checkpoint", "ada", on=commit, predicate={"occasion": "trust"})

    # Ledger.
    def payload(self, kind, who, on=None, predicate=None, header=None) -> bytes:
        value = statement(kind)
        on = on or self.commit
        value["subject"][0]["digest"]["gitCommit"] = on
        value["subject"][0]["annotations"]["qms"] |= {
            "project": self.versions[0], "tree": self.tree(on), "recorder": who, "trust": self.versions[-1],
            "ledger": self.ref(LEDGER), **(header or {}),
        }  # fmt: skip
        value["predicate"] = predicate or value["predicate"]
        return compact(value)

    def record(self, kind, who, key=None, **changes) -> bytes:
        line = (key or PEOPLE[who][0]).line(self.payload(kind, who, **changes))
        self.append(changes.get("on") or self.commit, line)
        return line

    def append(self, on, line: bytes):
        self.write_notes({**self.notes, on: self.notes.get(on, []) + [line]})

    def write_notes(self, notes, parents=None):
        parent = self.ref(LEDGER)
        parents = ([parent] if parent else []) if parents is None else parents
        self.notes = notes
        entries = {on: self.blob(b"".join(line + b"\n" for line in sorted(lines))) for on, lines in notes.items()}
        self.git("update-ref", LEDGER, self.commit_tree(entries, parents, "Notes added by git-qms"))

    # Release.
    def release(self, name=TAG, who="grace", records=None, key=None, edit=lambda body: body, **changes):
        about = {"service": "payments-api", "environment": "production", "change": "CHG-1842"}
        self.record("gate", "ci", header=about)
        gate = self.record_ids()[-1]
        records = records if records is not None else [gate]
        predicate = {
            "project": self.versions[0], "service": "payments-api", "version": "2026.04.13", "tag": name,
            "commit": self.commit, "tree": self.tree(self.commit), "change": "CHG-1842", "environments": ["production"],
            "approvers": [], "tests": [], "vulnerabilities": [], "requirements": ["REQ-7"],
            "gate": {"result": "pass", "record": gate}, "exceptions": [], "ledger": self.ref(LEDGER),
            "trust": {"version": len(self.versions), "digest": self.versions[-1]}, "policy": FILE,
            "records": records,
        }  # fmt: skip
        manifest = {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": "commit", "digest": {"gitCommit": self.commit}}],
            "predicateType": "urn:git-qms:release-manifest:v1",
            "predicate": predicate | changes,
        }
        text = json.dumps(manifest, indent=2)
        repo = objects.Repo(self.path)
        digest = objects.evtag(repo, self.commit)
        repo.close()
        body = (
            f"object {self.commit}\ntype commit\ntag {name}\ntagger Grace <grace@example.com> 1776072600 +0000\n\n"
            f"{name}\n\nBusiness reason:\nRefund limits\n\nTest scope:\nunit: 212 passed\n\nApprovals:\ngrace\n\n"
            f"Rollback:\nrestore previous\n\nGit-EVTag-v0-SHA512: {digest}\n"
            f"\n-----BEGIN QMS MANIFEST-----\n{text}\n-----END QMS MANIFEST-----\n"
        )
        body = edit(body)
        signed = body + sign(key or PEOPLE[who][0], body.encode())
        oid = self.git("hash-object", "-w", "-t", "tag", "--stdin", data=signed.encode())
        predicate = {"tag": name, "object": oid, "manifest": hashlib.sha256(text.encode()).hexdigest()}
        self.record("release", who, predicate=predicate, header={**about, "release": name})
        self.git("update-ref", f"refs/tags/{name}", oid)
        return oid

    def record_ids(self):
        """In the order in which they were written."""
        lines = [line for commit in self.git("rev-list", "--reverse", LEDGER).split() for line in self.lines_at(commit)]
        return list(dict.fromkeys(envelope.parse_line(line).record for line in lines))

    def lines_at(self, commit):
        for entry in self.git("ls-tree", "-r", commit).splitlines():
            yield from self.git("cat-file", "blob", entry.split()[2]).encode().splitlines()

    @classmethod
    def whole(cls, path):
        """A project with a trust change, evidence, a release and a checkpoint after it."""
        project = cls(path)
        project.write_trust()
        project.write_trust(created="2026-04-13T09:10:00Z")
        project.record("policy", "ada")
        project.record("plan", "ada")
        project.record("test", "ci")
        project.record("approval", "grace")
        project.release()
        project.record("checkpoint", "grace")
        return project


def sign(key: Key, message: bytes) -> str:
    """SSHSIG in git's namespace, armoured."""
    public = ed25519.WIRE_PREFIX + key.public
    raw = key.sign(sshsig.signed_data(b"git", b"sha512", message))
    signature = sshsig.string(b"ssh-ed25519") + sshsig.string(raw)
    fields = (public, b"git", b"", b"sha512", signature)
    blob = b"SSHSIG\x00\x00\x00\x01" + b"".join(map(sshsig.string, fields))
    encoded = base64.b64encode(blob).decode()
    lines = [encoded[at : at + 70] for at in range(0, len(encoded), 70)]
    return sshsig.BEGIN + "\n".join(lines) + "\n" + sshsig.END
