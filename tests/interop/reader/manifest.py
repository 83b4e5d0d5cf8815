"""The manifest of a release: one in-toto statement inside the tag's message."""

from . import strict_json
from .shapes import (
    change_ref, count, exactly, fail, fields, list_of, map_of, member_id, object_id, one_of, plain_name, requirement_id,
    sha256, tag_name, text, time,
)  # fmt: skip
from .statement import TYPE, ratio

PREDICATE_TYPE = "urn:git-qms:release-manifest:v1"

severities = fields({"critical": count, "high": count, "medium": count, "low": count, "unknown": count})
predicate = fields(
    {
        "project": sha256, "service": plain_name, "version": text, "tag": tag_name, "commit": object_id,
        "tree": object_id, "change": change_ref, "environments": list_of(plain_name),
        "approvers": list_of(
            fields(
                {
                    "member": member_id, "name": text, "role": plain_name,
                    "meaning": one_of("authored", "reviewed", "approved", "released", "rejected"), "time": time,
                    "record": sha256,
                }
            )
        ),
        "tests": list_of(
            fields({"type": plain_name, "passed": count, "failed": count, "skipped": count, "flaky": count})
        ),
        "vulnerabilities": list_of(fields({"tool": text, "counts": severities})),
        "requirements": list_of(requirement_id),
        "gate": fields({"result": text, "record": sha256}, {"tier": plain_name}),
        "exceptions": list_of(sha256), "ledger": object_id, "trust": fields({"version": count, "digest": sha256}),
        "policy": sha256, "records": list_of(sha256),
    },
    {
        "previous": tag_name, "buildId": text, "coverage": fields({}, {"line": ratio, "branch": ratio}),
        "retainUntil": text,
    },
)  # fmt: skip
statement = fields(
    {
        "_type": exactly(TYPE),
        "subject": list_of(fields({"name": text, "digest": map_of(text, text)})),
        "predicateType": exactly(PREDICATE_TYPE),
        "predicate": predicate,
    }
)


def read(data: bytes) -> dict:
    """The predicate."""
    value = strict_json.parse(data)
    statement(value, "")
    subjects = value["subject"]
    if not subjects or subjects[0]["digest"].get("gitCommit") != value["predicate"]["commit"]:
        fail("subject[0]", "is not the commit of the predicate")
    for index, subject in enumerate(subjects[1:], 1):
        fields({"sha256": sha256})(subject["digest"], f"subject[{index}].digest")
    return value["predicate"]
