"""The second reader passes an untouched project, and names what is wrong with each tampered copy."""

import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from project import LEDGER, PEOPLE, TAG, TRUST, Project
from reader import ed25519, envelope, outside
from reader.verify import Verification
from vectors.common import Key, compact

HERE = pathlib.Path(__file__).parent


class Tampered(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.pristine = Project.whole(pathlib.Path(cls.folder.name) / "pristine")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def setUp(self):
        """A copy to tamper with."""
        path = pathlib.Path(self.folder.name) / self.id().rsplit(".", 1)[1]
        shutil.copytree(self.pristine.path, path)
        self.project = Project.__new__(Project)
        self.project.__dict__.update(self.pristine.__dict__, path=str(path))
        self.project.versions = list(self.pristine.versions)
        self.project.notes = {on: list(lines) for on, lines in self.pristine.notes.items()}
        self.root = self.project.versions[0]

    def verify(self, **arguments):
        return Verification(self.project.path, **{"root": self.root, **arguments}).report()

    def refused(self, code, **arguments):
        report = self.verify(**arguments)
        self.assertEqual(report["result"], "fail", report)
        self.assertIn(code, [found["code"] for found in report["findings"] if found["severity"] == "error"])
        return report

    def line_of(self, kind):
        for line in self.project.notes[self.project.commit]:
            payload = json.loads(envelope.parse_line(line).payload)
            if payload["subject"][0]["annotations"]["qms"]["kind"] == kind:
                return line
        raise AssertionError(kind)

    def replace(self, old, *new):
        lines = [line for line in self.project.notes[self.project.commit] if line != old]
        self.project.write_notes({**self.project.notes, self.project.commit: lines + list(new)})

    def other_commit(self):
        other = self.project.commit_tree({"refund.rs": self.project.blob(b"fn other() {}\n")}, [self.project.commit])
        self.project.git("update-ref", "refs/heads/main", other)
        return other

    def test_untouched_passes(self):
        report = self.verify(strict=True)
        self.assertEqual((report["result"], report["findings"]), ("pass", []))
        self.assertEqual(report["counts"], {"valid": 9, "void": 0, "orphaned": 0, "unverifiable": 0})
        self.assertEqual(report["trust"], {"root": self.root, "version": 2})

    def test_without_a_pin(self):
        self.assertEqual(self.verify(root=None)["result"], "pass")
        self.assertEqual(self.verify(root=None, strict=True)["result"], "incomplete")
        self.refused("trust-root-differs", root="00" * 32)

    def test_exit_codes_and_json_of_the_program(self):
        def run(*arguments):
            command = [sys.executable, str(HERE / "second_reader.py"), *arguments, self.project.path]
            return subprocess.run(command, capture_output=True, text=True)

        good = run("--trust-root", self.root, "--strict")
        self.assertEqual((good.returncode, json.loads(good.stdout)["result"]), (0, "pass"))
        self.assertEqual(run("--strict").returncode, 2)
        self.assertEqual(run("--trust-root", "00" * 32).returncode, 1)
        shutil.rmtree(self.project.path)
        self.assertEqual(run().returncode, 2)

    def test_dropped_line(self):
        self.replace(self.line_of("test"))
        self.refused("line-removed")

    def test_dropped_line_restored_is_a_warning(self):
        line = self.line_of("test")
        self.replace(line)
        self.project.append(self.project.commit, line)
        report = self.verify()
        self.assertEqual(report["result"], "pass")
        self.assertEqual([found["code"] for found in report["findings"]], ["line-restored"])

    def test_edited_payload_byte(self):
        line = self.line_of("test")
        signed = envelope.parse_line(line)
        changed = signed.payload.replace(b'"failed":1', b'"failed":0')
        self.assertNotEqual(changed, signed.payload)
        self.replace(line, envelope.write(changed, envelope.RECORD_TYPE, signed.signatures))
        self.refused("signature-wrong")

    def test_foreign_project(self):
        self.project.record("test", "ci", header={"project": "ab" * 32})
        self.refused("project-differs")

    def test_copied_to_other_commit(self):
        self.project.append(self.other_commit(), self.line_of("approval"))
        self.refused("subject-differs")

    def test_rolled_back_ledger_behind_a_later_records_head(self):
        base = self.project.git("rev-parse", f"{LEDGER}~3")
        last = self.line_of("checkpoint")
        listed = self.project.git("ls-tree", "-r", base)
        before = {}
        for entry in listed.splitlines():
            _, _, blob, on = entry.split()
            before[on] = self.project.git("cat-file", "blob", blob).encode().splitlines()
        before[self.project.commit].append(last)
        self.project.write_notes(before, [base])
        self.refused("head-gone")

    def test_ledger_that_does_not_begin_with_its_checkpoint_alone(self):
        project = Project(pathlib.Path(self.project.path) / "other")
        project.write_trust(checkpoint=False)
        on = project.ref(TRUST)
        first = PEOPLE["ada"][0].line(project.payload("checkpoint", "ada", on=on, predicate={"occasion": "trust"}))
        project.write_notes({on: [first, b"garbage"]})
        project.write_trust(known={"lines": [hashlib.sha256(b"garbage").hexdigest()]})
        self.project, self.root = project, project.versions[0]
        self.refused("ledger-root")

    def test_unknown_key(self):
        self.project.record("test", "ci", key=Key(9))
        self.refused("key-unknown")

    def test_role_missing(self):
        self.project.record("approval", "ada")
        self.refused("role-missing")

    def test_approval_in_a_role_that_is_not_held(self):
        self.project.record("approval", "grace", predicate={"role": "qa", "meaning": "approved"})
        self.refused("role-missing")

    def test_recorder_is_not_the_keys_holder(self):
        self.project.record("test", "ci", key=PEOPLE["grace"][0])
        self.refused("recorder-differs")

    def test_predicate_under_another_kinds_type(self):
        payload = self.project.payload("test", "ci").replace(b"test-result/v0.1", b"vulns/v0.2")
        self.project.append(self.project.commit, PEOPLE["ci"][0].line(payload))
        self.refused("statement-malformed")

    def test_another_tree(self):
        self.project.record("test", "ci", header={"tree": "ab" * 20})
        self.refused("tree-differs")

    def test_moved_tag(self):
        moved = self.project.git("cat-file", "tag", f"refs/tags/{TAG}").replace("Refund limits", "Refund limit")
        oid = self.project.git("hash-object", "-w", "-t", "tag", "--stdin", data=moved.encode())
        self.project.git("update-ref", f"refs/tags/{TAG}", oid)
        self.refused("tag-moved")

    def test_deleted_tag(self):
        self.project.git("update-ref", "-d", f"refs/tags/{TAG}")
        self.refused("tag-missing")

    def test_tag_object_under_another_name(self):
        self.project.git("update-ref", "refs/tags/copy", f"refs/tags/{TAG}")
        self.refused("tag-unrecorded")

    def test_tag_signed_by_somebody_else(self):
        self.project.release("payments-api@2", key=PEOPLE["ada"][0])
        self.refused("tag-signature")

    def test_manifest_that_relies_on_a_record_that_is_not_there(self):
        self.project.release("payments-api@2", records=["ab" * 32])
        self.refused("manifest-record")

    def test_manifest_that_relies_on_what_came_after_its_head(self):
        head = self.project.git("rev-parse", f"{LEDGER}~5")
        self.project.release("payments-api@2", ledger=head)
        self.refused("manifest-record")

    def test_manifest_by_a_catalog_that_was_not_in_force(self):
        self.project.release("payments-api@2", policy="ab" * 32)
        self.refused("manifest-record")

    def test_manifest_by_a_catalog_that_another_replaced(self):
        self.project.record("policy", "ada", predicate={"sha256": "ab" * 32})
        self.project.release("payments-api@2")
        self.refused("manifest-record")

    def test_manifest_of_another_project(self):
        self.project.release("payments-api@2", project="ab" * 32)
        self.refused("tag-malformed")

    def test_second_release_record_of_one_name(self):
        self.project.release(edit=lambda body: body.replace("Refund limits", "Refunds"))
        self.project.git("update-ref", f"refs/tags/{TAG}", self.pristine.ref(f"refs/tags/{TAG}"))
        self.refused("tag-moved")

    def test_text_after_the_manifest(self):
        self.project.release("payments-api@2", edit=lambda body: body + "more\n")
        self.refused("tag-malformed")

    def test_mandatory_section_is_not_there(self):
        self.project.release("payments-api@2", edit=lambda body: body.replace("Rollback:\nrestore previous\n\n", ""))
        self.refused("tag-malformed")

    def test_digest_of_another_tree(self):
        wrong = lambda body: re.sub("SHA512: [0-9a-f]{4}", "SHA512: 0000", body)  # noqa: E731
        self.project.release("payments-api@2", edit=wrong)
        self.refused("tree-digest-differs")

    def test_trust_version_skipped(self):
        self.project.write_trust(version=4)
        self.refused("trust-fault")

    def test_trust_version_signed_by_nobody_of_the_one_before(self):
        mallory = {"id": "mallory", "name": "Mallory", "emails": [], "type": "person", "roles": ["root"]}
        mallory["keys"] = [ed25519.key_text(Key(9).public)]
        self.project.write_trust(signers=[Key(9)], checkpoint=False, members=[mallory])
        self.refused("trust-fault")

    def test_trust_version_without_checkpoint(self):
        self.project.write_trust(checkpoint=False)
        self.refused("trust-checkpoint-missing")

    def test_former_approver_under_an_old_version(self):
        members = [entry for entry in self.project.version_payload()["members"] if entry["id"] != "grace"]
        self.project.write_trust(members=members)
        self.project.record("approval", "grace", header={"trust": self.project.versions[1]})
        report = self.refused("role-ended")
        # What grace signed before she left goes on counting, her release included.
        self.assertEqual(report["counts"]["void"], 1)

    def test_compromised_key_counts_up_to_its_head(self):
        head = self.project.git("rev-parse", f"{LEDGER}~1")
        members = self.project.version_payload()["members"]
        members[1]["keys"] = [ed25519.key_text(Key(4).public)]
        self.project.write_trust(members=members, compromised={PEOPLE["grace"][0].keyid: head})
        report = self.refused("key-compromised")
        self.assertEqual(report["counts"]["void"], 1)

    def test_duplicate_json_key(self):
        payload = self.project.payload("test", "ci").replace(b'"recorder":"ci"', b'"recorder":"ci","recorder":"ci"')
        self.project.append(self.project.commit, PEOPLE["ci"][0].line(payload))
        self.refused("statement-malformed")

    def test_known_garbage_is_no_error_any_more(self):
        self.project.append(self.project.commit, b"garbage")
        self.refused("envelope-form")
        digest = hashlib.sha256(b"garbage").hexdigest()
        self.project.write_trust(known={"lines": [digest]})
        report = self.verify()
        self.assertEqual((report["result"], report["counts"]["void"]), ("pass", 1))

    def checkpoint(self, *keys):
        """As it is kept outside, signed by these keys."""
        seen = {
            "version": 1, "project": self.root, "trust": self.project.versions[1], "ledger": self.project.ref(LEDGER),
            "tags": {TAG: self.project.ref(f"refs/tags/{TAG}")}, "created": "2026-04-13T12:00:00Z",
        }  # fmt: skip
        payload = compact(seen)
        signed = envelope.pae(outside.TYPE, payload)
        signatures = sorted(((key.keyid, key.sign(signed)) for key in keys), key=lambda pair: pair[0])
        return outside.Checkpoint(envelope.write(payload, outside.TYPE, signatures) + b"\n")

    def test_outside_checkpoint(self):
        held = self.checkpoint(PEOPLE["ada"][0])
        self.assertEqual(self.verify(checkpoints=[held])["result"], "pass")
        self.refused("checkpoint-signature", checkpoints=[held], witnesses=[Key(9).public])
        both = self.checkpoint(Key(9))
        self.assertEqual(self.verify(checkpoints=[both], witnesses=[Key(9).public])["result"], "pass")
        self.project.git("update-ref", LEDGER, f"{LEDGER}~1")
        # Nothing inside pins the last record.
        self.assertEqual(self.verify()["result"], "pass")
        self.refused("checkpoint-ahead", checkpoints=[held])

    def test_loose_object_with_other_bytes(self):
        blob = self.project.git("rev-parse", f"{LEDGER}:{self.project.commit}")
        path = pathlib.Path(self.project.path) / ".git/objects" / blob[:2] / blob[2:]
        other = self.project.blob(b"garbage\n")
        path.chmod(0o644)
        path.write_bytes((pathlib.Path(self.project.path) / ".git/objects" / other[:2] / other[2:]).read_bytes())
        self.refused("object-wrong")

    def test_missing_object_is_incomplete(self):
        for what in (f"{LEDGER}~1:{self.project.commit}", f"{LEDGER}:{self.project.commit}", f"{LEDGER}~2"):
            blob = self.project.git("rev-parse", what)
            (pathlib.Path(self.project.path) / ".git/objects" / blob[:2] / blob[2:]).unlink()
            with self.subTest(what=what):
                self.assertEqual(self.verify()["result"], "incomplete")

    def test_shallow_clone_is_incomplete(self):
        self.other_commit()
        clone = pathlib.Path(self.project.path) / "shallow"
        for arguments in (
            ["clone", "-q", "--depth=1", "--no-tags", f"file://{self.project.path}", str(clone)],
            ["-C", str(clone), "fetch", "-q", "origin", f"{TRUST}:{TRUST}", "refs/tags/*:refs/tags/*"],
            ["-C", str(clone), "fetch", "-q", "--depth=2", "origin", f"{LEDGER}:{LEDGER}"],
        ):
            subprocess.run(["git", *arguments], check=True, capture_output=True)
        report = Verification(str(clone), self.root).report()
        self.assertEqual(report["result"], "incomplete", report)

    def test_replacement_is_not_read_and_said(self):
        ledger = self.project.ref(LEDGER)
        self.project.git("replace", ledger, f"{ledger}~1")
        report = self.verify()
        self.assertEqual([found["code"] for found in report["findings"]], ["not-read"])
        self.assertEqual(report["counts"]["valid"], 9)

    def test_second_note_of_one_object(self):
        commit, notes = self.project.commit, self.project.notes
        flat = self.project.blob(b"".join(line + b"\n" for line in sorted(notes[commit])))
        inner = self.project.git("mktree", data=f"100644 blob {flat}\t{commit[2:]}\n".encode())
        rows = self.project.git("ls-tree", LEDGER) + f"\n040000 tree {inner}\t{commit[:2]}\n"
        tree = self.project.git("mktree", data=rows.encode())
        self.project.git("update-ref", LEDGER, self.project.git("commit-tree", tree, "-p", LEDGER, "-m", "-"))
        self.refused("notes-path")

    def test_orphaned_records_change_no_exit_code(self):
        branch = self.project.commit_tree({"x": self.project.blob(b"x")}, [self.project.commit])
        self.project.record("plan", "ada", on=branch)
        report = self.verify()
        self.assertEqual((report["result"], report["counts"]["orphaned"]), ("pass", 1))


if __name__ == "__main__":
    unittest.main()
