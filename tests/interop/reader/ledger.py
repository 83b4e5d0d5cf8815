"""The ledger's history: which commit introduced which line, and which commit contains which."""

import hashlib
import re
from dataclasses import dataclass, field

from .objects import Missing, WrongHash

REF = "refs/notes/qms"


@dataclass
class Line:
    """One distinct line on one annotated object."""

    on: str
    data: bytes
    introduced: list = field(default_factory=list)
    removed: bool = False
    in_tip: bool = False
    # A note it may stand in cannot be read: neither its place nor its absence is known.
    uncertain: bool = False

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


class History:
    """Every commit that the tip contains, the oldest first."""

    def __init__(self, repo, findings, tip=None):
        self.repo, self.findings = repo, findings
        self.tip = tip or repo.refs().get(REF)
        self.order, self.parents, self.lines, self.cut = [], {}, {}, False
        self.note_lines, self.unreadable, self.unread_commit = {}, set(), False
        if self.tip:
            self.walk()
            self.place = {oid: at for at, oid in enumerate(self.order)}
            self.measure()
            for oid in self.order:
                self.compare(oid)
            self.read_tip()
            for line in self.lines.values():
                line.uncertain = line.on in self.unreadable

    @property
    def whole(self) -> bool:
        return not self.cut and not self.unreadable

    def walk(self):
        """Parents before children, without recursion."""
        done, stack = set(), [(self.tip, False)]
        while stack:
            oid, expanded = stack.pop()
            if expanded:
                if oid not in done:
                    done.add(oid)
                    self.order.append(oid)
                continue
            if oid in done or oid in self.parents:
                continue
            try:
                commit = self.repo.commit(oid)
                if commit is None:
                    raise WrongHash(f"object {oid} of the ledger is not a commit")
            except Missing as error:
                self.cut = True
                self.findings.add("object-missing", str(error), ref=REF, commit=oid)
                continue
            except WrongHash as error:
                # It is there, and not what its id says: no excuse for what is missing behind it.
                self.findings.add("object-wrong", str(error), ref=REF, commit=oid)
                continue
            self.parents[oid] = commit.parents
            stack.append((oid, True))
            stack.extend((parent, False) for parent in commit.parents)
        self.parents = {oid: [p for p in parents if p in self.parents] for oid, parents in self.parents.items()}

    def measure(self):
        """Generations, and the places on the tip's first-parent line, so that containment is quick."""
        self.generation = {}
        for oid in self.order:
            self.generation[oid] = max((self.generation[parent] for parent in self.parents[oid]), default=-1) + 1
        main, oid = [], self.tip
        while oid in self.parents:
            main.append(oid)
            oid = self.parents[oid][0] if self.parents[oid] else None
        self.main = {oid: at for at, oid in enumerate(reversed(main))}

    def contains(self, late: str, early: str) -> bool:
        """Whether `late` is `early` or descends from it."""
        if late not in self.parents or early not in self.parents:
            return False
        target, open_, seen = self.main.get(early), [late], set()
        while open_:
            oid = open_.pop()
            if oid == early:
                return True
            at = self.main.get(oid)
            if at is not None and target is not None:
                if target <= at:
                    return True
                continue
            if self.generation[oid] > self.generation[early]:
                fresh = [parent for parent in self.parents[oid] if parent not in seen]
                seen.update(fresh)
                open_.extend(fresh)
        return False

    def contains_line(self, head, line: Line) -> bool:
        return head is not None and any(self.contains(head, at) for at in line.introduced)

    def compare(self, oid: str):
        """What this commit introduced and removed."""
        tree = self.repo.commit(oid).tree
        parents = [self.repo.commit(parent).tree for parent in self.parents[oid]]
        try:
            changes = [self.changed(before, tree, oid) for before in parents] or [self.changed(None, tree, oid)]
        except (Missing, WrongHash) as error:
            self.cut |= isinstance(error, Missing)
            code = "object-wrong" if isinstance(error, WrongHash) else "object-missing"
            self.findings.add(code, str(error), ref=REF, commit=oid)
            return
        for on in sorted({on for change in changes for on in change}):
            after = next(change[on][1] for change in changes if on in change)
            now = self.note(on, after)
            # A parent that is not listed has the very same note.
            before = [self.note(on, change[on][0]) if on in change else now for change in changes]
            if now is None or None in before:
                # Compared as if it were empty; where the lines of this object stand is not known.
                self.unreadable.add(on)
            now, before = now or set(), [note or set() for note in before]
            held = set().union(*before) if parents else set()
            for digest in now - held:
                self.lines[on, digest].introduced.append(oid)
            for digest in held - now:
                self.lines[on, digest].removed = True

    def note(self, on: str, blob):
        """The digests of the lines of a note; None if it cannot be read."""
        if blob is None:
            return set()
        if (on, blob) not in self.note_lines:
            try:
                kind, data = self.repo.read(blob)
            except (Missing, WrongHash) as error:
                code = "object-wrong" if isinstance(error, WrongHash) else "object-missing"
                self.findings.add(code, str(error), ref=REF, commit=on)
                self.note_lines[on, blob] = None, True
                return None
            found = [line for line in data.split(b"\n") if line] if kind == "blob" else []
            if len(data) > 4 << 20 or len(found) > 1000:
                self.findings.add("note-large", f"note of {len(found)} lines and {len(data)} bytes", commit=on)
            ordered = data == b"".join(line + b"\n" for line in sorted(set(found)))
            digests = set()
            for line in found:
                entry = Line(on, line)
                digests.add(entry.digest)
                self.lines.setdefault((on, entry.digest), entry)
            self.note_lines[on, blob] = digests, ordered
        return self.note_lines[on, blob][0]

    def read_tip(self):
        """The notes of the tip; where its tree cannot be read, those of the nearest first parent whose tree can."""
        oid = self.tip
        while oid in self.parents:
            try:
                notes = self.changed(None, self.repo.commit(oid).tree, oid)
                break
            except (Missing, WrongHash):
                # Told where the commit was compared.
                oid = next(iter(self.parents[oid]), None)
        else:
            return
        for on, (_, blob) in notes.items():
            for digest in self.note(on, blob) or ():
                self.lines[on, digest].in_tip = True
            if not self.note_lines[on, blob][1]:
                self.findings.add("note-disordered", "lines are not sorted and unique", commit=on)

    def changed(self, old, new, commit) -> dict:
        """annotated object: (note before, note after), where they differ."""
        before, after = {}, {}
        self.difference(old, new, "", before, after, commit)
        return {
            on: (before.get(on), after.get(on)) for on in before.keys() | after.keys() if before.get(on) != after.get(on)
        }

    def difference(self, old, new, prefix, before, after, commit):
        olds = {(name, mode): oid for mode, name, oid in (self.repo.tree(old) if old else [])}
        news = {(name, mode): oid for mode, name, oid in (self.repo.tree(new) if new else [])}
        for (name, mode), oid in sorted(olds.items() | news.items()):
            a, b = olds.get((name, mode)), news.get((name, mode))
            if a == b or oid != (b or a):
                continue
            path = prefix + name
            if mode == "40000" and re.fullmatch("[0-9a-f]{2}", name):
                self.difference(a, b, path, before, after, commit)
            elif mode.startswith("100") and re.fullmatch("[0-9a-f]{40}|[0-9a-f]{64}", path):
                if a:
                    before[path] = a
                if b:
                    if path in after:
                        self.odd(commit, path, "is a second note of one object")
                    after[path] = b
            elif b:
                self.odd(commit, path, "is no note")

    def odd(self, commit, path, reason):
        message = f"path {path!r} of the notes tree {reason}"
        if not any(found["message"] == message for found in self.findings):
            self.findings.add("notes-path", message, ref=REF, commit=commit)
