"""Strict Ed25519 over OpenSSH keys (docs/spec/envelope.md, section 4)."""

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
WIRE_PREFIX = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"
# The y of a point of order eight; the other one is its negative.
ORDER_EIGHT = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
SMALL_ORDER = {0, 1, P - 1, ORDER_EIGHT, P - ORDER_EIGHT}


class KeyError_(ValueError):
    """Why a text is not a usable key."""


def is_strong(encoded: bytes) -> bool:
    """Whether these bytes are the canonical encoding of a point that is not of small order."""
    y = int.from_bytes(encoded, "little") & ((1 << 255) - 1)
    if y >= P or y in SMALL_ORDER:
        return False
    # On the curve: x^2 = (y^2 - 1) / (d y^2 + 1) has a root. x = 0 only for points of small order.
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    return pow(square, (P - 1) // 2, P) == 1


def key_bytes(text: str) -> bytes:
    """The 32 bytes of `ssh-ed25519 AAAA…`, without a comment."""
    head, _, encoded = text.partition(" ")
    if head != "ssh-ed25519":
        raise KeyError_("is not of the form ssh-ed25519 AAAA…")
    try:
        wire = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise KeyError_("is not of the form ssh-ed25519 AAAA…") from None
    if base64.b64encode(wire).decode() != encoded or len(wire) != 51 or not wire.startswith(WIRE_PREFIX):
        raise KeyError_("is not of the form ssh-ed25519 AAAA…")
    key = wire[len(WIRE_PREFIX) :]
    if not is_strong(key):
        raise KeyError_("is a weak point of the curve")
    return key


def key_text(key: bytes) -> str:
    return "ssh-ed25519 " + base64.b64encode(WIRE_PREFIX + key).decode()


def fingerprint(key: bytes) -> str:
    digest = hashlib.sha256(WIRE_PREFIX + key).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    """S below the group order, A and R canonical and not of small order, no cofactor."""
    if len(signature) != 64 or int.from_bytes(signature[32:], "little") >= L:
        return False
    if not is_strong(key) or not is_strong(signature[:32]):
        return False
    try:
        # OpenSSL compares the encoding of sB - kA with R: no cofactor.
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
