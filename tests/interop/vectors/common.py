"""Test keys, and the form of a vector."""

import hashlib
import json
import struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from reader import ed25519, envelope, sshsig


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


class Hardware(Key):
    """The same key as if it lay in hardware."""

    def __init__(self, seed: int, flags: int = 1, application: bytes = b"ssh:", namespace: bytes = b"git-qms"):
        super().__init__(seed)
        self.public = ed25519.HardwareKey(self.public)
        self.keyid = ed25519.fingerprint(self.public)
        self.flags, self.application, self.namespace = flags, application, namespace

    def sign(self, message: bytes, hash_name: bytes = b"sha512", version: int = 1, tail: bytes = b"") -> bytes:
        signed = sshsig.signed_data(self.namespace, hash_name, message)
        trailer = bytes([self.flags]) + struct.pack(">I", 7)
        digest = hashlib.sha256
        raw = self.secret.sign(digest(self.application).digest() + trailer + digest(signed).digest())
        public = ed25519.HARDWARE_PREFIX + self.public + sshsig.string(self.application)
        inner = sshsig.string(b"sk-ssh-ed25519@openssh.com") + sshsig.string(raw) + trailer + tail
        parts = [public, self.namespace, b"", hash_name, inner]
        return b"SSHSIG" + struct.pack(">I", version) + b"".join(sshsig.string(part) for part in parts)


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
