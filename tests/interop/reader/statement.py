"""Statements: one record as in-toto carries it (docs/spec/record.md)."""

from . import strict_json
from .shapes import (
    ShapeError,
    boolean,
    case_id,
    change_ref,
    count,
    exactly,
    fail,
    fields,
    list_of,
    map_of,
    matching,
    member_id,
    object_id,
    one_of,
    or_null,
    plain_name,
    requirement_id,
    said,
    sha256,
    tag_name,
    text,
    time,
    whole,
)

TYPE = "https://in-toto.io/Statement/v1"
MAX_SUBJECTS = 10_000

span = fields({"start": time, "end": time})
_resource = fields({}, {"name": said, "uri": said, "digest": map_of(text, matching(r"[0-9a-f]+"))})


def resource(value, path):
    _resource(value, path)
    if "name" not in value and "uri" not in value and not value.get("digest"):
        fail(path, "has neither name, uri nor digest")


def nameless(value, path):
    resource(value, path)
    if "name" in value:
        fail(path, "has a name")


ratio_fields = fields({"covered": count, "total": count})


def ratio(value, path):
    ratio_fields(value, path)
    if value["covered"] > value["total"]:
        fail(path, f"coverage: {value['covered']} of {value['total']}")


RATIOS = {"line": ratio, "branch": ratio, "function": ratio}
coverage = fields({}, {**RATIOS, "files": list_of(fields({"path": text}, RATIOS)), "omitted": count})
case = fields(
    {
        "name": text,
        "outcome": one_of(
            "passed", "skipped", "disabled", "expectedFailure", "unexpectedPass", "flaky", "failed"
        ),
    },
    {"requirements": list_of(requirement_id)},
)
suite_fields = fields(
    {"type": plain_name, "passed": count, "failed": count, "skipped": count, "flaky": count},
    {
        "tool": fields({"name": text}, {"version": text}),
        "disabled": count, "expectedFailures": count, "unexpectedPasses": count,
        "durationMs": count, "ran": span, "cases": list_of(case), "omitted": count,
    },
)


def suite(value, path):
    suite_fields(value, path)
    if value["flaky"] > value["passed"]:
        fail(path, "more flaky than passed")
    if value.get("disabled", 0) + value.get("expectedFailures", 0) > value["skipped"]:
        fail(path, "more disabled and expected failures than skipped")
    if value.get("unexpectedPasses", 0) > value["passed"] + value["failed"]:
        fail(path, "more unexpected passes than ran")


_test_detail = fields(
    {},
    {
        "suites": list_of(suite), "coverage": coverage,
        "discrepancies": list_of(
            fields({"report": text, "field": text, "reported": text, "counted": text}, {"suite": plain_name})
        ),
    },
)


def test_detail(value, path):
    _test_detail(value, path)
    if not value.get("suites") and "coverage" not in value:
        fail(path, "needs suites or coverage")


licenses = fields(
    {
        "expressions": list_of(fields({"expression": text, "components": count})),
        "unrecognised": count, "unsaid": count,
    },
    {"omitted": count},
)
attestation = fields(
    {"sha256": sha256, "predicateType": text, "subjects": list_of(sha256), "signatures": count},
    {"omitted": count, "matches": list_of(sha256), "keyids": list_of(text)},
)
_run = fields(
    {"outcome": one_of("complete", "partial", "failed")},
    {"reasons": list_of(said), "merged": whole(least=2, most=(1 << 53) - 1)},
)


def run(value, path):
    _run(value, path)
    if (value["outcome"] == "complete") != (not value.get("reasons")):
        fail(path, "only a run that is not complete has reasons, and it has to")


_set_aside = fields(
    {
        "cause": one_of("suppressed", "ignored", "not-affected", "fixed", "false-positive", "absent"),
        "count": whole(least=1, most=(1 << 53) - 1),
    },
    {
        "findings": list_of(
            fields(
                {"id": said, "severity": text},
                {"place": text, "reason": text, "statement": fields({"sha256": sha256, "number": count})},
            )
        )
    },
)


def set_aside(value, path):
    _set_aside(value, path)
    if len(value.get("findings", [])) > value["count"]:
        fail(path, "more findings are named than counted")


not_counted = fields({"what": text, "count": count})
vex_document = fields(
    {"sha256": sha256, "statements": count, "applied": count, "unmatched": count}, {"id": text, "author": text}
)
_analysis = fields(
    {
        "tool": fields({"name": said}, {"version": text}), "run": run,
        "counts": fields({"error": count, "warning": count, "note": count, "none": count}),
    },
    {
        "findings": list_of(
            fields({"rule": said, "level": one_of("error", "warning", "note", "none")}, {"file": text, "line": count})
        ),
        "omitted": count, "setAside": list_of(set_aside), "notCounted": list_of(not_counted),
    },
)


def analysis(value, path):
    _analysis(value, path)
    if len(value.get("findings", [])) + value.get("omitted", 0) != sum(value["counts"].values()):
        fail(path, "findings listed and omitted are not those counted")


