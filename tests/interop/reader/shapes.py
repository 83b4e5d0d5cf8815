"""Shapes of JSON values, as small functions that raise."""

import datetime
import re

# Unicode White_Space, the characters that say nothing.
WHITE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


class ShapeError(ValueError):
    """Where a value does not have its shape."""


def fail(path, message):
    raise ShapeError(f"{path or 'value'}: {message}")


def text(value, path):
    if not isinstance(value, str):
        fail(path, "is not a string")


def said(value, path):
    text(value, path)
    if not value.strip(WHITE):
        fail(path, "is empty")


def boolean(value, path):
    if not isinstance(value, bool):
        fail(path, "is not a boolean")


def whole(most=(1 << 53) - 1, least=0):
    def check(value, path):
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            fail(path, f"is not an integer from {least} to {most}")

    return check


count = whole()


def matching(pattern):
    compiled = re.compile(pattern)

    def check(value, path):
        text(value, path)
        if not compiled.fullmatch(value):
            fail(path, f"{value[:80]!r} does not match {pattern}")

    return check


sha256 = matching(r"[0-9a-f]{64}")
object_id = matching(r"[0-9a-f]{40}|[0-9a-f]{64}")
fingerprint = matching(r"SHA256:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]")


def name(extra, most):
    letters = matching(rf"[A-Za-z0-9][A-Za-z0-9{re.escape(extra)}]{{0,{most - 1}}}")

    def check(value, path):
        letters(value, path)
        parts = value.split("/")
        if (
            ".." in value
            or "//" in value
            or "@{" in value
            or value[-1] in "./"
            or any(part.startswith(".") or part.lower().endswith(".lock") for part in parts)
        ):
            fail(path, f"{value!r} is not a name")

    return check


plain_name = name("._-", 64)
member_id = name("._-", 64)
change_ref = case_id = name("._-#/:", 100)
requirement_id = name("._-#/:~", 100)
tag_name = name("._-@+/", 200)


def time(value, path):
    text(value, path)
    form = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z", value, re.ASCII)
    try:
        if form is None or int(form.group(1)) < 1970:
            raise ValueError
        if datetime.datetime(*map(int, form.groups())) > datetime.datetime(9999, 12, 30, 22, 0, 0):
            raise ValueError
    except ValueError:
        fail(path, f"{value[:40]!r} is not a time of the form 2026-04-13T09:30:00Z")


def one_of(*words):
    def check(value, path):
        if not isinstance(value, str) or value not in words:
            fail(path, f"{value!r} is not one of {', '.join(words)}")

    return check


def exactly(expected):
    def check(value, path):
        if type(value) is not type(expected) or value != expected:
            fail(path, f"{value!r} is not {expected!r}")

    return check


def or_null(shape):
    def check(value, path):
        if value is not None:
            shape(value, path)

    return check


def list_of(shape, most=None):
    def check(value, path):
        if not isinstance(value, list):
            fail(path, "is not an array")
        if most is not None and len(value) > most:
            fail(path, f"has more than {most} entries")
        for index, item in enumerate(value):
            shape(item, f"{path}[{index}]")

    return check


def map_of(key, shape):
    def check(value, path):
        if not isinstance(value, dict):
            fail(path, "is not an object")
        for member, item in value.items():
            key(member, f"{path} key")
            shape(item, f"{path}.{member}")

    return check


def fields(required, optional=None):
    """An object with exactly these members; the order in a table is the order in which writers put them."""
    optional = optional or {}

    def check(value, path):
        if not isinstance(value, dict):
            fail(path, "is not an object")
        for member in value:
            if member not in required and member not in optional:
                fail(path, f"unknown field {member!r}")
        for member in required:
            if member not in value:
                fail(path, f"missing field {member!r}")
        for member, item in value.items():
            (required.get(member) or optional[member])(item, f"{path}.{member}" if path else member)

    return check
