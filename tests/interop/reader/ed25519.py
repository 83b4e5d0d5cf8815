"""Strict Ed25519 over OpenSSH keys (docs/spec/envelope.md, section 4)."""

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
WIRE_PREFIX = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"
HARDWARE_PREFIX = b"\x00\x00\x00\x1ask-ssh-ed25519@openssh.com\x00\x00\x00\x20"
HARDWARE_SUFFIX = b"\x00\x00\x00\x04ssh:"
# The y of a point of order eight; the other one is its negative.
ORDER_EIGHT = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
SMALL_ORDER = {0, 1, P - 1, ORDER_EIGHT, P - ORDER_EIGHT}


class KeyError_(ValueError):
    """Why a text is not a usable key."""


class HardwareKey(bytes):
    """The 32 bytes of a key that lies in hardware."""


def is_strong(encoded: bytes) -> bool:
    """Whether these bytes are the canonical encoding of a point that is not of small order."""
    y = int.from_bytes(encoded, "little") & ((1 << 255) - 1)
    if y >= P or y in SMALL_ORDER:
        return False
    # On the curve: x^2 = (y^2 - 1) / (d y^2 + 1) has a root. x = 0 only for points of small order.
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    return pow(square, (P - 1) // 2, P) == 1


def wire_of(key: bytes) -> bytes:
    if isinstance(key, HardwareKey):
        return HARDWARE_PREFIX + key + HARDWARE_SUFFIX
    return WIRE_PREFIX + key


def of_wire(wire: bytes) -> bytes:
    """The 32 bytes; of a key in hardware a HardwareKey."""
    if len(wire) == 51 and wire.startswith(WIRE_PREFIX):
        return wire[len(WIRE_PREFIX) :]
    if len(wire) == 74 and wire.startswith(HARDWARE_PREFIX) and wire.endswith(HARDWARE_SUFFIX):
        return HardwareKey(wire[len(HARDWARE_PREFIX) : -len(HARDWARE_SUFFIX)])
    raise KeyError_("is not of the form ssh-ed25519 AAAA…")


def key_bytes(text: str) -> bytes:
    """The key of `ssh-ed25519 AAAA…` or `sk-ssh-ed25519@openssh.com AAAA…`, without a comment."""
    encoded = text.partition(" ")[2]
    try:
        wire = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise KeyError_("is not of the form ssh-ed25519 AAAA…") from None
    key = of_wire(wire)
    if key_text(key) != text:
        raise KeyError_("is not of the form ssh-ed25519 AAAA…")
    if not is_strong(key):
        raise KeyError_("is a weak point of the curve")
    return key


def key_text(key: bytes) -> str:
    name = "sk-ssh-ed25519@openssh.com" if isinstance(key, HardwareKey) else "ssh-ed25519"
    return f"{name} {base64.b64encode(wire_of(key)).decode()}"


def fingerprint(key: bytes) -> str:
    digest = hashlib.sha256(wire_of(key)).digest()
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