DETAILS = {
    "build": fields(
        {"artifactSizes": list_of(count)},
        {
            "inventory": fields(
                {"format": text, "sha256": sha256, "components": count, "omitted": count}, {"licenses": licenses}
            ),
            "infrastructureRevision": text, "log": text, "attestations": list_of(attestation),
        },
    ),
    "test": test_detail,
    "scan": fields(
        {
            "tool": text, "run": run,
            "counts": fields({"critical": count, "high": count, "medium": count, "low": count, "unknown": count}),
        },
        {
            "target": text, "omitted": count, "setAside": list_of(set_aside), "notCounted": list_of(not_counted),
            "vex": list_of(vex_document),
        },
    ),
    "gate": fields(
        {
            "purpose": one_of("gate", "tag", "deploy"),
            "controls": list_of(
                fields(
                    {"id": plain_name, "outcome": plain_name, "required": text, "found": text},
                    {"records": list_of(sha256), "hint": text},
                )
            )
        },
        {"release": tag_name, "tier": plain_name},
    ),
}



def case(*ends):
    """An incident or a defect: `ends` are the times that follow one another after it was detected."""
    shape = fields(
        {"id": case_id, "severity": one_of("critical", "high", "medium", "low"), "detected": time},
        {
            "title": said, "deployment": sha256, "introducedBy": object_id, "missedBy": plain_name, "remediation": said,
            **dict.fromkeys(ends, time),
        },
    )

    def check(value, path):
        shape(value, path)
        if "closed" in value and any(member not in value for member in (*ends, "remediation")):
            fail(path, f"closed needs {' and '.join((*ends[:-1], 'remediation'))}")
        told = [value[member] for member in ("detected", *ends) if member in value]
        if told != sorted(told):
            fail(path, "its times are not in order")

    return check


incident, defect = case("restored", "closed"), case("closed")

_exception = fields(
    {
        "control": plain_name, "reach": one_of("commit", "range", "service"), "reason": said, "compensating": said,
        "expires": time,
    },
    {"commits": list_of(object_id), "paths": list_of(said), "reviewBy": time},
)


def exception(value, path):
    _exception(value, path)
    commits, paths = value.get("commits", []), value.get("paths", [])
    if (value["reach"] == "range") == (not commits):
        fail(path, "reach range names its commits, and no other reach does")
    if len(commits) > 1000 or len(paths) > 100:
        fail(path, "more than 1000 commits or 100 paths")


_exception_decision = fields(
    {
        "exception": sha256, "decision": one_of("approved", "rejected", "reviewed", "renewed", "closed"),
        "role": plain_name,
    },
    {"comment": said, "expires": time},
)


def exception_decision(value, path):
    _exception_decision(value, path)
    decision = value["decision"]
    if "comment" not in value and decision != "approved":
        fail(path, f"{decision} needs a comment")
    if ("expires" in value) != (decision == "renewed"):
        fail(path, "renewed needs expires, and no other decision has it")


# kind: (predicate type, stage, predicate)
KINDS = {
    "plan": (
        "urn:git-qms:plan:v1", "plan",
        fields(
            {"reason": said},
            {
                "requirements": list_of(requirement_id), "changeType": plain_name, "riskTier": plain_name,
                "knownRisks": list_of(said), "rolloutStrategy": said, "monitoringPlan": said,
                "rollbackCriteria": said,
            },
        ),
    ),
    "build": (
        "https://slsa.dev/provenance/v1", "build",
        fields(
            {
                "buildDefinition": fields(
                    {
                        "buildType": exactly("urn:git-qms:build-type:recorded:v1"),
                        "externalParameters": fields({"source": text}),
                        "resolvedDependencies": list_of(resource),
                    }
                ),
                "runDetails": fields(
                    {
                        "builder": fields({"id": said}),
                        "metadata": fields({"invocationId": said, "startedOn": time, "finishedOn": time}),
                    }
                ),
            }
        ),
    ),
    "test": (
        "https://in-toto.io/attestation/test-result/v0.1", "test",
        fields(
            {"result": one_of("PASSED", "WARNED", "FAILED"), "configuration": list_of(resource)},
            {"url": text, "passedTests": list_of(said), "warnedTests": list_of(said), "failedTests": list_of(said)},
        ),
    ),
    "scan": (
        "https://in-toto.io/attestation/vulns/v0.2", "test",
        fields(
            {
                "scanner": fields(
                    {
                        "uri": said,
                        "result": list_of(
                            fields({"id": said, "severity": list_of(fields({"method": text, "score": text}))})
                        ),
                    },
                    {"version": text, "db": fields({}, {"uri": text, "version": text, "lastUpdate": time})},
                ),
                "metadata": fields({"scanStartedOn": time, "scanFinishedOn": time}),
            }
        ),
    ),
    "analysis": ("urn:git-qms:analysis:v1", "test", analysis),
    "approval": (
        "urn:git-qms:approval:v1", "approve",
        fields(
            {"role": plain_name, "meaning": one_of("authored", "reviewed", "approved", "released", "rejected")},
            {"comment": text, "order": whole(least=1, most=(1 << 32) - 1), "plans": list_of(sha256)},
        ),
    ),
    "gate": (
        "https://slsa.dev/verification_summary/v1", "approve",
        fields(
            {
                "verifier": fields({"id": exactly("urn:git-qms")}), "timeVerified": time, "resourceUri": text,
                "policy": nameless, "inputAttestations": list_of(nameless),
                "verificationResult": one_of("PASSED", "FAILED"), "verifiedLevels": list_of(text, most=0),
                "slsaVersion": text,
            }
        ),
    ),
    "deploy": (
        "urn:git-qms:deploy:v1", "deploy",
        fields(
            {"outcome": one_of("success", "failure", "partial", "rolled-back"), "planned": boolean},
            {"infrastructureRevision": text, "migrations": list_of(text), "actor": text, "rollbackOf": tag_name},
        ),
    ),
    "monitor": (
        "urn:git-qms:monitor:v1", "monitor",
        fields(
            {"smokeTest": one_of("pass", "fail", "not-run"), "rollback": one_of("none", "started", "completed")},
            {"observation": span, "note": text},
        ),
    ),
    "incident": ("urn:git-qms:incident:v1", "monitor", incident),
    "defect": ("urn:git-qms:defect:v1", "monitor", defect),
    "policy": ("urn:git-qms:policy:v1", None, fields({"sha256": sha256}, {"replaces": sha256})),
    "release": (
        "urn:git-qms:release:v1", "approve",
        fields({"tag": tag_name, "object": object_id, "manifest": sha256}),
    ),
    "checkpoint": (
        "urn:git-qms:checkpoint:v1", None, fields({"occasion": one_of("trust", "bulk", "audit", "request")}),
    ),
    "exception": (
        "urn:git-qms:exception:v1", None, exception,
    ),
    "exception-decision": ("urn:git-qms:exception-decision:v1", None, exception_decision),
    "tombstone": (
        "urn:git-qms:tombstone:v1", None, fields({"file": sha256, "reason": said, "legalBasis": said}),
    ),
}

