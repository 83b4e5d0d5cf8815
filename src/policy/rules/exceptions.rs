//! `exceptions.*`: whether exceptions of the service are cleared up.

use super::{Metric, Paths, Reading};
use crate::policy::evidence::Standing;
use crate::policy::exception::{Asked, ExceptionState, Register};
use crate::policy::rule::Rule;
use crate::record::Kind;

pub(super) static METRICS: &[Metric] = &[
    Metric {
        name: "exceptions.overdue",
        unit: "exceptions",
        doc: "Exceptions for the service and the environment that are past their end and that nobody closed, and emergencies that nobody reviewed in time.",
        kind: Kind::Exception,
        paths: Paths::All,
        read: overdue,
    },
    Metric {
        name: "exceptions.holding",
        unit: "exceptions",
        doc: "Those that let a control go now.",
        kind: Kind::Exception,
        paths: Paths::All,
        read: holding,
    },
];

fn overdue<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    let is_late = |one: &Asked<'_>| {
        let ended = one.state == ExceptionState::Expired && one.approval().is_some();
        ended || (one.overdue && !one.state.is_final())
    };
    read(standing, is_late, "overdue", "close what is over: git qms exception close ID --comment \"…\"")
}

fn holding<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    read(standing, |one| one.state.holds(), "holding", "satisfy the control, and close it: git qms exception close ID")
}

fn read<'a>(standing: &Standing<'a>, is_so: impl Fn(&Asked<'_>) -> bool, word: &str, hint: &str) -> Reading<'a> {
    let all = Register::in_view(standing.view, standing.policy).all();
    let here = all.iter().filter(|one| standing.is_about(one.record));
    let such: Vec<_> = here.filter(|one| is_so(one)).collect();
    let named: Vec<String> =
        such.iter().map(|one| format!("{} from {}", one.record.id.short(), one.claim.control)).collect();
    let which = if named.is_empty() { String::new() } else { format!(": {}", named.join(", ")) };
    let found = format!("{} exceptions {word}{which}", such.len());
    Reading::count(such.len(), found, such.into_iter().map(|one| one.record).collect()).hint(hint)
}
