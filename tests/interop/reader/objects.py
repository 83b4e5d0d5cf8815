"""Git objects, read with stock `git cat-file` and hashed anew; refs, read with `git for-each-ref`."""

import hashlib
import os
import re
import subprocess
from dataclasses import dataclass


class Missing(Exception):
    """An object that is relied on and is not there: the clone is incomplete."""


class WrongHash(Exception):
    """An object has other bytes than its id says."""


@dataclass(frozen=True)
class Commit:
    tree: str
    parents: tuple


class Repo:
    def __init__(self, path):
        # No replacement, no graft, no fetch on demand: what is not here is missing.
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            "GIT_NO_REPLACE_OBJECTS": "1", "GIT_NO_LAZY_FETCH": "1", "GIT_GRAFT_FILE": os.devnull, "LC_ALL": "C",
        }  # fmt: skip
        self.path = path
        self.directory = self.git("rev-parse", "--path-format=absolute", "--git-common-dir").strip()
        self.algorithm = self.git("rev-parse", "--show-object-format").strip()
        self.batch = None
        self.commits = {}

    def git(self, *arguments) -> str:
        run = subprocess.run(["git", "-C", self.path, *arguments], env=self.env, capture_output=True, check=True)
        return run.stdout.decode("utf-8", "surrogateescape")

    def close(self):
        if self.batch:
            self.batch.stdin.close()
            self.batch.stdout.close()
            self.batch.wait()
            self.batch = None

    def read(self, oid: str):
        """(type, bytes) of an object."""
        if not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", oid):
            raise Missing(f"{oid!r} is not an object id")
        if self.batch is None:
            self.batch = subprocess.Popen(
                ["git", "-C", self.path, "cat-file", "--batch"], env=self.env,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        try:
            self.batch.stdin.write(f"{oid}\n".encode())
            self.batch.stdin.flush()
        except BrokenPipeError:
            self.close_broken()
            raise Missing(f"object {oid} cannot be read") from None
        head = self.batch.stdout.readline().split()
        if len(head) != 3:
            if not head:
                self.close_broken()
            raise Missing(f"object {oid} is not there")
        kind, size = head[1].decode(), int(head[2])
        data = self.batch.stdout.read(size)
        if len(data) != size or self.batch.stdout.read(1) != b"\n":
            self.close_broken()
            raise Missing(f"object {oid} cannot be read")
        if hashlib.new(self.algorithm, b"%s %d\0" % (kind.encode(), size) + data).hexdigest() != oid:
            raise WrongHash(f"object {oid} has other bytes than its id says")
        return kind, data

    def close_broken(self):
        """git died over a damaged object."""
        self.batch.kill()
        self.batch.wait()
        self.batch.stdout.close()
        self.batch = None

    def commit(self, oid: str):
        """The commit, or None if the object is something else."""
        if oid not in self.commits:
            kind, data = self.read(oid)
            self.commits[oid] = parse_commit(data) if kind == "commit" else None
        return self.commits[oid]

    def tree(self, oid: str):
        """(mode, name, id) of each entry."""
        kind, data = self.read(oid)
        if kind != "tree":
            raise WrongHash(f"object {oid} is a {kind}, not a tree")
        entries, at, length = [], 0, 20 if self.algorithm == "sha1" else 32
        while at < len(data):
            space, nul = data.index(b" ", at), data.index(b"\0", at)
            mode, name = data[at:space].decode(), data[space + 1 : nul].decode("utf-8", "surrogateescape")
            at = nul + 1 + length
            entries.append((mode, name, data[nul + 1 : at].hex()))
        return entries

    def refs(self) -> dict:
        listed = self.git("for-each-ref", "--format=%(objectname) %(refname)").splitlines()
        return {name: oid for oid, name in (line.split(" ", 1) for line in listed)}

    def not_read(self):
        """What is there and is not read: each changes what git shows, or how fast."""
        for path in ("info/grafts", "objects/info/commit-graph", "objects/info/commit-graphs"):
            if os.path.exists(os.path.join(self.directory, path)):
                yield path
        yield from (name for name in self.refs() if name.startswith("refs/replace/"))

    def incomplete(self):
        """Why not every object may be here."""
        if os.path.exists(os.path.join(self.directory, "shallow")):
            yield "the clone is shallow"
        config = os.path.join(self.directory, "config")
        with open(config, encoding="utf-8", errors="replace") as file:
            if re.search(r"(?im)^\s*(partialclone|promisor)\s*=", file.read()):
                yield "the clone is partial"


def parse_commit(data: bytes) -> Commit:
    head = data.split(b"\n\n", 1)[0].decode("utf-8", "surrogateescape").split("\n")
    tree = head[0].removeprefix("tree ")
    parents = []
    for line in head[1:]:
        if not line.startswith("parent "):
            break
        parents.append(line.removeprefix("parent "))
    return Commit(tree, tuple(parents))


def evtag(repo: Repo, commit: str):
    """SHA-512 over the commit, its tree and all in it, in git-evtag's order; None if it holds a submodule."""
    digest = hashlib.sha512()

    def add(oid):
        kind, data = repo.read(oid)
        digest.update(b"%s %d\0" % (kind.encode(), len(data)) + data)

    def walk(tree) -> bool:
        add(tree)
        for mode, _, oid in repo.tree(tree):
            if mode == "160000":
                return False
            if mode == "40000":
                if not walk(oid):
                    return False
            else:
                add(oid)
        return True

    add(commit)
    return digest.hexdigest() if walk(repo.commit(commit).tree) else None
