"""Strict JSON (docs/spec/record.md, section 2): what two readers could understand differently is refused."""

import json

MAX_DEPTH = 32
TOO_LARGE = 1 << 53


class JsonError(ValueError):
    """Why a text is not strict JSON."""


def parse(data: bytes):
    """Reads one value and nothing else."""
    try:
        text = data.decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        raise JsonError(f"not UTF-8: {error}") from None
    # Before the parser runs, which recurses.
    check_depth(text)
    try:
        value = json.loads(
            text, object_pairs_hook=unique, parse_int=integer, parse_float=double, parse_constant=constant
        )
    except JsonError:
        raise
    except (ValueError, RecursionError) as error:
        raise JsonError(str(error)) from None
    check_values(value, null=False)
    return value


def check_depth(text: str):
    depth, in_string, escaped = 0, False, False
    for char in text:
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise JsonError(f"nested deeper than {MAX_DEPTH}")
        elif char in "]}":
            depth -= 1


def unique(pairs):
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise JsonError(f"duplicate key {twice!r}")
    return value


def integer(text: str) -> int:
    # The length first: int() is slow on what an attacker may send.
    number = int(text) if len(text) < 40 else TOO_LARGE
    if abs(number) >= TOO_LARGE:
        raise JsonError(f"number {text[:40]} is 2^53 or above")
    return number


def double(text: str) -> float:
    number = float(text)
    if not abs(number) < TOO_LARGE:
        raise JsonError(f"number {text[:40]} is 2^53 or above")
    return number


def constant(text: str):
    raise JsonError(f"{text} is not JSON")


def check_values(value, null: bool):
    """Refuses null where it is not allowed, and lone surrogates."""
    if value is None and not null:
        raise JsonError("null is not allowed here")
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, list):
        for item in value:
            check_values(item, null=False)
    elif isinstance(value, dict):
        for name, item in value.items():
            check_text(name)
            check_values(item, null=name == "ledger")


def check_text(text: str):
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise JsonError("lone surrogate")
