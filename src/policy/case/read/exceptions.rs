//! Requests for exceptions, and what was decided about them.

use super::Reader;
use super::record::Draft;
use super::values::{choice, flag, one_of};
use crate::policy::case::{Request, Word};
use crate::policy::exception::RETROACTIVE;
use crate::policy::interval::Interval;
use crate::policy::problem::Problems;
use crate::policy::table::{list, parsed, sentence};
use crate::record::Name;
use crate::record::kind::exception::{Decided, Reach};

const REACHES: [Reach; 3] = [Reach::Commit, Reach::Range, Reach::Service];

const DECISIONS: [Decided; 5] =
    [Decided::Approved, Decided::Rejected, Decided::Reviewed, Decided::Renewed, Decided::Closed];

impl Reader<'_> {
    pub(super) fn exception(&self, draft: &mut Draft<'_, '_>, problems: &mut Problems<'_>) -> Option<Request> {
        let record = &mut draft.table;
        let control = record.required("control", "\"COV-01\"", problems).and_then(|value| {
            let name: Name = parsed(value, problems)?;
            let known: Vec<&str> = self.policy.controls.iter().map(|control| control.id.as_str()).collect();
            if !known.contains(&name.as_str()) && name.as_str() != RETROACTIVE {
                let mend = format!("the catalog has: {}; and there is {RETROACTIVE}", known.join(", "));
                problems.add(value.span(), format!("control {name}"), "a control of the catalog", mend);
            }
            Some(name)
        });
        let reach = choice(record, "reach", (&REACHES[..], Reach::Commit), Reach::as_str, problems);
        let paths = record.optional("paths").map(|value| list(value, problems, sentence)).unwrap_or_default();
        let expires = record.required("expires", "\"30d\"", problems);
        let expires = expires.and_then(|value| parsed::<Interval>(value, problems));
        let review_by = record.optional("review-by").and_then(|value| parsed(value, problems));
        let attached = flag(record, "attached", true, problems);
        Some(Request {
            control: control?,
            reach: reach?,
            paths: paths.into_iter().map(|path| path.value).collect(),
            expires: expires?,
            review_by,
            attached,
        })
    }
}

pub(super) fn decision(draft: &mut Draft<'_, '_>, problems: &mut Problems<'_>) -> Option<Word> {
    let of = draft.needed("of", problems);
    let record = &mut draft.table;
    let decision = record.required("decision", "\"approved\"", problems);
    let decision = decision.and_then(|one| one_of(one, "decision", &DECISIONS, Decided::as_str, problems));
    let role = record.required("role", "\"release-manager\"", problems).and_then(|role| parsed(role, problems));
    let expires = record.optional("expires").and_then(|value| parsed(value, problems));
    let attached = flag(record, "attached", true, problems);
    Some(Word { of: of?, decision: decision?, role: role?, expires, attached })
}
