"""A record of every kind."""

import copy
import hashlib

WHEN = "2026-04-13T09:30:00Z"
PROJECT = hashlib.sha256(b"first trust version").hexdigest()
RECORD = hashlib.sha256(b"another record").hexdigest()
FILE = hashlib.sha256(b"a file").hexdigest()
COMMIT = hashlib.sha1(b"commit").hexdigest()
TREE = hashlib.sha1(b"tree").hexdigest()
LEDGER = hashlib.sha1(b"ledger").hexdigest()
TAG = "payments-api@2026.04.13+chg-1842"
SPAN = {"start": WHEN, "end": "2026-04-13T09:31:10Z"}
KEPT_ELSEWHERE = {
    "sha256": FILE, "size": 1 << 33, "mediaType": "application/octet-stream", "name": "trace.bin", "stored": False,
    "uri": "https://files.example.com/trace.bin?run=77",
}
STAGES = {
    "plan": "plan", "build": "build", "test": "test", "scan": "test", "analysis": "test", "approval": "approve", "gate": "approve",
    "deploy": "deploy", "monitor": "monitor", "incident": "monitor", "defect": "monitor",
    "release": "approve",
}
PREDICATES = {
    "plan": {
        "reason": "Refund limits — règle 7", "requirements": ["REQ-7"], "changeType": "normal", "riskTier": "high",
        "knownRisks": ["touches the ledger"], "rolloutStrategy": "canary", "monitoringPlan": "error rate for 30 min",
        "rollbackCriteria": "restore previous",
    },
    "build": {
        "buildDefinition": {
            "buildType": "urn:git-qms:build-type:recorded:v1",
            "externalParameters": {"source": f"git+commit:{COMMIT}"},
            "resolvedDependencies": [
                {"uri": f"git+commit:{COMMIT}", "digest": {"gitCommit": COMMIT}},
                {"name": "serde", "uri": "pkg:cargo/serde@1.0.228", "digest": {"sha256": FILE}},
            ],
        },
        "runDetails": {
            "builder": {"id": "https://github.com/actions/runner"},
            "metadata": {"invocationId": "77", "startedOn": WHEN, "finishedOn": SPAN["end"]},
        },
    },
    "test": {
        "result": "FAILED", "configuration": [{"uri": f"git+commit:{COMMIT}", "digest": {"gitCommit": COMMIT}}],
        "url": "https://ci.example.com/run/77", "passedTests": ["refund::limit"], "warnedTests": ["net::retry"],
        "failedTests": ["refund::over_limit"],
    },
    "scan": {
        "scanner": {
            "uri": "pkg:generic/trivy", "version": "0.60.0",
            "db": {"uri": "https://ghcr.io/aquasecurity/trivy-db", "version": "2", "lastUpdate": "2026-04-12T18:00:00Z"},
            "result": [{"id": "CVE-2026-1234", "severity": [{"method": "trivy", "score": "MEDIUM"}]}],
        },
        "metadata": {"scanStartedOn": WHEN, "scanFinishedOn": SPAN["end"]},
    },
    "analysis": {
        "tool": {"name": "ruff", "version": "0.17.6"},
        "run": {"outcome": "partial", "reasons": ["src/old.py: syntax error"], "merged": 2},
        "counts": {"error": 1, "warning": 1, "note": 0, "none": 1},
        "findings": [
            {"rule": "F401", "level": "error", "file": "src/refund.py", "line": 7}, {"rule": "E501", "level": "warning"}
        ],
        "omitted": 1,
        "setAside": [{"cause": "suppressed", "count": 2}, {"cause": "absent", "count": 1}],
        "notCounted": [{"what": "results of kind pass", "count": 40}],
    },
    "approval": {
        "role": "release-manager", "meaning": "approved", "comment": "ok", "order": 1, "plans": [RECORD],
    },
    "gate": {
        "verifier": {"id": "urn:git-qms"}, "timeVerified": WHEN, "resourceUri": f"git+commit:{COMMIT}",
        "policy": {"uri": ".qms/policy.toml", "digest": {"sha256": FILE}},
        "inputAttestations": [{"digest": {"sha256": RECORD}}], "verificationResult": "PASSED", "verifiedLevels": [],
        "slsaVersion": "1.0",
    },
    "deploy": {
        "outcome": "success", "planned": True, "infrastructureRevision": "4f2c", "migrations": ["0042_refunds"],
        "actor": "argo", "rollbackOf": "payments-api@2026.04.12+chg-1840",
    },
    "monitor": {"smokeTest": "pass", "observation": SPAN, "rollback": "none", "note": "quiet"},
    "incident": {
        "id": "INC-7", "title": "Refunds are booked twice", "severity": "high", "detected": WHEN,
        "restored": "2026-04-13T10:15:00Z", "deployment": RECORD, "introducedBy": COMMIT, "missedBy": "regression",
        "remediation": "idempotency key on every booking", "closed": "2026-04-20T08:00:00Z",
    },
    "defect": {
        "id": "acme/payments#41", "title": "Rounding of cents", "severity": "low", "detected": WHEN, "deployment": RECORD,
        "introducedBy": COMMIT, "missedBy": "unit", "remediation": "decimal arithmetic", "closed": SPAN["end"],
    },
    "policy": {"sha256": FILE, "replaces": RECORD},
    "release": {"tag": TAG, "object": hashlib.sha1(b"tag").hexdigest(), "manifest": FILE},
    "checkpoint": {"occasion": "request"},
    "exception": {
        "control": "COV-01", "reach": "range", "commits": [COMMIT], "paths": ["legacy/**"], "reason": "legacy module",
        "compensating": "manual regression run",
        "expires": "2026-05-13T09:30:00Z", "reviewBy": "2026-04-16T09:30:00Z",
    },
    "exception-decision": {
        "exception": RECORD, "decision": "renewed", "role": "qa", "comment": "the module goes in June",
        "expires": "2026-06-30T00:00:00Z",
    },
    "tombstone": {"file": FILE, "reason": "names a customer", "legalBasis": "GDPR Art. 17(1)(b)"},
}
TYPES = {
    "build": "https://slsa.dev/provenance/v1", "test": "https://in-toto.io/attestation/test-result/v0.1",
    "scan": "https://in-toto.io/attestation/vulns/v0.2", "gate": "https://slsa.dev/verification_summary/v1",
}
LICENSES = {
    "expressions": [{"expression": "MIT OR Apache-2.0", "components": 1}], "omitted": 1, "unrecognised": 1, "unsaid": 1,
}
DETAILS = {
    "build": {
        "artifactSizes": [4096],
        "inventory": {"format": "CycloneDX 1.6", "sha256": FILE, "components": 2, "omitted": 1, "licenses": LICENSES},
        "infrastructureRevision": "4f2c", "log": "https://ci.example.com/run/77/log",
        "attestations": [
            {
                "sha256": RECORD, "predicateType": "https://slsa.dev/provenance/v1", "subjects": [FILE], "omitted": 1,
                "matches": [FILE], "signatures": 1, "keyids": ["SHA256:abc"],
            }
        ],
    },
    "test": {
        "suites": [
            {
                "type": "unit", "tool": {"name": "nextest", "version": "0.9.100"}, "passed": 212, "failed": 1,
                "skipped": 3, "flaky": 1, "disabled": 1, "expectedFailures": 2, "unexpectedPasses": 1,
                "durationMs": 70_125, "ran": SPAN,
                "cases": [
                    {"name": "refund::over_limit", "outcome": "failed", "requirements": ["REQ-7"]},
                    {"name": "refund::in_roubles", "outcome": "unexpectedPass"},
                    {"name": "refund::in_cash", "outcome": "expectedFailure", "requirements": ["REQ-8"]},
                    {"name": "refund::by_post", "outcome": "disabled", "requirements": ["REQ-9"]},
                ],
                "omitted": 2,
            }
        ],
        "coverage": {
            "line": {"covered": 8120, "total": 10_000}, "branch": {"covered": 1, "total": 2},
            "function": {"covered": 0, "total": 0},
            "files": [{"path": "src/refund.rs", "line": {"covered": 81, "total": 100}}], "omitted": 41,
        },
        "discrepancies": [{"report": "junit.xml", "field": "tests", "reported": "215", "counted": "216", "suite": "unit"}],
    },
    "scan": {
        "tool": "trivy", "target": "payments:77", "run": {"outcome": "complete"},
        "counts": {"critical": 0, "high": 0, "medium": 1, "low": 0, "unknown": 0}, "omitted": 3,
        "setAside": [
            {
                "cause": "not-affected", "count": 2,
                "findings": [
                    {
                        "id": "CVE-2026-1", "place": "curl@7.88.1", "severity": "HIGH", "reason": "component_not_present",
                        "statement": {"sha256": FILE, "number": 1},
                    }
                ],
            }
        ],
        "notCounted": [{"what": "secrets", "count": 1}],
        "vex": [
            {"sha256": FILE, "id": "https://example.com/vex/1", "author": "Ada", "statements": 3, "applied": 2, "unmatched": 1}
        ],
    },
    "gate": {
        "purpose": "tag",
        "release": TAG,
        "tier": "high",
        "controls": [
            {"id": "TEST-01", "outcome": "pass", "required": "0 failed", "found": "0 of 212", "records": [RECORD],
             "hint": "none needed"}
        ],
    },
}


