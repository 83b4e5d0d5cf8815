//! Questions that are asked of the tables again and again, as views of a database.

/// A view.
#[derive(Debug)]
pub struct View {
    /// Its name.
    pub name: &'static str,
    /// What one row is, in a sentence.
    pub doc: &'static str,
    /// The query: SQL that SQLite and DuckDB both read.
    pub sql: &'static str,
}

/// Every view. What was corrected is in none of them, but for releases: these stay.
pub static VIEWS: &[View] = &[
    View {
        name: "releases",
        doc: "A release: who released it when, what its decision said, and when it first reached each environment.",
        sql: "\
SELECT r.project, r.project_name, r.release_tag, r.service, r.change_id, r.commit_id, r.recorded_at AS released_at,
  r.recorder AS released_by, r.record_id, r.tag_object, d.environment AS deployed_to, d.first_deployed_at
FROM records r
LEFT JOIN (
  SELECT project, release_tag, environment, min(ended_at) AS first_deployed_at FROM records
  WHERE kind = 'deploy' AND deploy_outcome = 'success' AND superseded_by IS NULL
  GROUP BY project, release_tag, environment
) d ON d.project = r.project AND d.release_tag = r.release_tag
WHERE r.kind = 'release'",
    },
    View {
        name: "deployments",
        doc: "A deployment: what went where, how it ended, how many approvals of its commit are recorded, and whether it was watched.",
        sql: "\
SELECT d.project, d.project_name, d.record_id, d.ended_at, d.service, d.environment, d.release_tag, d.change_id,
  d.commit_id, d.deploy_outcome, d.is_planned, d.rollback_of,
  (SELECT count(*) FROM records a WHERE a.project = d.project AND a.commit_id = d.commit_id AND a.kind = 'approval'
    AND a.approval_meaning IN ('approved', 'released') AND a.superseded_by IS NULL) AS approvals,
  (SELECT count(*) FROM records m WHERE m.project = d.project AND m.commit_id = d.commit_id AND m.kind = 'monitor'
    AND m.environment = d.environment AND m.superseded_by IS NULL) AS observations
FROM records d
WHERE d.kind = 'deploy' AND d.superseded_by IS NULL",
    },
    View {
        name: "approvals",
        doc: "An approval: who, in which role, with what meaning, of which commit.",
        sql: "\
SELECT project, project_name, record_id, recorded_at, recorder, recorder_name, key_fingerprint, approval_role,
  approval_meaning, approval_comment, service, environment, release_tag, change_id, commit_id
FROM records
WHERE kind = 'approval' AND superseded_by IS NULL",
    },
    View {
        name: "tests",
        doc: "A test record: its counts, and the share of lines covered.",
        sql: "\
SELECT project, project_name, record_id, recorded_at, service, commit_id, change_id, tests_passed, tests_failed,
  tests_skipped, tests_flaky, tests_duration_ms, 1.0 * lines_covered / nullif(lines_total, 0) AS line_coverage
FROM records
WHERE kind = 'test' AND superseded_by IS NULL",
    },
    View {
        name: "control_outcomes",
        doc: "A control: how often decisions asked for it, and what came of it.",
        sql: "\
SELECT project, control_id, count(*) AS decisions, sum(CASE WHEN outcome = 'pass' THEN 1 ELSE 0 END) AS passed,
  sum(CASE WHEN outcome IN ('fail', 'incomplete') THEN 1 ELSE 0 END) AS failed,
  sum(CASE WHEN outcome = 'excepted' THEN 1 ELSE 0 END) AS excepted,
  sum(CASE WHEN outcome = 'warn' THEN 1 ELSE 0 END) AS warned, max(recorded_at) AS last_at
FROM controls
GROUP BY project, control_id",
    },
    View {
        name: "exceptions",
        doc: "A request to let a control go, with how often each was decided.",
        sql: "\
SELECT e.project, e.project_name, e.record_id, e.recorded_at, e.recorder AS requester, e.exception_control, e.service,
  e.environment, e.exception_reason, e.exception_compensating, e.expires_at, e.review_by,
  (SELECT count(*) FROM records d WHERE d.project = e.project AND d.decided_exception = e.record_id
    AND d.decision = 'approved' AND d.superseded_by IS NULL) AS approvals,
  (SELECT max(d.expires_at) FROM records d WHERE d.project = e.project AND d.decided_exception = e.record_id
    AND d.decision = 'renewed' AND d.superseded_by IS NULL) AS renewed_until,
  (SELECT count(*) FROM records d WHERE d.project = e.project AND d.decided_exception = e.record_id
    AND d.decision IN ('rejected', 'closed') AND d.superseded_by IS NULL) AS endings
FROM records e
WHERE e.kind = 'exception' AND e.superseded_by IS NULL",
    },
    View {
        name: "incidents",
        doc: "An incident as its newest record tells it.",
        sql: "\
SELECT i.project, i.project_name, i.case_id, i.case_title, i.case_severity, i.case_state, i.service, i.environment,
  i.release_tag, i.detected_at, i.restored_at, i.closed_at, i.blamed_deployment, i.introduced_by, i.missed_by,
  i.record_id, i.recorded_at
FROM records i
WHERE i.kind = 'incident' AND i.superseded_by IS NULL AND NOT EXISTS (
  SELECT 1 FROM records n WHERE n.project = i.project AND n.kind = 'incident' AND n.case_id = i.case_id
    AND n.superseded_by IS NULL
    AND (n.recorded_at > i.recorded_at OR (n.recorded_at = i.recorded_at AND n.record_id > i.record_id)))",
    },
];
