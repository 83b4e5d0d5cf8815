//! A verdict for programs. The keys are stable.

use serde::Serialize;

use super::escape::escape_json;
use super::paint::Paint;
use crate::policy::Verdict;
use crate::policy::exception::Excepted;
use crate::record::{FileDigest, MemberId, Name, RecordId, UtcTime};

/// The schema's name.
const SCHEMA: &str = "git-qms/gate/v1";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Gate<'a> {
    schema: &'static str,
    result: &'static str,
    tier: Option<&'a Name>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tier_reasons: Vec<TierReason<'a>>,
    policy: Policy,
    controls: Vec<Control<'a>>,
}

/// Why it is in a tier at least.
#[derive(Serialize)]
struct TierReason<'a> {
    tier: &'a Name,
    because: &'a str,
    /// The line of the catalog, where it is the catalog's word.
    line: Option<usize>,
}

#[derive(Serialize)]
struct Policy {
    digest: FileDigest,
    state: &'static str,
}

#[derive(Serialize)]
struct Control<'a> {
    id: &'a Name,
    outcome: &'static str,
    required: &'a str,
    found: &'a str,
    records: Vec<RecordId>,
    /// The exception that lets it pass.
    exception: Option<Exception<'a>>,
    hint: Option<&'a str>,
}

#[derive(Serialize)]
struct Exception<'a> {
    id: RecordId,
    reason: &'a str,
    compensating: &'a str,
    expires: UtcTime,
    requester: &'a MemberId,
    /// Nobody yet, where the catalog lets an emergency hold before.
    approver: Option<&'a MemberId>,
    #[serde(rename = "reviewBy", skip_serializing_if = "Option::is_none")]
    review_by: Option<UtcTime>,
}

impl<'a> Exception<'a> {
    fn of(excepted: &'a Excepted) -> Self {
        let Excepted { record, reason, compensating, expires, requester, approver, review_by } = excepted;
        let (approver, review_by) = (approver.as_ref(), *review_by);
        Self { id: *record, reason, compensating, expires: *expires, requester, approver, review_by }
    }
}

pub(super) fn write(verdict: &Verdict, _: Paint) -> String {
    let controls = verdict.controls.iter().map(|control| Control {
        id: &control.id,
        outcome: control.outcome.as_str(),
        required: &control.required,
        found: &control.found,
        records: control.records.iter().map(|proof| proof.record).collect(),
        exception: control.exception.as_ref().map(Exception::of),
        hint: control.hint.as_deref(),
    });
    let gate = Gate {
        schema: SCHEMA,
        result: verdict.result.as_str(),
        tier: verdict.tier.as_ref(),
        tier_reasons: verdict
            .tier_reasons
            .iter()
            .map(|reason| TierReason { tier: &reason.tier, because: &reason.because, line: reason.line })
            .collect(),
        policy: Policy { digest: verdict.policy, state: verdict.state.as_str() },
        controls: controls.collect(),
    };
    let json = serde_json::to_string_pretty(&gate).expect("strings and lists always have a JSON form");
    format!("{}\n", escape_json(&json))
}
