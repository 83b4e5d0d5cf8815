"""The second reader agrees with every vector."""

import base64
import hashlib
import json
import pathlib
import unittest

from reader import ed25519, envelope, shapes, statement, strict_json, trust

VECTORS = pathlib.Path(__file__).parent.parent / "vectors"
REFUSALS = (ValueError,)
GRAMMARS = {
    "name": shapes.plain_name, "member": shapes.member_id, "change": shapes.change_ref,
    "requirement": shapes.requirement_id, "release": shapes.tag_name,
}


def bytes_of(vector) -> bytes:
    if "text" in vector:
        return vector["text"].encode()
    if "base64" in vector:
        return base64.b64decode(vector["base64"])
    return "".join(text * count for text, count in vector["pieces"]).encode()


def read_envelope(vector):
    found = envelope.parse_line(bytes_of(vector))
    if not found.is_signed_by(ed25519.key_bytes(vector["key"])):
        raise ValueError("signature")
    assert found.payload == base64.b64decode(vector["payload"]), "payload"
    assert envelope.pae(envelope.RECORD_TYPE, found.payload) == base64.b64decode(vector["pae"]), "pae"
    assert found.record == vector["record"], "record"
    assert hashlib.sha256(bytes_of(vector)).hexdigest() == vector["line"], "line"


def read_key(vector):
    assert ed25519.fingerprint(ed25519.key_bytes(bytes_of(vector).decode())) == vector["keyid"]


def read_trust(vector):
    chain = trust.Chain()
    stored = [base64.b64decode(version) for version in vector["versions"]]
    for at, version in enumerate(stored):
        # What comes before the last one is always sound.
        fault = vector["expect"] == "reject" and at == len(stored) - 1
        try:
            chain.append(trust.Version("ab" * 20, version))
        except ValueError:
            if not fault:
                raise AssertionError("an earlier version is not sound") from None
            raise
    assert [version.digest for version in chain.versions] == vector["digests"], "digests"


READERS = {
    "envelope": read_envelope,
    "strict-json": lambda vector: strict_json.parse(bytes_of(vector)),
    "statement": lambda vector: statement.parse(bytes_of(vector)),
    "key": read_key,
    "name": lambda vector: GRAMMARS[vector["grammar"]](vector["text"], "name"),
    "trust": read_trust,
}


class Vectors(unittest.TestCase):
    def test_every_vector(self):
        for group, read in READERS.items():
            for vector in json.loads((VECTORS / f"{group}.json").read_text()):
                with self.subTest(group=group, name=vector["name"]):
                    if vector["expect"] == "accept":
                        read(vector)
                    else:
                        with self.assertRaises(REFUSALS):
                            read(vector)


if __name__ == "__main__":
    unittest.main()
