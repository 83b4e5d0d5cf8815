//! `git qms exception list`.

use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use super::find::catalog;
use super::json::ExceptionJson;
use crate::cli::Start;
use crate::cli::error::{Exit, Result};
use crate::policy::Interval;
use crate::policy::exception::{Asked, ExceptionState, Register};
use crate::record::{Name, UtcTime};
use crate::report::escape::escape;

/// List exceptions and how each stands, as of now or --at TIME; all of them, or those that are any of what is asked.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Those that nobody decided about yet
    #[arg(long)]
    open: bool,
    /// Those that hold, and end within this time
    #[arg(long, value_name = "14d", num_args = 0..=1, default_missing_value = "14d")]
    expiring: Option<Interval>,
    /// Emergencies that nobody reviewed in time
    #[arg(long)]
    overdue: bool,
    /// Those whose control was let go before, for the same service and environment; renewals count
    #[arg(long)]
    recurring: bool,
    /// Only from this control
    #[arg(long)]
    control: Option<Name>,
    /// Only for this service
    #[arg(long)]
    service: Option<Name>,
}

#[derive(Serialize)]
struct Output {
    schema: &'static str,
    at: UtcTime,
    counts: Counts,
    exceptions: Vec<ExceptionJson>,
}

/// Of those that are listed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    open: usize,
    in_force: usize,
    expiring: usize,
    overdue: usize,
    recurring: usize,
}

impl List {
    /// Runs the command.
    pub(super) fn run(self, start: &Start) -> Result<Exit> {
        let context = start.open()?;
        let ledger = context.ledger()?;
        let policy = catalog(&context, &ledger)?;
        let mut all = Register::of(&ledger, &policy, context.at).all();
        all.retain(|one| self.admits(one, context.at));
        let soon = self.expiring.unwrap_or(Interval::FORTNIGHT).after(context.at);
        let count = |is: &dyn Fn(&Asked<'_>) -> bool| all.iter().filter(|one| is(one)).count();
        let counts = Counts {
            open: count(&is_open),
            in_force: count(&|one| one.state.holds()),
            expiring: count(&|one| is_expiring(one, soon)),
            overdue: count(&|one| one.overdue),
            recurring: count(&|one| one.occurrence > 1),
        };
        let ui = context.ui;
        let found = !all.is_empty();
        if ui.is_json() {
            let exceptions = all.iter().map(ExceptionJson::of).collect();
            ui.json(&Output { schema: "git-qms/exception-list/v1", at: context.at, counts, exceptions })?;
        } else if ui.is_quiet() {
            for one in &all {
                ui.line(&one.record.id.to_string());
            }
        } else if found {
            ui.page(&context.environment);
            ui.line(&table(&all));
            let Counts { open, in_force, expiring, overdue, recurring } = counts;
            let within = self.expiring.unwrap_or(Interval::FORTNIGHT);
            ui.line(&format!(
                "{open} open, {in_force} in force, {expiring} expiring within {within}, {overdue} overdue, {recurring} recurring"
            ));
        } else {
            ui.note(&self.none(context.at));
        }
        Ok(if found { Exit::Yes } else { Exit::No })
    }

    /// What was asked for and is not there: `no exception from COV-01 is open or expires within 14d, as of 2026-…`.
    fn none(&self, at: UtcTime) -> String {
        let control = self.control.as_ref().map_or(String::new(), |control| format!(" from {control}"));
        let service = self.service.as_ref().map_or(String::new(), |service| format!(" for {service}"));
        let mut asked = Vec::new();
        asked.extend(self.open.then(|| "is open".to_owned()));
        asked.extend(self.expiring.map(|within| format!("expires within {within}")));
        asked.extend(self.overdue.then(|| "is overdue for review".to_owned()));
        asked.extend(self.recurring.then(|| "recurs".to_owned()));
        let asked = if asked.is_empty() { "was requested".to_owned() } else { asked.join(" or ") };
        format!("no exception{control}{service} {asked}, as of {at}")
    }

    fn admits(&self, one: &Asked<'_>, at: UtcTime) -> bool {
        let all = !self.open && self.expiring.is_none() && !self.overdue && !self.recurring;
        let asked = all
            || (self.open && is_open(one))
            || self.expiring.is_some_and(|within| is_expiring(one, within.after(at)))
            || (self.overdue && one.overdue)
            || (self.recurring && one.occurrence > 1);
        asked
            && self.control.as_ref().is_none_or(|control| one.claim.control == *control)
            && self.service.as_ref().is_none_or(|service| one.record.header.service.as_ref() == Some(service))
    }
}

fn is_open(one: &Asked<'_>) -> bool {
    matches!(one.state, ExceptionState::Open | ExceptionState::Provisional)
}

fn is_expiring(one: &Asked<'_>, soon: UtcTime) -> bool {
    one.state.holds() && one.expires <= soon
}

fn table(all: &[Asked<'_>]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["EXCEPTION", "STATE", "CONTROL", "FOR", "EXPIRES", "BY", "WHY"]);
    for one in all {
        let mut marks = Vec::new();
        marks.extend((one.overdue && one.state != ExceptionState::Overdue).then(|| "review overdue".to_owned()));
        marks
            .extend(one.review_due().filter(|_| !one.overdue && one.state.holds()).map(|by| format!("review by {by}")));
        marks.extend((one.occurrence > 1).then(|| format!("{} times", one.occurrence)));
        let marks = if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) };
        let reason = one.claim.reason.lines().next().unwrap_or_default();
        table.add_row([
            one.record.id.short(),
            one.state.to_string(),
            one.claim.control.to_string(),
            scope(one),
            one.expires.to_string(),
            one.record.header.recorder.to_string(),
            format!("{}{marks}", escape(reason)),
        ]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt()
}

/// What it is for: `payments → production, commit 4e1a2b3`.
pub(super) fn scope(one: &Asked<'_>) -> String {
    use crate::record::kind::exception::Reach;
    let header = &one.record.header;
    let commit = one.record.commit.short();
    let service = header.service.as_ref().map_or("no service", Name::as_str);
    let environment = header.environment.as_ref().map_or("no environment", Name::as_str);
    let mut parts = vec![format!("{service} → {environment}")];
    parts.push(match one.claim.reach {
        Reach::Commit => format!("commit {commit}"),
        Reach::Range => format!("{} commits up to {commit}", one.claim.commits.len()),
        Reach::Service => "any commit".to_owned(),
    });
    parts.extend(header.release.as_ref().map(|tag| format!("release {tag}")));
    parts.extend(header.change.as_ref().map(|change| format!("change {change}")));
    parts.extend((!one.claim.paths.is_empty()).then(|| format!("within {}", one.claim.paths.join(" "))));
    escape(&parts.join(", ")).into_owned()
}
