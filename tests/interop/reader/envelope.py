"""DSSE envelopes in the one byte form of the format (docs/spec/envelope.md)."""

import base64
import hashlib
import re
from dataclasses import dataclass

from . import ed25519, sshsig

RECORD_TYPE = "application/vnd.in-toto+json"
TRUST_TYPE = "application/vnd.git-qms.trust+json"
MAX_LINE = 1 << 20
MAX_TRUST = 4 << 20
# An SSHSIG of a hardware key in the namespace git-qms.
HARDWARE_SIGNATURE = 220
SIGNATURE = r'\{"keyid":"(SHA256:[A-Za-z0-9+/]{43})","sig":"([A-Za-z0-9+/=]*)"\}'


class EnvelopeError(ValueError):
    """Why some bytes are not an envelope."""


@dataclass(frozen=True)
class Envelope:
    payload_type: str
    payload: bytes
    signatures: tuple

    @property
    def record(self) -> str:
        return hashlib.sha256(self.payload).hexdigest()

    def is_signed_by(self, key: bytes) -> bool:
        message = pae(self.payload_type, self.payload)
        return any(
            keyid == ed25519.fingerprint(key) and holds(key, message, signature) for keyid, signature in self.signatures
        )


def holds(key: bytes, message: bytes, signature: bytes) -> bool:
    if not isinstance(key, ed25519.HardwareKey):
        return ed25519.verifies(key, message, signature)
    try:
        found = sshsig.signer_of_blob(message, b"git-qms", signature, hashes=(b"sha512",))
    except sshsig.SshSigError:
        return False
    return isinstance(found, ed25519.HardwareKey) and found == key


def pae(payload_type: str, payload: bytes) -> bytes:
    return b"DSSEv1 %d %s %d %s" % (len(payload_type.encode()), payload_type.encode(), len(payload), payload)


def base64_exact(text: str, what: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise EnvelopeError(f"{what} is not base64") from None
    if base64.b64encode(data).decode() != text:
        raise EnvelopeError(f"{what} has another spelling")
    return data


def parse(data: bytes, payload_type: str, most: int) -> Envelope:
    """Reads one envelope with one to `most` signatures."""
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        raise EnvelopeError("envelope is not ASCII") from None
    form = re.fullmatch(
        r'\{"payload":"([A-Za-z0-9+/=]*)","payloadType":"%s","signatures":\[(%s(?:,%s)*)\]\}'
        % (re.escape(payload_type), SIGNATURE, SIGNATURE),
        text,
    )
    if form is None:
        raise EnvelopeError("not of the exact form")
    signatures = []
    for keyid, encoded in re.findall(SIGNATURE, form.group(2)):
        # 43 digits carry two spare bits.
        base64_exact(keyid.removeprefix("SHA256:") + "=", "keyid")
        signature = base64_exact(encoded, "sig")
        if len(signature) not in (64, HARDWARE_SIGNATURE):
            raise EnvelopeError(f"sig is {len(signature)} bytes")
        signatures.append((keyid, signature))
    if len(signatures) > most:
        raise EnvelopeError("more than one signature")
    return Envelope(payload_type, base64_exact(form.group(1), "payload"), tuple(signatures))


def parse_line(line: bytes) -> Envelope:
    """Reads one line of a note, without its newline."""
    if len(line) > MAX_LINE:
        raise EnvelopeError("line is longer than 1 MiB")
    return parse(line, RECORD_TYPE, most=1)


def parse_trust(data: bytes) -> Envelope:
    """Reads trust.json."""
    return parse_shared(data, TRUST_TYPE)


def parse_shared(data: bytes, payload_type: str) -> Envelope:
    """Reads a file that several sign: signatures sorted by keyid and unique, one newline at the end."""
    if len(data) > MAX_TRUST:
        raise EnvelopeError("the file is larger than 4 MiB")
    if not data.endswith(b"\n"):
        raise EnvelopeError("the file does not end with a newline")
    envelope = parse(data[:-1], payload_type, most=MAX_TRUST)
    # By the digest that a fingerprint spells, not by its text.
    digests = [base64.b64decode(keyid.removeprefix("SHA256:") + "=") for keyid, _ in envelope.signatures]
    if digests != sorted(set(digests)):
        raise EnvelopeError("signatures are not sorted by keyid and unique")
    return envelope


def write(payload: bytes, payload_type: str, signatures) -> bytes:
    """The exact form, without a newline."""
    listed = ",".join(
        '{"keyid":"%s","sig":"%s"}' % (keyid, base64.b64encode(signature).decode()) for keyid, signature in signatures
    )
    encoded = base64.b64encode(payload).decode()
    return f'{{"payload":"{encoded}","payloadType":"{payload_type}","signatures":[{listed}]}}'.encode()
