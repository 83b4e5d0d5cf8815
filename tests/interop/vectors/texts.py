"""Vectors of strict JSON, keys and names."""

import base64

from reader import ed25519
from reader.ed25519 import P

from .common import ADA, Hardware, Key, vector


def strict_json():
    for name, text in [
        ("object", '{"a":1,"b":[true,false,"x",0.5,-1]}'), ("scalar", '"text"'), ("white_space", ' {\t"a" :\r\n1 } '),
        ("largest_number", "9007199254740991"), ("smallest_number", "-9007199254740991"),
        ("exponent", "1e15"), ("null_ledger", '{"ledger":null}'), ("null_ledger_inside", '{"a":[{"ledger":null}]}'),
        ("depth_32", "[" * 32 + "]" * 32), ("same_key_in_two_objects", '{"a":{"a":1},"b":{"a":1}}'),
        ("surrogate_pair", '"\\ud83d\\ude00"'), ("escaped_nul", '"\\u0000"'), ("not_ascii", '"é"'),
    ]:
        yield vector(name, "", "accept", text=text)
    for name, reason, text in [
        ("empty", "EOF", ""), ("duplicate_key", "duplicate key", '{"a":1,"a":2}'),
        ("duplicate_key_by_escape", "duplicate key", '{"a":1,"\\u0061":2}'),
        ("duplicate_key_same_value", "duplicate key", '{"a":1,"a":1}'),
        ("duplicate_key_deep", "duplicate key", '[{"x":{"a":1,"a":2}}]'),
        ("depth_33", "deeper than 32", "[" * 33 + "]" * 33),
        ("depth_33_objects", "deeper than 32", '{"a":' * 33 + "1" + "}" * 33),
        ("two_to_the_53", "2^53", "9007199254740992"), ("minus_two_to_the_53", "2^53", "-9007199254740992"),
        ("two_to_the_53_float", "2^53", "9007199254740992.0"), ("exponent_too_large", "2^53", "1e16"),
        ("two_to_the_64", "2^53", "18446744073709551616"), ("infinite", "out of range", "1e400"),
        ("null", "null is not allowed", "null"), ("null_member", "null is not allowed", '{"service":null}'),
        ("null_in_array", "null is not allowed", '{"ledger":[null]}'),
        ("null_other_case", "null is not allowed", '{"Ledger":null}'),
        ("nan", "expected value", "NaN"), ("leading_zero", "invalid number", "01"),
        ("plus_sign", "expected value", "+1"), ("single_quotes", "key must be a string", "{'a':1}"),
        ("comment", "expected value", "/**/1"), ("trailing_comma", "trailing comma", "[1,]"),
        ("trailing_bytes", "trailing characters", "{} {}"), ("trailing_nul", "trailing characters", "{}\x00"),
        ("cut_short", "EOF", '{"a":'), ("control_character", "control character", '"a\nb"'),
        ("lone_surrogate", "end of hex escape", '"\\ud800x"'), ("lone_low_surrogate", "surrogate", '"\\udc00"'),
        ("lone_surrogate_in_key", "end of hex escape", '{"\\ud800":1}'), ("byte_order_mark", "expected value", "\ufeff{}"),
    ]:
        yield vector(name, "", "reject", reason=reason, text=text)
    for name, reason, data in [
        ("not_utf8", "unicode", b'"\xff"'), ("overlong", "unicode", b'"\xc0\xaf"'),
        ("encoded_surrogate", "unicode", b'"\xed\xa0\x80"'),
    ]:
        yield vector(name, "", "reject", reason=reason, base64=base64.b64encode(data).decode())
    yield vector("depth_100000", "no reader may run out of stack", "reject", reason="deeper than 32",
                 pieces=[["[", 100_000]])


