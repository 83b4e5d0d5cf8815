//! Missing approvals: what went to users without a person's word.

use crate::measure::item::{Amount, Gathered, Item};
use crate::measure::scope::Scope;
use crate::record::kind::approval::Meaning;
use crate::record::{Claim, Kind, Record};

/// By what was recorded when the deployment began.
pub(super) fn gather(scope: &Scope<'_>) -> Gathered {
    let mut late = 0;
    let items = scope.rollouts().iter().map(|one| {
        let about = scope.history.about(one.commit, one.record.header.tree);
        let approvals: Vec<&Record> = about.filter(|record| is_approval(record) && scope.concerns(record)).collect();
        let decision = decision(scope, one.commit, one.started);
        let lacking = decision.is_some_and(lacks_approval);
        let present = !lacking && approvals.iter().any(|approval| approval.header.recorded <= one.started);
        let is_late = !present && approvals.iter().any(|approval| approval.header.recorded > one.started);
        late += usize::from(is_late);
        let shown = approvals.iter().map(|approval| approval.id).chain(decision.map(|decision| decision.id));
        Item {
            at: one.ended,
            amount: Amount::hit(!present),
            what: one.name(),
            records: std::iter::once(one.record.id).chain(shown).collect(),
            flag: is_late.then(|| "approved after it was deployed".to_owned()),
        }
    });
    let gathered = Gathered::of(items.collect::<Vec<_>>());
    gathered.note_if(late > 0, || format!("{late} were approved only after they were deployed: late, not present"))
}

fn is_approval(record: &Record) -> bool {
    matches!(&record.claim, Claim::Approval(said) if matches!(said.meaning, Meaning::Approved | Meaning::Released))
}

/// The last decision on a commit by a moment.
fn decision<'a>(scope: &Scope<'a>, commit: crate::record::CommitId, by: crate::record::UtcTime) -> Option<&'a Record> {
    let decisions = scope.of_kind(Kind::Gate).filter(|gate| gate.commit == commit && gate.header.recorded <= by);
    decisions.last()
}

/// Whether a control that asks for approvals was not satisfied; an exception does not make an approval.
fn lacks_approval(decision: &Record) -> bool {
    let controls = decision.header.gate.iter().flat_map(|gate| &gate.controls);
    let mut asking = controls.filter(|control| control.required.contains("approvals"));
    asking.any(|control| !matches!(control.outcome.as_str(), "pass" | "not-applicable"))
}
