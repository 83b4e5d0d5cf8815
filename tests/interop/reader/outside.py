"""Checkpoints kept outside the repository (docs/spec/verification.md, section 6)."""

from . import ed25519, envelope, strict_json
from .findings import ERROR, INCOMPLETE
from .shapes import fail, fields, map_of, object_id, sha256, text, time, whole

TYPE = "application/vnd.git-qms.checkpoint+json"

payload_shape = fields(
    {
        "version": whole(least=1, most=1), "project": sha256, "trust": sha256, "ledger": object_id,
        "tags": map_of(text, object_id), "created": time,
    }
)  # fmt: skip


class Checkpoint:
    """What somebody saw; nothing of it is believed but by its signatures."""

    def __init__(self, stored: bytes):
        self.envelope = envelope.parse_shared(stored, TYPE)
        self.seen = strict_json.parse(self.envelope.payload)
        payload_shape(self.seen, "")
        if list(self.seen["tags"]) != sorted(self.seen["tags"]):
            fail("tags", "is not sorted by name")


def check(checkpoint, witnesses, chain, history, refs, findings):
    """`witnesses`: public keys that have to have signed."""
    seen, ref = checkpoint.seen, "refs/notes/qms"
    weight = ERROR if history.whole else INCOMPLETE
    if seen["project"] != chain.root:
        findings.add("checkpoint-ahead", f"the checkpoint is of project {seen['project']}", severity=weight)
        return
    if chain.by_digest(seen["trust"]) is None:
        findings.add("checkpoint-ahead", f"trust version {seen['trust']} is gone", severity=weight)
    if seen["ledger"] not in history.parents:
        findings.add("checkpoint-ahead", f"ledger commit {seen['ledger']} is gone", severity=weight)
    for name, oid in seen["tags"].items():
        ref = f"refs/tags/{name}"
        if refs.get(ref) != oid:
            findings.add("tag-moved" if ref in refs else "tag-missing", f"tag {name} was {oid}", ref=ref)
    asked = {ed25519.fingerprint(key): key for key in witnesses}
    keyids = [keyid for keyid, _ in checkpoint.envelope.signatures]
    keys = {keyid: chain.holders.get(keyid, (None,))[0] or asked.get(keyid) for keyid in keyids}
    if not any(keys.values()):
        message = "signed by no key of the project and by no witness that was named"
        findings.add("checkpoint-signature", message, severity=weight)
    for keyid, key in keys.items():
        if key is not None and not checkpoint.envelope.is_signed_by(key):
            findings.add("checkpoint-signature", f"the signature of key {keyid} does not hold")
    for keyid in asked:
        if keyid not in keyids:
            findings.add("checkpoint-signature", f"witness {keyid} has not signed")
