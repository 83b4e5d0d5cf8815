"""The libraries of others read what the format writes, and tell when a byte differs."""

import tempfile
import unittest

from check_envelopes import check
from project import PEOPLE, Project
from reader import envelope
from vectors.common import Key


class Envelopes(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.project = Project.whole(self.folder.name)

    def test_whole_project(self):
        report = check(self.project.path)
        self.assertEqual(report["problems"], [])
        self.assertEqual(sum(report["read"].values()), 9 + 2)
        self.assertEqual(report["read"][envelope.TRUST_TYPE], 2)
        self.assertEqual(report["read"]["https://in-toto.io/attestation/test-result/v0.1"], 1)

    def test_unknown_key(self):
        self.project.record("test", "ci", key=Key(9))
        self.assertEqual(len(check(self.project.path)["problems"]), 1)

    def test_edited_payload(self):
        payload = self.project.payload("test", "ci")
        signed = envelope.parse_line(PEOPLE["ci"][0].line(payload))
        edited = envelope.write(payload.replace(b"FAILED", b"PASSED"), envelope.RECORD_TYPE, signed.signatures)
        self.project.append(self.project.commit, edited)
        report = check(self.project.path)
        self.assertEqual(len(report["problems"]), 1)
        self.assertIn("VerificationError", report["problems"][0]["message"])


if __name__ == "__main__":
    unittest.main()