def statement(kind: str, full=False) -> dict:
    """A record of `kind`: with the required header members, or with all."""
    header = {"version": 1, "project": PROJECT, "kind": kind}
    if kind in STAGES:
        header["stage"] = STAGES[kind]
    header |= {
        "tree": TREE, "recorder": "ada", "trust": PROJECT, "ledger": LEDGER, "occurred": SPAN,
        "recorded": "2026-04-13T09:32:00Z",
    }
    if full:
        header |= {"service": "payments-api", "environment": "production", "release": TAG, "change": "CHG-1842"}
    header["dirty"] = False
    if full:
        header |= {
            "source": {"system": "github", "run": "77", "url": "https://ci.example.com/run/77", "actor": "ada",
                       "ref": "refs/heads/main"},
            "files": [
                {"sha256": FILE, "size": 512, "mediaType": "application/xml", "name": "junit.xml", "stored": True},
                KEPT_ELSEWHERE,
            ],
            "allowedSecrets": {"reason": "a key of the test bench", "patterns": ["jwt", "private-key"]},
            "supersedes": {"record": RECORD, "reason": "wrong suite"},
        }
    if kind in DETAILS:
        header[f"urn:git-qms:{kind}:v1"] = DETAILS[kind]
    return copy.deepcopy(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": "commit", "digest": {"gitCommit": COMMIT}, "annotations": {"qms": header}}],
            "predicateType": TYPES.get(kind, f"urn:git-qms:{kind}:v1"),
            "predicate": PREDICATES[kind],
        }
    )
