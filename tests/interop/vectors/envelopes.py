"""Envelope vectors."""

import base64
import hashlib

from reader import ed25519, envelope
from reader.ed25519 import L, P

from .common import ADA, Hardware, Key, vector
from .curve import only_with_cofactor, small_order_r


def envelopes():
    payload = b'{"hello":"world"}'
    line = ADA.line(payload)
    good = dict(key=ed25519.key_text(ADA.public), keyid=ADA.keyid)
    for name, data in [("plain", payload), ("empty_payload", b""), ("payload_not_json", b"\x00\xff\xfe")]:
        signed = ADA.line(data)
        yield vector(
            name, "exact form, valid signature; the payload is another layer's business", "accept",
            text=signed.decode(), **good, payload=base64.b64encode(data).decode(),
            pae=base64.b64encode(envelope.pae(envelope.RECORD_TYPE, data)).decode(),
            record=hashlib.sha256(data).hexdigest(), line=hashlib.sha256(signed).hexdigest(),
        )
    text = line.decode()
    encoded = base64.b64encode(payload).decode()
    signature = ADA.sign(envelope.pae(envelope.RECORD_TYPE, payload))
    sig = base64.b64encode(signature).decode()
    form = "is not a DSSE envelope of the form"
    one = text[text.index('{"keyid"') : -2]

    def with_signature(changed: bytes) -> str:
        return text.replace(sig, base64.b64encode(changed).decode())

    order = (
        f'{{"payloadType":"{envelope.RECORD_TYPE}","payload":"{encoded}","signatures":[{one}]}}'
    )
    for name, comment, reason, changed in [
        ("empty_line", "readers skip blank lines before they come here", form, ""),
        ("garbage", "no envelope at all", form, "# notes by hand"),
        ("space_after_colon", "one spelling only", form, text.replace('"payload":', '"payload": ', 1)),
        ("carriage_return", "as a checkout with CRLF leaves it", form, text + "\r"),
        ("trailing_space", "one spelling only", form, text + " "),
        ("byte_order_mark", "one spelling only", form, "\ufeff" + text),
        ("members_in_another_order", "one spelling only", form, order),
        ("key_escaped", "a JSON escape in a member name", form, text.replace('"payload"', '"p\\u0061yload"', 1)),
        ("member_unknown", "one spelling only", form, text[:-1] + ',"x":1}'),
        ("signature_missing", "signatures is empty", form, text.replace(one, "")),
        ("signature_second", "acts of two people are two records", "sig is not padded", text.replace(one, f"{one},{one}")),
        ("signature_member_unknown", "a certificate beside the signature", "sig is not padded", text.replace('"}]}', '","cert":"x"}]}')),
        ("keyid_missing", "securesystemslib and we need it", form, text.replace(f'"keyid":"{ADA.keyid}",', "")),
        ("payload_type_other", "the signature covers the type", form, text.replace("in-toto", "other")),
        ("payload_type_of_trust", "a trust version in a note", form, ADA.line(payload, envelope.TRUST_TYPE).decode()),
        ("payload_without_padding", "one spelling only", "payload is not padded", text.replace(encoded, encoded.rstrip("="))),
        ("payload_spare_bits", "one spelling only", "payload is not padded", text.replace(encoded, encoded[:-2] + chr(ord(encoded[-2]) + 1) + "=")),
        ("payload_url_alphabet", "- and _ are not of the standard alphabet", "payload is not padded", text.replace(encoded, "-_" + encoded[2:])),
        ("payload_line_break", "an escaped line break in base64", "payload is not padded", text.replace(encoded, encoded[:4] + "\\n" + encoded[4:])),
        ("keyid_without_prefix", "not an OpenSSH fingerprint", "keyid is not the OpenSSH fingerprint", text.replace("SHA256:", "")),
        ("keyid_padded", "OpenSSH writes none", "keyid is not the OpenSSH fingerprint", text.replace(ADA.keyid, ADA.keyid + "=")),
        ("keyid_spare_bits", "one spelling only", "keyid is not the OpenSSH fingerprint", text.replace(ADA.keyid, ADA.keyid[:-1] + chr(ord(ADA.keyid[-1]) + 1))),
        ("keyid_hex", "not an OpenSSH fingerprint", "keyid is not the OpenSSH fingerprint", text.replace(ADA.keyid, "SHA256:" + "ab" * 32)),
        ("signature_truncated", "63 bytes", "sig is 63 bytes", with_signature(signature[:63])),
        ("signature_sshsig", "an SSHSIG blob where a plain signature belongs", "sig is 70 bytes", with_signature(b"SSHSIG" + signature)),
        ("signature_bit_flipped", "the first bit of R", "signature", with_signature(bytes([signature[0] ^ 1]) + signature[1:])),
        ("signature_s_not_reduced", "S + L: the same equation, a second spelling", "signature",
         with_signature(signature[:32] + (int.from_bytes(signature[32:], "little") + L).to_bytes(32, "little"))),
        ("signature_r_small_order", "R is the neutral element", "signature", with_signature(small_order_r(payload))),
        ("signature_r_not_canonical", "R is y = p + 1, another spelling of the neutral element", "signature",
         with_signature((P + 1).to_bytes(32, "little") + small_order_r(payload)[32:])),
        ("signature_of_payload_alone", "not over the pre-authentication encoding", "signature", with_signature(ADA.sign(payload))),
        ("payload_byte_changed", "signed was another one", "signature", text.replace(encoded, base64.b64encode(payload.replace(b"world", b"World")).decode())),
        ("keyid_of_another_key", "the keyid has to name the signer", "signature", text.replace(ADA.keyid, Key(2).keyid)),
    ]:
        assert changed != text, name
        yield vector(name, comment, "reject", reason=reason, text=changed, **good)
    key, mixed = only_with_cofactor(payload)
    yield vector(
        "signature_only_with_cofactor", "the key has a component of order eight; the equation holds times eight only",
        "reject", reason="signature", key=ed25519.key_text(key), keyid=ed25519.fingerprint(key),
        text=envelope.write(payload, envelope.RECORD_TYPE, [(ed25519.fingerprint(key), mixed)]).decode(),
    )
    yield vector("not_utf8", "a byte that is no text", "reject", reason=form, **good,
                 base64=base64.b64encode(line[:12] + b"\xff" + line[12:]).decode())
    yield vector("too_long", "1 MiB and one byte", "reject", reason="longer than 1 MiB", **good,
                 pieces=[["A", (1 << 20) + 1]])
    yield from hardware(payload)


