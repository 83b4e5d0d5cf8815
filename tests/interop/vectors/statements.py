"""Statement vectors."""

import hashlib
import json

from .common import compact, vector
from .mutations import MUTATIONS, mutated
from .samples import FILE, PREDICATES, statement


def accepted_statements():
    for kind in PREDICATES:
        yield f"{kind}", "every member of the predicate", statement(kind)
    yield "header_full", "every optional member of the header", statement("deploy", full=True)
    changed = statement("checkpoint")
    changed["subject"][0]["annotations"]["qms"]["ledger"] = None
    yield "checkpoint_ledger_null", "as the first checkpoint of a ledger has it", changed
    changed = statement("build")
    changed["subject"].append({"name": "dist/payments.tar.gz", "digest": {"sha256": FILE}})
    yield "build_artifact_subject", "an artifact after the commit", changed
    changed = statement("test")
    detail = changed["subject"][0]["annotations"]["qms"]["urn:git-qms:test:v1"]
    del detail["suites"], detail["discrepancies"]
    yield "test_coverage_alone", "a coverage report without a test run", changed
    changed = statement("checkpoint")
    changed["subject"][0]["digest"]["gitCommit"] = "ab" * 32
    changed["subject"][0]["annotations"]["qms"]["tree"] = "cd" * 32
    changed["subject"][0]["annotations"]["qms"]["ledger"] = "ef" * 32
    yield "sha256_repository", "object ids of a SHA-256 repository", changed
    changed = statement("scan")
    detail = changed["subject"][0]["annotations"]["qms"]["urn:git-qms:scan:v1"]
    detail["run"] = {"outcome": "failed", "reasons": ["no database"]}
    for member in ("setAside", "notCounted", "vex"):
        del detail[member]
    yield "scan_run_failed", "a run that broke off, and why", changed
    minimal = {
        "plan": ["reason"], "approval": ["role", "meaning"], "deploy": ["outcome", "planned"],
        "monitor": ["smokeTest", "rollback"], "incident": ["id", "severity", "detected"],
        "defect": ["id", "severity", "detected"], "policy": ["sha256"], "test": ["result", "configuration"],
        "exception": ["control", "reach", "reason", "compensating", "expires"],
    }
    for kind, members in minimal.items():
        changed = statement(kind)
        if kind == "exception":
            changed["predicate"]["reach"] = "service"
        changed["predicate"] = {member: changed["predicate"][member] for member in members}
        yield f"{kind}_minimal", "the required members of the predicate alone", changed
    changed = dict(reversed(statement("plan").items()))
    yield "members_in_another_order", "the order is the writer's duty, not the reader's", changed


def statements():
    for name, comment, value in accepted_statements():
        payload = compact(value)
        yield vector(
            name, comment, "accept", text=payload.decode(),
            kind=value["subject"][0]["annotations"]["qms"]["kind"], record=hashlib.sha256(payload).hexdigest(),
        )
    spaced = json.dumps(statement("policy"), indent=2, ensure_ascii=False)
    yield vector("white_space", "a payload's own white space is not restricted", "accept", text=spaced,
                 kind="policy", record=hashlib.sha256(spaced.encode()).hexdigest())
    for name, kind, path, value, reason in MUTATIONS:
        where = ".".join(map(str, path))
        yield vector(name, f"{kind} record, changed at {where}", "reject", reason=reason,
                     text=compact(mutated(kind, path, value)).decode())
    plan = compact(statement("plan")).decode()
    as_array = "[" + ",".join(compact(value).decode() for value in statement("plan").values()) + "]"
    yield vector("statement_array", "the members' values in order are not an object", "reject",
                 reason="invalid type: sequence", text=as_array)
    yield vector("header_duplicate_key", "strict JSON holds inside a statement", "reject", reason="duplicate field",
                 text=plan.replace('"recorder":"ada"', '"recorder":"eve","recorder":"ada"', 1))
    artifact = compact({"name": "a", "digest": {"sha256": FILE}}).decode() + ","
    head, tail = plan.split('}],"predicateType"', 1)
    yield vector("too_many_subjects", "10,001 of them", "reject", reason="more than 10,000 subjects",
                 pieces=[[head + "},", 1], [artifact, 9_999], [artifact[:-1], 1], ['],"predicateType"' + tail, 1]])