_file_reference = fields(
    {"sha256": sha256, "size": count, "mediaType": text, "name": text, "stored": boolean},
    {"uri": matching(r"(?=[!-~]{3,2048}\Z)[A-Za-z][A-Za-z0-9+.-]*:.+")},
)


def file_reference(value, path):
    _file_reference(value, path)
    if value["stored"] and "uri" in value:
        fail(path, "is stored and has a uri")


def pattern_names(value, path):
    list_of(plain_name)(value, path)
    if not value:
        fail(path, "names no pattern")


header_shape = fields(
    {
        "version": exactly(1), "project": sha256, "kind": one_of(*KINDS), "tree": object_id, "recorder": member_id,
        "trust": sha256, "ledger": or_null(object_id), "occurred": span, "recorded": time, "dirty": boolean,
    },
    {
        "stage": one_of("plan", "build", "test", "approve", "deploy", "monitor"),
        "service": plain_name, "environment": plain_name, "release": tag_name, "change": change_ref,
        "source": fields({"system": text}, {"run": text, "url": text, "actor": text, "ref": text}),
        "files": list_of(file_reference),
        "allowedSecrets": fields({"reason": said, "patterns": pattern_names}),
        "supersedes": fields({"record": sha256, "reason": text}),
        **{f"urn:git-qms:{kind}:v1": detail for kind, detail in DETAILS.items()},
    },
)

commit_subject = fields(
    {"name": exactly("commit"), "digest": fields({"gitCommit": object_id}), "annotations": fields({"qms": header_shape})}
)


def said_or_blank(value, path):
    text(value, path)
    if not value:
        fail(path, "is empty")


artifact_subject = fields({"name": said_or_blank, "digest": fields({"sha256": sha256})})
statement_shape = fields(
    {"_type": exactly(TYPE), "subject": list_of(lambda *_: None, most=MAX_SUBJECTS), "predicateType": text,
     "predicate": map_of(text, lambda *_: None)}
)


def parse(payload: bytes) -> dict:
    """Reads one statement; raises JsonError or ShapeError."""
    statement = strict_json.parse(payload)
    statement_shape(statement, "")
    subjects = statement["subject"]
    if not subjects:
        fail("subject", "there is none")
    commit_subject(subjects[0], "subject[0]")
    for index, subject in enumerate(subjects[1:], 1):
        artifact_subject(subject, f"subject[{index}]")
    header = subjects[0]["annotations"]["qms"]
    kind = header["kind"]
    predicate_type, stage, predicate = KINDS[kind]
    if statement["predicateType"] != predicate_type:
        fail("predicateType", f"kind {kind} is written under {predicate_type}")
    if header.get("stage") != stage:
        fail("stage", f"is not the one of kind {kind}")
    for other in DETAILS:
        if (f"urn:git-qms:{other}:v1" in header) != (other == kind):
            fail(f"urn:git-qms:{other}:v1", "is missing or out of place")
    predicate(statement["predicate"], "predicate")
    return statement


__all__ = ["KINDS", "ShapeError", "parse"]
