//! Friction by control: what each stopped, what it was let go for, and which controls never say no.

use std::collections::BTreeMap;

use super::scope::Scope;
use super::window::Window;
use crate::record::{Kind, Name, RecordId};

/// How one control fared in recorded decisions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ControlUse {
    /// How often it was asked for.
    pub asked: u64,
    /// How often it was satisfied.
    pub passed: u64,
    /// How often it stopped a change.
    pub blocked: u64,
    /// How often an exception let it go.
    pub overridden: u64,
    /// How often it only warned.
    pub warned: u64,
    /// How often it could not be told.
    pub incomplete: u64,
    /// Decisions that it stopped, or in which it was let go.
    pub records: Vec<RecordId>,
}

impl ControlUse {
    /// What to look at: one that is never asked for, or never says no, costs and shows nothing.
    pub fn advice(&self) -> Option<&'static str> {
        if self.asked == 0 {
            Some("untested: no recorded decision asked for it; look at its trigger, or drop it")
        } else if self.passed == self.asked {
            Some("never said no: show by a case of git qms policy test that it can, or simplify it")
        } else if self.overridden * 2 > self.asked {
            Some("let go more often than not: change the control, or what it asks for")
        } else {
            None
        }
    }
}

/// Every control of the catalog, and every one that a decision names, by its id.
pub fn control_uses(scope: &Scope<'_>, window: Window) -> BTreeMap<Name, ControlUse> {
    let mut uses: BTreeMap<Name, ControlUse> =
        scope.facts.controls.iter().map(|control| (control.clone(), ControlUse::default())).collect();
    for record in scope.of_kind(Kind::Gate).filter(|record| window.holds(record.header.recorded)) {
        for control in record.header.gate.iter().flat_map(|gate| &gate.controls) {
            let known = uses.entry(control.id.clone()).or_default();
            let outcome = control.outcome.as_str();
            known.asked += u64::from(outcome != "not-applicable");
            match outcome {
                "pass" => known.passed += 1,
                "fail" => known.blocked += 1,
                "excepted" => known.overridden += 1,
                "warn" => known.warned += 1,
                "incomplete" => known.incomplete += 1,
                _ => {}
            }
            if matches!(outcome, "fail" | "excepted") {
                known.records.push(record.id);
            }
        }
    }
    uses
}