def keys():
    for seed in (1, 2, 3):
        key = Key(seed)
        yield vector(f"secret_of_{seed}s", f"the secret is 32 bytes of {seed}", "accept",
                     text=ed25519.key_text(key.public), keyid=key.keyid)
    hardware = Hardware(1)
    held = ed25519.key_text(hardware.public)
    yield vector("hardware", "the same point, in hardware: another key", "accept", text=held, keyid=hardware.keyid)
    text = ed25519.key_text(ADA.public)
    form, weak = "is not of the form", "weak point"

    def raw(number: int) -> str:
        return ed25519.key_text(number.to_bytes(32, "little"))

    for name, reason, changed in [
        ("comment", form, text + " ada@example.com"), ("two_spaces", form, text.replace(" ", "  ")),
        ("options", form, "cert-authority " + text), ("without_type", form, text.split(" ")[1]),
        ("rsa", form, "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ=="), ("newline", form, text + "\n"),
        ("wire_of_another_type", form, text.replace("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE6")),
        ("wire_cut_short", form, "ssh-ed25519 " + base64.b64encode(ed25519.WIRE_PREFIX + ADA.public[:31]).decode()),
        ("wire_trailing_byte", form, "ssh-ed25519 " + base64.b64encode(ed25519.WIRE_PREFIX + ADA.public + b"\0").decode()),
        ("hardware_wire_with_plain_type", form, held.replace("sk-ssh-ed25519@openssh.com", "ssh-ed25519")),
        ("plain_wire_with_hardware_type", form, text.replace("ssh-ed25519", "sk-ssh-ed25519@openssh.com")),
        ("hardware_comment", form, held + " ada@example.com"),
        ("hardware_application_other", form, "sk-ssh-ed25519@openssh.com " + base64.b64encode(
            ed25519.HARDWARE_PREFIX + hardware.public + b"\0\0\0\x08ssh:work").decode()),
        ("hardware_ecdsa", form, "sk-ecdsa-sha2-nistp256@openssh.com AAAA"),
        ("hardware_order_1", weak, ed25519.key_text(ed25519.HardwareKey((1).to_bytes(32, "little")))),
        ("order_1", weak, raw(1)), ("order_2", weak, raw(P - 1)), ("order_4", weak, raw(0)),
        ("order_4_negative", weak, raw(1 << 255)), ("order_8", weak, raw(ed25519.ORDER_EIGHT)),
        ("order_8_negative", weak, raw(ed25519.ORDER_EIGHT | 1 << 255)), ("order_8_other", weak, raw(P - ed25519.ORDER_EIGHT)),
        ("order_1_with_sign", weak, raw(1 | 1 << 255)), ("not_canonical", weak, raw(P + 3)),
        ("not_canonical_order_1", weak, raw(P + 1)), ("not_on_the_curve", weak, raw(2)),
    ]:
        yield vector(name, "", "reject", reason=reason, text=changed)


def names():
    table = {
        "name": (["payments-api", "a", "A.b_c-9", "a" * 64], ["", "-x", "..", "a..b", "a\x1b[31m", "a b", "a*", "a\n", "é", ".a", "a.", "a.lock", "a.LOCK", "a/b", "a" * 65]),
        "member": (["ada", "ci-bot.2"], ["", "ada lovelace", "ada@example.com", "_ada", "a" * 65]),
        "change": (["CHG-1842", "gh:org/repo#12", "x" * 100], ["", "#12", "CHG 1", "a//b", "a/.b", "x/", "x" * 101, "CHG–1"]),
        "requirement": (["REQ-7", "req~refund~1"], ["", "~x", "REQ 7", "REQ;7"]),
        "release": (["payments-api@2026.04.13+chg-1842", "team/api@1.0.0", "x" * 200], ["", "@", "a@{1}", "a//b", "a/.b", "a/b.lock", "a.lock/b", "a/", "a.", "a~1", "a^", "a:b", "a?b", "x" * 201]),
    }
    for group, (good, bad) in table.items():
        for index, text in enumerate(good):
            yield vector(f"{group}_good_{index}", "", "accept", grammar=group, text=text)
        for index, text in enumerate(bad):
            yield vector(f"{group}_bad_{index}", "", "reject", reason="must be", grammar=group, text=text)
