//! What deployments, observations, incidents and defects say.

use super::R;
use crate::record::Claim;
use crate::report::table::Type::{Boolean, Text, Time};
use crate::report::table::records::{Field, field};
use crate::report::table::{Cell, Source};

pub(super) const DEPLOY: &[Field] = &[
    field(
        "deploy_outcome",
        Text,
        "deploy: success, failure, partial or rolled-back",
        claim!(Deploy, one => Cell::text(one.outcome.as_str())),
    ),
    field("is_planned", Boolean, "deploy: whether it was planned", claim!(Deploy, one => Cell::Boolean(one.planned))),
    field(
        "rollback_of",
        Text,
        "deploy: the release it takes back",
        claim!(Deploy, one => Cell::said(one.rollback_of.as_ref())),
    ),
    field(
        "smoke_test",
        Text,
        "monitor: pass, fail or not-run",
        claim!(Monitor, one => Cell::text(one.smoke_test.as_str())),
    ),
    field(
        "rollback_status",
        Text,
        "monitor: none, started or completed",
        claim!(Monitor, one => Cell::text(one.rollback.as_str())),
    ),
];

pub(super) const CASE: &[Field] = &[
    field("case_id", Text, "incident, defect: its id", claim!(Incident | Defect, one => Cell::text(&one.id))),
    field(
        "case_title",
        Text,
        "incident, defect: its title",
        claim!(Incident | Defect, one => Cell::said(one.title.as_ref())),
    ),
    field(
        "case_severity",
        Text,
        "incident, defect: critical, high, medium or low",
        claim!(Incident | Defect, one => Cell::text(one.severity)),
    ),
    field(
        "case_state",
        Text,
        "incident, defect: open, restored or closed",
        claim!(Incident | Defect, one => Cell::text(one.state().as_str())),
    ),
    field(
        "detected_at",
        Time,
        "incident, defect: when it was detected",
        claim!(Incident | Defect, one => Cell::time(one.detected)),
    ),
    field(
        "restored_at",
        Time,
        "incident: when users were served again",
        claim!(Incident, one => Cell::time(one.restored)),
    ),
    field(
        "closed_at",
        Time,
        "incident, defect: when it was closed",
        claim!(Incident | Defect, one => Cell::time(one.closed)),
    ),
    field(
        "blamed_deployment",
        Text,
        "incident, defect: the deploy record at fault",
        claim!(Incident | Defect, one => Cell::said(one.deployment)),
    ),
    field(
        "introduced_by",
        Text,
        "incident, defect: the commit that brought it",
        claim!(Incident | Defect, one => Cell::said(one.introduced_by)),
    ),
    field(
        "missed_by",
        Text,
        "incident, defect: the suite that should have found it",
        claim!(Incident | Defect, one => Cell::said(one.missed_by.as_ref())),
    ),
];
