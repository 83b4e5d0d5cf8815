"""SSHSIG, read by hand: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig."""

import base64
import hashlib
import struct

from . import ed25519

BEGIN = "-----BEGIN SSH SIGNATURE-----\n"
END = "-----END SSH SIGNATURE-----\n"


class SshSigError(ValueError):
    """Why a text is not an SSHSIG signature by a usable Ed25519 key."""


class Reader:
    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        taken = self.data[self.at : self.at + count]
        if len(taken) != count:
            raise SshSigError("signature is cut short")
        self.at += count
        return taken

    def string(self) -> bytes:
        return self.take(struct.unpack(">I", self.take(4))[0])

    def end(self):
        if self.at != len(self.data):
            raise SshSigError("bytes after the signature")


def string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def signed_data(namespace: bytes, hash_name: bytes, message: bytes) -> bytes:
    digest = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}[hash_name](message).digest()
    return b"SSHSIG" + string(namespace) + string(b"") + string(hash_name) + string(digest)


def signer_of(message: bytes, namespace: bytes, armoured: str) -> bytes:
    """The 32 bytes of the key whose signature over `message` this is."""
    if not armoured.startswith(BEGIN) or not armoured.endswith(END):
        raise SshSigError("signature is not armoured SSHSIG")
    try:
        blob = base64.b64decode(armoured[len(BEGIN) : -len(END)].replace("\n", ""), validate=True)
    except ValueError:
        raise SshSigError("signature is not base64") from None
    return signer_of_blob(message, namespace, blob)


def signer_of_blob(message: bytes, namespace: bytes, blob: bytes, hashes=(b"sha256", b"sha512")) -> bytes:
    """The same without armour."""
    outer = Reader(blob)
    if outer.take(6) != b"SSHSIG" or outer.take(4) != b"\x00\x00\x00\x01":
        raise SshSigError("signature is not SSHSIG version 1")
    public, found_namespace, reserved, hash_name, signature = (outer.string() for _ in range(5))
    outer.end()
    if found_namespace != namespace or reserved != b"":
        raise SshSigError(f"namespace is {found_namespace!r}, not {namespace!r}")
    if hash_name not in hashes:
        raise SshSigError(f"hash {hash_name!r} is not one of {hashes}")
    try:
        key = ed25519.of_wire(public)
    except ed25519.KeyError_ as error:
        raise SshSigError(f"key {error}") from None
    signed = signed_data(namespace, hash_name, message)
    inner = Reader(signature)
    algorithm, raw = inner.string(), inner.string()
    if isinstance(key, ed25519.HardwareKey):
        trailer = inner.take(5)
        # https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.u2f
        signed = hashlib.sha256(b"ssh:").digest() + trailer + hashlib.sha256(signed).digest()
        if not trailer[0] & 1:
            raise SshSigError("nobody touched the key")
    inner.end()
    if string(algorithm) != ed25519.wire_of(key)[: 4 + len(algorithm)]:
        raise SshSigError("the signature is of another kind of key")
    if not ed25519.verifies(key, signed, raw):
        raise SshSigError("signature does not verify")
    return key
