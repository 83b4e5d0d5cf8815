//! The check of the index: a cache, whose faults cost only time.

use super::{Check, Health, Patient, odd};
use crate::cli::error::{Error, Result};
use crate::cli::remembered::IndexHealth;

pub(super) static CHECK: Check = Check {
    name: "index",
    why: "without it every command verifies the whole ledger; what it answers is the same",
    look,
    mend: Some(mend),
};

#[expect(clippy::unnecessary_wraps, reason = "each check has the form that the table asks for")]
fn look(patient: &Patient) -> Result<Health> {
    Ok(match &patient.index {
        IndexHealth::Well(what) => Health::Well(what.clone()),
        IndexHealth::Off => Health::Well("there is to be none: qms.index is false".to_owned()),
        IndexHealth::Useless(what) => odd(what, "git qms doctor --fix takes it away; the next command makes it anew"),
        IndexHealth::Key(file, why) => odd(
            format!("the key of the index, {}, is not used: {why}", file.display()),
            "git qms doctor --fix takes it away; the next command makes another, and the index anew",
        ),
    })
}

fn mend(patient: &Patient) -> Result<String> {
    let gone = patient.context.discard_index();
    match &patient.context.look_at_index() {
        IndexHealth::Well(_) => {
            let gone: Vec<String> = gone.iter().map(|file| file.display().to_string()).collect();
            Ok(format!("{} taken away", gone.join(", ")))
        }
        IndexHealth::Useless(why) | IndexHealth::Key(_, why) => Err(Error::new(why)),
        IndexHealth::Off => Err(Error::new("qms.index is false")),
    }
}
