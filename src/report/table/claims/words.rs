//! What people and gates say: plans, approvals, decisions, exceptions, and the books.

use super::R;
use crate::record::Claim;
use crate::record::kind::gate::VerificationResult;
use crate::report::table::Type::{Integer, Text, Time};
use crate::report::table::records::{Field, field};
use crate::report::table::{Cell, Source};

pub(super) const PLAN: &[Field] = &[
    field("plan_reason", Text, "plan: why", claim!(Plan, plan => Cell::text(&plan.reason))),
    field(
        "plan_change_type",
        Text,
        "plan: the type of change",
        claim!(Plan, plan => Cell::said(plan.change_type.as_ref())),
    ),
    field(
        "plan_risk_tier",
        Text,
        "plan: the risk tier asked for",
        claim!(Plan, plan => Cell::said(plan.risk_tier.as_ref())),
    ),
];

pub(super) const APPROVAL: &[Field] = &[
    field("approval_role", Text, "approval: the role it was given in", claim!(Approval, one => Cell::text(&one.role))),
    field(
        "approval_meaning",
        Text,
        "approval: authored, reviewed, approved, released or rejected",
        claim!(Approval, one => Cell::text(one.meaning)),
    ),
    field("approval_comment", Text, "approval: the comment", claim!(Approval, one => Cell::said(one.comment.as_ref()))),
];

/// How many controls of a decision have one of these outcomes.
fn controls(record: R<'_>, outcomes: &[&str]) -> Cell {
    let count = |gate: &crate::record::kind::gate::GateDetail| {
        gate.controls.iter().filter(|control| outcomes.contains(&control.outcome.as_str())).count() as u64
    };
    Cell::count(record.header.gate.as_ref().map(count))
}

pub(super) const GATE: &[Field] = &[
    field(
        "gate_result",
        Text,
        "gate: pass or fail",
        claim!(Gate, gate => Cell::text(match gate.verification_result {
            VerificationResult::Passed => "pass",
            VerificationResult::Failed => "fail",
        })),
    ),
    field("gate_tier", Text, "gate: the risk tier", |_, record| {
        Cell::said(record.header.gate.as_ref().and_then(|gate| gate.tier.as_ref()))
    }),
    field("controls_passed", Integer, "gate: controls that passed", |_, record| controls(record, &["pass"])),
    field("controls_failed", Integer, "gate: controls that failed or could not be told", |_, record| {
        controls(record, &["fail", "incomplete"])
    }),
    field("controls_excepted", Integer, "gate: controls let go by an exception", |_, record| {
        controls(record, &["excepted"])
    }),
];

pub(super) const EXCEPTION: &[Field] = &[
    field("exception_control", Text, "exception: the control", claim!(Exception, one => Cell::text(&one.control))),
    field("exception_reason", Text, "exception: why", claim!(Exception, one => Cell::text(&one.reason))),
    field(
        "exception_compensating",
        Text,
        "exception: what is done instead",
        claim!(Exception, one => Cell::text(&one.compensating)),
    ),
    field("expires_at", Time, "exception: when it ends; of a decision renewed, the new end", |_, record| match &record
        .claim
    {
        Claim::Exception(one) => Cell::time(one.expires),
        Claim::ExceptionDecision(one) => Cell::time(one.expires),
        _ => Cell::Absent,
    }),
    field(
        "review_by",
        Time,
        "exception: until when an emergency is to be reviewed",
        claim!(Exception, one => Cell::time(one.review_by)),
    ),
    field(
        "decided_exception",
        Text,
        "exception-decision: the request",
        claim!(ExceptionDecision, one => Cell::text(one.exception)),
    ),
    field(
        "decision",
        Text,
        "exception-decision: approved, rejected, reviewed, renewed or closed",
        claim!(ExceptionDecision, one => Cell::text(one.decision)),
    ),
    field(
        "decision_role",
        Text,
        "exception-decision: the role it was made in",
        claim!(ExceptionDecision, one => Cell::text(&one.role)),
    ),
];

pub(super) const BOOKS: &[Field] = &[
    field("tag_object", Text, "release: the tag's object id", claim!(Release, one => Cell::text(one.object))),
    field(
        "manifest_digest",
        Text,
        "release: SHA-256 of the manifest",
        claim!(Release, one => Cell::text(one.manifest)),
    ),
    field("policy_digest", Text, "policy: SHA-256 of the catalog", claim!(Policy, one => Cell::text(one.sha256))),
    field("policy_replaces", Text, "policy: the catalog before", claim!(Policy, one => Cell::said(one.replaces))),
];
