"""The message of a release tag: notes for people, the digest of the tree, the manifest."""

import re
import unicodedata

from .shapes import WHITE

BEGIN = "-----BEGIN QMS MANIFEST-----"
END = "-----END QMS MANIFEST-----"
EVTAG = "Git-EVTag-v0-SHA512: "
MAX = 4 << 20
# Title: whether it has to be there.
SECTIONS = {
    "Business reason": True, "Requirements": False, "Test scope": True, "Known risks": False, "Approvals": True,
    "Exceptions": False, "Rollback": True,
}  # fmt: skip


class MessageError(ValueError):
    """Why a message is not that of a release."""


def free_text(title: str, text: str):
    for line in text.split("\n"):
        control = any(unicodedata.category(char) == "Cc" and char != "\t" for char in line)
        if control or line.startswith(("-----", "Git-EVTag")) or line.removesuffix(":") in SECTIONS and line[-1:] == ":":
            raise MessageError(f"section {title!r} has a line that would be taken for structure")


def read(message: str):
    """(first line, digest of the tree or None, bytes of the manifest)."""
    if len(message.encode("utf-8", "surrogateescape")) > MAX:
        raise MessageError("larger than 4 MiB")
    for mark in (BEGIN, END):
        if sum(line.startswith(mark) for line in message.split("\n")) != 1:
            raise MessageError("does not hold exactly one manifest")
    block = re.fullmatch(rf"(.*?\n)\n{BEGIN}\n(.*)\n{END}\n", message, re.DOTALL)
    if block is None:
        raise MessageError("does not end with its manifest")
    notes, manifest = block.groups()
    evtag = re.fullmatch(rf"(.*\n)\n{EVTAG}([^\n]*)\n", notes, re.DOTALL)
    digest = None
    if evtag:
        notes, digest = evtag.groups()
    name, _, rest = notes.partition("\n")
    titles = "|".join(SECTIONS)
    parts = re.split(rf"(?m)^\n?({titles}):\n", rest)
    found = dict(zip(parts[1::2], (part.removesuffix("\n") for part in parts[2::2]), strict=True))
    if list(found) != [title for title in SECTIONS if title in found]:
        raise MessageError("sections are not in their order")
    for title, mandatory in SECTIONS.items():
        if mandatory and title not in found:
            raise MessageError(f"has no section {title!r}")
    for title, text in found.items():
        free_text(title, text)
        if not text.strip(WHITE) or text != text.strip(WHITE):
            raise MessageError(f"section {title!r} is empty, or has white space around it")
    written = f"{name}\n" + "".join(f"\n{title}:\n{text}\n" for title, text in found.items())
    if written != notes:
        raise MessageError("is not in the exact form of the format")
    return name, digest, manifest.encode("utf-8", "surrogateescape")
