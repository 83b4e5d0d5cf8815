"""The whole repository: the steps of docs/spec/verification.md, in their order."""

import json
from dataclasses import dataclass

from . import envelope, files, outside, statement, tags
from .findings import ERROR, INCOMPLETE, INFO, Findings
from .ledger import REF, History, Line
from .objects import Missing, Repo, WrongHash
from .strict_json import JsonError
from .trust import REF as TRUST_REF
from .trust import Other, read_archive, read_chain


class Void(Exception):
    """(code, message): why a line counts for nothing."""


class Unfit(Exception):
    """(code, message, ref): why a project that is continued cannot be verified."""


@dataclass
class Counted:
    """A record that counts, or a release that counted."""

    ident: str
    statement: dict
    header: dict
    line: Line

    @property
    def commit(self) -> str:
        return self.line.on


ARCHIVE = "refs/qms/archive/"


class Verification:
    def __init__(self, path, root=None, strict=False, checkpoints=(), witnesses=()):
        self.repo = Repo(path)
        self.findings = Findings()
        self.counts = dict.fromkeys(("valid", "void", "orphaned", "unverifiable"), 0)
        try:
            self.run(root, strict, checkpoints, witnesses)
        finally:
            self.repo.close()

    def run(self, root, strict, checkpoints, witnesses):
        for what in self.repo.not_read():
            self.findings.add("not-read", f"{what} is there and is not read")
        for reason in self.repo.incomplete():
            self.findings.add("clone-incomplete", reason)
        self.chain = read_chain(self.repo, self.findings)
        self.history = History(self.repo, self.findings)
        self.reached = self.reach()
        if not self.chain.versions:
            return
        self.check_pin(root, strict)
        self.check_records()
        archives, before, cut = self.read_archives()
        self.check_tags(lambda project: project not in before, uncertain=cut)
        self.finish()
        for archive in archives:
            self.findings.extend(archive.findings)
        for checkpoint in checkpoints:
            # One of a project that is continued is held against its archive.
            named = [one for one in archives if one.chain.root == checkpoint.seen["project"]]
            one = named[0] if named else self
            outside.check(checkpoint, witnesses, one.chain, one.history, self.repo.refs(), self.findings)

    def check_records(self):
        self.check_chain_heads()
        self.counting, self.releases, self.ended = {}, [], []
        # In the order of the ledger: of two releases of one name the first one binds.
        place = {oid: at for at, oid in enumerate(self.history.order)}
        for line in sorted(self.history.lines.values(), key=lambda line: [place[at] for at in line.introduced]):
            self.judge(line)
        self.check_root()
        self.check_trust_checkpoints()

    def check_tags(self, judges, uncertain=False):
        found = Findings()
        tags.check_tags(self.repo, self.chain, self.history, self.counting, self.releases, found, judges)
        for finding in found:
            if uncertain and finding["code"] == "tag-unrecorded":
                finding["severity"] = INCOMPLETE
        self.findings.extend(found)

    def finish(self):
        self.tell_retroactive()
        self.check_corrections()
        self.weigh_by_what_is_missing()
        files.check(self.repo, self.chain, self.counting, self.findings)

    # Section 10.
    def read_archives(self):
        """(projects that this one continues, their names, whether one could not be verified)."""
        archives, before, later = [], set(), self.chain
        while later.versions[0].continues:
            continues = later.versions[0].continues
            before.add(continues["project"])
            text = f"project {later.root} says that it continues project {continues['project']}"
            self.findings.add("continuity-claimed", text, ref=TRUST_REF)
            ref = f"{ARCHIVE}{continues['project']}/"
            try:
                archive = Archived(self.repo, ref, continues, later)
            except Unfit as error:
                code, message, at = error.args
                self.findings.add(code, message, ref=at)
                return archives, before, True
            archives.append(archive)
            later = archive.chain
        return archives, before, False

    # Step 7 comes first: what is reached decides how a line is read.
    def reach(self, also=()) -> dict:
        """commit: tree, of every commit that a branch, remote-tracking branch, tag or the trust reaches."""
        here = ("refs/heads/", "refs/remotes/", "refs/tags/", TRUST_REF)
        stack = [(oid, ref) for ref, oid in self.repo.refs().items() if ref.startswith(here)]
        stack.extend((oid, None) for oid in also)
        reached = {}
        while stack:
            oid, ref = stack.pop()
            if oid in reached:
                continue
            try:
                kind, data = self.repo.read(oid)
                if kind == "tag":
                    stack.append((tags.split(data)[0]["object"], ref))
                elif kind == "commit":
                    commit = self.repo.commit(oid)
                    reached[oid] = commit.tree
                    stack.extend((parent, ref) for parent in commit.parents)
            except Missing as error:
                self.findings.add("object-missing", str(error), commit=oid)
                reached[oid] = None
            except WrongHash as error:
                self.findings.add("object-wrong", str(error), ref=ref, commit=oid)
                reached[oid] = None
        return reached

    def check_pin(self, root, strict):
        if root is None:
            weight = INCOMPLETE if strict else None
            self.findings.add("trust-not-pinned", f"root {self.chain.root} is not pinned", ref=TRUST_REF, severity=weight)
        elif root != self.chain.root:
            self.findings.add("trust-root-differs", f"root is {self.chain.root}, pinned is {root}", ref=TRUST_REF)

    def check_chain_heads(self):
        before = None
        for at, version in enumerate(self.chain.versions):
            head = version.ledger
            if head is None:
                continue
            if head not in self.history.parents:
                self.gone(head, f"which trust version {version.number} names", ref=TRUST_REF, commit=version.commit)
            elif before and not self.history.contains(head, before):
                self.findings.add("trust-fault", f"ledger of version {version.number} is behind", commit=version.commit)
                self.chain.cut(at)
                return
            else:
                before = head

    def gone(self, head, what, **where):
        weight = INFO if self.chain.knows("heads", head) else INCOMPLETE if self.history.cut else ERROR
        self.findings.add("head-gone", f"ledger commit {head}, {what}, is gone", severity=weight, **where)

    # Step 2.
    def examine(self, line):
        """(statement, header, key) of a line that holds for itself."""
        try:
            signed = envelope.parse_line(line.data)
        except envelope.EnvelopeError as error:
            raise Void("envelope-form", str(error)) from None
        keyid = signed.signatures[0][0]
        if keyid not in self.chain.holders:
            raise Void("key-unknown", f"key {keyid} is in no trust version")
        key, holder = self.chain.holders[keyid]
        if not signed.is_signed_by(key):
            raise Void("signature-wrong", f"not by key {keyid} over these bytes")
        try:
            record = statement.parse(signed.payload)
        except (JsonError, statement.ShapeError) as error:
            raise Void("statement-malformed", str(error)) from None
        header = record["subject"][0]["annotations"]["qms"]
        if header["project"] != self.chain.root:
            raise Void("project-differs", f"belongs to project {header['project']}")
        if record["subject"][0]["digest"]["gitCommit"] != line.on:
            raise Void("subject-differs", "lies on another commit than it speaks about")
        read = self.check_tree(line.on, header["tree"])
        if header["recorder"] != holder:
            raise Void("recorder-differs", f"names {header['recorder']}, but the key is that of {holder}")
        version = self.chain.by_digest(header["trust"])
        if version is None:
            raise Void("trust-unknown", f"trust version {header['trust']} is not in the chain")
        if not version.permits(header, record["predicate"], keyid):
            raise Void("role-missing", f"{holder} may not sign kind {header['kind']}")
        return record, header, keyid, signed.record, read

    def check_tree(self, on, tree) -> bool:
        """Whether the commit could be read."""
        try:
            commit = self.repo.commit(on)
        except (Missing, WrongHash):
            return False
        if commit is None:
            raise Void("not-a-commit", "the note is on something that is not a commit")
        if commit.tree != tree:
            raise Void("tree-differs", "names another tree than the commit has")
        return True

    # Step 3.
    def place(self, line, record, header, keyid):
        """Raises Void unless the record counts where it stands."""
        head, history = header["ledger"], self.history
        if head is None:
            first = self.chain.versions[0]
            if not (
                record["predicate"].get("occasion") == "trust" and header["kind"] == "checkpoint"
                and header["trust"] == first.digest and line.on == first.commit and line.introduced == history.order[:1]
            ):  # fmt: skip
                raise Void("head-not-before", "signed over no ledger, which only the first checkpoint may be")
        elif not self.chain.knows("heads", head):
            if head not in history.parents:
                raise Void("head-gone", f"signed over ledger commit {head}, which is gone")
            if not all(at != head and history.contains(at, head) for at in line.introduced):
                raise Void("head-not-before", f"signed over ledger commit {head}, which does not come before it")
        for version in reversed(self.chain.versions):
            if not history.contains_line(version.ledger, line):
                if not version.permits(header, record["predicate"], keyid):
                    raise Void("role-ended", f"trust version {version.number} does not permit it any more")
                break
        for limit in self.chain.limits(keyid):
            if not history.contains_line(limit, line):
                raise Void("key-compromised", f"key {keyid} counts only up to ledger commit {limit}")

    def judge(self, line):
        known = INFO if self.chain.knows("lines", line.digest) else None
        try:
            record, header, keyid, ident, read = self.examine(line)
        except Void as error:
            code, message = error.args
            if line.in_tip:
                self.counts["void"] += 1
                self.findings.add(code, f"line {line.digest}: {message}", commit=line.on, severity=known)
            elif line.removed:
                self.findings.add("void-line-removed", f"line {line.digest}", commit=line.on, severity=known)
            return
        where = {"commit": line.on, "record": ident}
        # Where another form of its note cannot be read, it is not known where the line stands.
        weight = known or (INCOMPLETE if line.uncertain else None)
        counted, fault = Counted(ident, record, header, line), None
        try:
            self.place(line, record, header, keyid)
        except Void as error:
            fault = error.args
            if fault[0] in ("role-ended", "key-compromised"):
                self.ended.append((counted, keyid))
        # Step 4.
        if not line.in_tip:
            self.findings.add("line-removed", f"line {line.digest} is not in the tip", **where, severity=weight)
        elif line.removed:
            self.findings.add("line-restored", f"line {line.digest} was removed and put back", **where)
        if fault:
            if line.in_tip:
                self.counts["void"] += 1
                known_head = fault[0] == "head-gone" and self.chain.knows("heads", header["ledger"])
                self.findings.add(*fault, **where, severity=INFO if known_head else weight)
            return
        if header["kind"] == "release":
            # What was released stays bound to its tag, whoever removed the line.
            self.releases.append(counted)
        if not line.in_tip:
            return
        if not read:
            self.counts["unverifiable"] += 1
            # The policy before it must not come back into force by the deletion of a branch.
            weight = known or (INCOMPLETE if header["kind"] == "policy" else None)
            self.findings.add("unverifiable", "its commit cannot be read", **where, severity=weight)
            if header["kind"] == "policy":
                return
        if ident in self.counting:
            return
        orphaned = read and line.on not in self.reached
        if read:
            self.counts["orphaned" if orphaned else "valid"] += 1
        if orphaned:
            self.findings.add("orphaned", "no branch or tag reaches its commit", **where)
        self.counting[ident] = counted

    def check_root(self):
        history = self.history
        if not history.order:
            if history.cut:
                return
            self.findings.add("ledger-missing", f"{REF} is not there", ref=REF)
            return
        roots = [oid for oid in history.order if not self.repo.commit(oid).parents]
        first = [record for record in self.counting.values() if record.header["ledger"] is None]
        alone = sum(roots[0] in line.introduced for line in history.lines.values()) == 1 if roots else False
        if history.whole and (len(roots) != 1 or len(first) != 1 or not alone):
            self.findings.add("ledger-root", "does not begin with the checkpoint of trust version 1, alone", ref=REF)

    def check_trust_checkpoints(self):
        pinned = {
            (record.commit, record.header["trust"])
            for record in self.counting.values()
            if record.header["kind"] == "checkpoint" and record.statement["predicate"]["occasion"] == "trust"
        }
        for version in self.chain.versions:
            if (version.commit, version.digest) not in pinned:
                message = f"trust version {version.number} has no checkpoint"
                self.findings.add("trust-checkpoint-missing", message, ref=TRUST_REF, commit=version.commit)

    # Section 3.1.
    def tell_retroactive(self):
        """Which records were in the ledger already when the version that voids them came into force."""
        if not self.history.whole:
            return
        pins = {}
        for record in self.counting.values():
            if record.header["kind"] == "checkpoint" and record.statement["predicate"]["occasion"] == "trust":
                pins.setdefault((record.commit, record.header["trust"]), []).append(record.header["ledger"])
        for one, keyid in self.ended:
            for version in self.chain.versions:
                later = not self.history.contains_line(version.ledger, one.line)
                ends = later and not version.permits(one.header, one.statement["predicate"], keyid)
                limit = version.payload.get("compromised", {}).get(keyid)
                stolen = limit is not None and not self.history.contains_line(limit, one.line)
                heads = pins.get((version.commit, version.digest), [])
                if (ends or stolen) and any(self.history.contains_line(head, one.line) for head in heads):
                    message = f"was in the ledger when trust version {version.number} came into force, which voids it"
                    self.findings.add("ended-retroactively", message, commit=one.commit, record=one.ident)
                    break

    def check_corrections(self):
        """A superseding record has the kind and commit of the earlier one, comes after it, and is by who may."""
        for record in self.counting.values():
            earlier_id = record.header.get("supersedes", {}).get("record")
            if earlier_id is None:
                continue
            earlier, kind = self.counting.get(earlier_id), record.header["kind"]
            own = kind in ("approval", "exception")
            allowed = (
                earlier is not None and (earlier.header["kind"], earlier.commit) == (kind, record.commit)
                and kind not in ("release", "policy", "checkpoint", "gate", "exception-decision", "tombstone")
                and not (own and earlier.header["recorder"] != record.header["recorder"])
                and self.is_before(earlier, record)
            )  # fmt: skip
            if not allowed:
                message = f"supersedes {earlier_id}, without effect"
                self.findings.add("supersedes-void", message, commit=record.commit, record=record.ident)

    def is_before(self, early, late) -> bool:
        head = late.header["ledger"]
        if self.chain.knows("heads", head) and head not in self.history.parents:
            head = late.line.introduced[0]
        own = head in late.line.introduced
        return any(self.history.contains(head, at) for at in early.line.introduced if not (own and at == head))

    def weigh_by_what_is_missing(self):
        """Where the history is cut, what lies beyond is incomplete, and proves nothing wrong."""
        beyond = ("head-gone", "head-not-before", "key-compromised", "role-ended", "trust-checkpoint-missing")
        if not self.history.whole or self.history.unread_commit:
            for found in self.findings:
                if found["code"] in beyond and found["severity"] == ERROR:
                    found["severity"] = INCOMPLETE

    def report(self) -> dict:
        return {
            "schema": "git-qms/second-reader/v1",
            "result": self.findings.result(),
            "counts": self.counts,
            "findings": list(self.findings),
            "trust": {"root": self.chain.root, "version": len(self.chain.versions)} if self.chain.versions else None,
            "ledger": self.history.tip,
        }


