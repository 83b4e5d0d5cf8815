"""in-toto's own classes read every accepted statement of the vectors, and refuse what they ought to."""

import copy
import json
import pathlib
import unittest

import typed

VECTORS = pathlib.Path(__file__).parent.parent / "vectors" / "statement.json"


class Typed(unittest.TestCase):
    def setUp(self):
        vectors = json.loads(VECTORS.read_text())
        self.accepted = {v["name"]: v["text"].encode() for v in vectors if v["expect"] == "accept"}

    def test_every_accepted_statement_is_read(self):
        read = set()
        for name, payload in self.accepted.items():
            with self.subTest(name=name):
                read.add(typed.check(payload))
        self.assertLessEqual(set(typed.TYPED), read, "a standard predicate without a vector")

    def test_a_member_that_in_toto_does_not_know_is_refused(self):
        for name in ("test", "scan", "build", "gate"):
            statement = json.loads(self.accepted[name])
            for change in (lambda s: s["predicate"].update(x=1), lambda s: s.update(x=1)):
                changed = copy.deepcopy(statement)
                change(changed)
                with self.subTest(name=name), self.assertRaises(Exception):
                    typed.check(json.dumps(changed).encode())


if __name__ == "__main__":
    unittest.main()
