"""Test keys, and the form of a vector."""

import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from reader import ed25519, envelope


class Key:
    """The test key whose secret is 32 times one byte."""

    def __init__(self, seed: int):
        self.secret = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.public = self.secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.keyid = ed25519.fingerprint(self.public)

    def sign(self, message: bytes) -> bytes:
        return self.secret.sign(message)

    def line(self, payload: bytes, payload_type=envelope.RECORD_TYPE) -> bytes:
        return envelope.write(payload, payload_type, [(self.keyid, self.sign(envelope.pae(payload_type, payload)))])


ADA = Key(1)


def compact(value) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def vector(name, comment, expect, reason=None, **members) -> dict:
    head = {"name": name, "expect": expect}
    if comment:
        head["comment"] = comment
    if reason:
        head["reason"] = reason
    return head | members