class Archived(Verification):
    """A project that was continued, at exactly what the one after it signed of it."""

    def __init__(self, repo, ref, continues, later):
        self.repo, self.findings = repo, Findings()
        self.counts = dict.fromkeys(("valid", "void", "orphaned", "unverifiable"), 0)
        trust_ref, ledger_ref = ref + "trust", ref + "notes"
        refs = repo.refs()
        self.chain = self.read(trust_ref, lambda: read_archive(repo, trust_ref, continues))
        self.chain.accept(later)
        if not self.read(ledger_ref, lambda: contains(repo, refs[ledger_ref], continues["ledger"])):
            raise Unfit("archive-differs", f"it does not contain ledger commit {continues['ledger']}", ledger_ref)
        self.history = History(repo, self.findings, continues["ledger"])
        self.reached = self.reach([self.chain.versions[-1].commit])
        self.check_records()
        self.check_tags(lambda project: project == continues["project"])
        self.finish()
        for finding in self.findings:
            moved = {TRUST_REF: trust_ref, REF: ledger_ref, None: ledger_ref}
            finding["ref"] = moved.get(finding.get("ref"), finding.get("ref"))

    def read(self, ref, act):
        """Does `act`, for which the reference and all that it leads to has to be here."""
        if ref not in self.repo.refs():
            raise Unfit("archive-missing", f"{ref} is not here", ref)
        try:
            return act()
        except Missing as error:
            raise Unfit("archive-missing", str(error), ref) from None
        except WrongHash as error:
            raise Unfit("object-wrong", str(error), ref) from None
        except Other as error:
            raise Unfit("archive-differs", str(error), ref) from None


def contains(repo, tip, wanted) -> bool:
    seen, stack = {tip}, [tip]
    while stack:
        oid = stack.pop()
        if oid == wanted:
            return True
        new = [parent for parent in repo.commit(oid).parents if parent not in seen]
        seen.update(new)
        stack.extend(new)
    return False


def to_json(report: dict) -> str:
    return json.dumps(report, indent=2, ensure_ascii=True)