def hardware(payload: bytes):
    """Envelopes by keys that lie in hardware."""
    key = Hardware(3)
    message = envelope.pae(envelope.RECORD_TYPE, payload)
    good = dict(key=ed25519.key_text(key.public), keyid=key.keyid)

    def line(signature: bytes, keyid=key.keyid) -> str:
        return envelope.write(payload, envelope.RECORD_TYPE, [(keyid, signature)]).decode()

    for name, comment, flags in [
        ("hardware", "an SSHSIG, binary and without armour", 1),
        ("hardware_with_pin", "the device asked for a PIN, too", 5),
    ]:
        text = line(Hardware(3, flags).sign(message))
        yield vector(
            name, comment, "accept", text=text, **good, payload=base64.b64encode(payload).decode(),
            pae=base64.b64encode(message).decode(), record=hashlib.sha256(payload).hexdigest(),
            line=hashlib.sha256(text.encode()).hexdigest(),
        )
    blob = key.sign(message)
    counter = blob[:-1] + bytes([blob[-1] ^ 1])
    for name, comment, reason, changed in [
        ("hardware_untouched", "nobody was there: bit 0 of the flags is not set", "signature", Hardware(3, 4).sign(message)),
        ("hardware_counter_changed", "the counter is signed for", "signature", counter),
        ("hardware_namespace_other", "signed for something else", "signature", Hardware(3, namespace=b"git-qmx").sign(message)),
        ("hardware_application_other", "a key for another purpose", "signature", Hardware(3, application=b"ssg:").sign(message)),
        ("hardware_version_zero", "there is only version 1", "signature", key.sign(message, version=0)),
        ("hardware_sha256", "the hash is SHA-512", "signature", key.sign(message, hash_name=b"sha256")),
        ("hardware_with_more", "a byte after the counter", "sig is 221 bytes", key.sign(message, tail=b"x")),
        ("hardware_plain_signature", "64 bytes by the same point", "signature", Key(3).sign(message)),
        ("hardware_other_message", "signed was something else", "signature", key.sign(payload)),
    ]:
        yield vector(name, comment, "reject", reason=reason, text=line(changed), **good)
    plain = Key(3)
    yield vector(
        "plain_key_with_hardware_signature", "the same point, but the key is not in hardware", "reject",
        reason="signature", key=ed25519.key_text(plain.public), keyid=plain.keyid, text=line(blob, plain.keyid),
    )
