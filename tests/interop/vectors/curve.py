"""Just enough of the curve to make signatures that no honest signer makes."""

import hashlib

from reader import envelope
from reader.ed25519 import ORDER_EIGHT, D, L, P

from .common import ADA

IDENTITY = (0, 1)


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    product = D * x1 * x2 * y1 * y2 % P
    return (
        (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P,
    )


def times(scalar, point):
    result = IDENTITY
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


def encode(point) -> bytes:
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(encoded: bytes):
    number = int.from_bytes(encoded, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (x if x & 1 == sign else P - x, y)


BASE = decode(bytes.fromhex("58" + "66" * 31))
EIGHT = decode(ORDER_EIGHT.to_bytes(32, "little"))


def only_with_cofactor(payload: bytes):
    """A key of mixed order and a signature that holds only if multiplied by eight."""
    a, nonce = 0x1234567, 0x7654321
    key = encode(add(times(a, BASE), EIGHT))
    message = envelope.pae(envelope.RECORD_TYPE, payload)
    while True:
        r = encode(times(nonce, BASE))
        k = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L
        if k % 8:
            return key, r + ((nonce + k * a) % L).to_bytes(32, "little")
        nonce += 1


def small_order_r(payload: bytes):
    """A valid equation with R the neutral element: who knows the key can make it for any nonce of zero."""
    h = bytearray(hashlib.sha512(bytes([1]) * 32).digest()[:32])
    h[0] &= 248
    h[31] = h[31] & 127 | 64
    a = int.from_bytes(h, "little")
    r = encode(IDENTITY)
    message = envelope.pae(envelope.RECORD_TYPE, payload)
    k = int.from_bytes(hashlib.sha512(r + ADA.public + message).digest(), "little") % L
    return r + (k * a % L).to_bytes(32, "little")
