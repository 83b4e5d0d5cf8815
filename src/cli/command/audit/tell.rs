//! An audit in text: a section for each question, short where there is nothing to tell.

use super::sample::SampleJson;
use crate::cli::context::Context;
use crate::cli::ui::{Tone, Ui};
use crate::cli::verification::{Verification, count};
use crate::record::RecordId;
use crate::report::audit::{Audit, ChangeRow, Missing};
use crate::verify::Outcome;

/// So many rows of a section are told, unless all are asked for.
const MOST: usize = 20;

/// What is told.
pub(super) struct Told<'a> {
    pub(super) context: &'a Context,
    pub(super) verification: &'a Verification,
    pub(super) audit: &'a Audit,
    pub(super) full: bool,
}

impl Told<'_> {
    /// Tells it; what is missing alone, where that is asked for.
    pub(super) fn tell(&self, sample: Option<&SampleJson>, only_gaps: bool, outcome: Outcome) {
        let ui = self.context.ui;
        let audit = self.audit;
        let from = audit.period.since.map_or_else(|| "the beginning".to_owned(), |time| time.to_string());
        let to = audit.period.until.filter(|until| *until <= audit.at).unwrap_or(audit.at);
        ui.line(&format!("{} from {from} to {to}, as of {}", ui.paint(Tone::Bold, "audit"), audit.at));
        if !only_gaps {
            self.verification.tell_findings(ui, false);
            ui.line(&self.verification.summary(ui));
            self.verification.files_summary().iter().for_each(|files| ui.line(files));
            self.rows(
                "population",
                &count(audit.population.len() as u64, "change"),
                audit.population.iter().map(change),
            );
        }
        self.gaps();
        if let Some(sample) = sample {
            self.sample(sample);
        }
        if !only_gaps {
            self.governance();
        }
        ui.line("");
        answer(ui, audit, outcome);
    }

    fn gaps(&self) {
        let all = &self.audit.completeness;
        let commits = &all.commits_without_release;
        let rows = commits.iter().map(|one| {
            let services: Vec<&str> = one.services.iter().map(crate::record::Name::as_str).collect();
            let services = if services.is_empty() { String::new() } else { format!("  for {}", services.join(", ")) };
            format!("{}  {}  {}  {}{services}", one.commit.short(), one.made, one.subject, one.author)
        });
        self.rows("not released", &count(commits.len() as u64, "commit"), rows);
        for (title, missing) in [
            ("changed without a release", &all.without_release),
            ("changed without an approval", &all.without_approval),
            ("not watched", &all.without_monitoring),
        ] {
            self.rows(title, &count(missing.len() as u64, "change"), missing.iter().map(lacking));
        }
    }

    fn sample(&self, sample: &SampleJson) {
        let ui = self.context.ui;
        self.title("sample", &format!("{} of {}, seed {:?}", sample.drawn.len(), sample.population, sample.seed));
        for one in &sample.drawn {
            ui.line(&format!("  {}", ui.paint(Tone::Bold, &change(&one.change))));
            let lines = one.lines().map(|line| (Tone::Plain, line));
            let pending = one.pending.iter().map(|text| (Tone::Odd, format!("pending: {text}")));
            for (tone, line) in lines.chain(pending) {
                ui.line(&format!("      {}", ui.paint(tone, &line)));
            }
        }
    }

    /// What the rules were, and how they were kept.
    fn governance(&self) {
        let audit = self.audit;
        let policies = audit.policies.iter().flat_map(|one| {
            let row = format!(
                "{}  ratified {} by {}, {}",
                one.record.short(),
                one.digest.short(),
                one.recorder,
                one.recorded
            );
            std::iter::once(row).chain(one.shortened.iter().map(|text| format!("    shortened: {text}")))
        });
        self.rows("policy", &count(audit.policies.len() as u64, "ratification"), policies);
        let trust = audit.trust_changes.iter().flat_map(|one| {
            let row = format!("version {}, {}", one.version, one.created);
            std::iter::once(row).chain(one.changes.iter().map(|text| format!("    {text}")))
        });
        self.rows("trust", &count(audit.trust_changes.len() as u64, "version"), trust);
        let exceptions = &audit.exceptions;
        let all = [
            ("open", &exceptions.open),
            ("in force", &exceptions.in_force),
            ("expiring", &exceptions.expiring),
            ("overdue", &exceptions.overdue),
            ("recurring", &exceptions.recurring),
            ("emergency", &exceptions.emergency),
        ];
        let counts: Vec<String> = all.iter().map(|(word, ids)| format!("{} {word}", ids.len())).collect();
        let told = all.iter().filter(|(_, ids)| !ids.is_empty()).map(|(word, ids)| format!("{word}: {}", short(ids)));
        self.rows("exceptions", &counts.join(", "), told);
        let due = audit.retention.iter().filter(|one| one.due);
        let kept = audit.retention.iter().filter(|one| !one.due).count();
        let unsaid = audit.retention.iter().filter(|one| one.until.is_none()).count();
        let unsaid = if unsaid > 0 { format!(", {unsaid} without a date") } else { String::new() };
        let due: Vec<_> =
            due.map(|one| format!("{}  until {}", one.release, one.until.as_deref().unwrap_or("-"))).collect();
        self.rows(
            "retention",
            &format!("{} to be kept{unsaid}, {} past their day", count(kept as u64, "release"), due.len()),
            due,
        );
        let rows = audit.timing.iter().map(|one| format!("{}  {}", one.record.short(), one.text));
        self.rows("times", &count(audit.timing.len() as u64, "odd record"), rows);
        let rows = audit.controls.iter().map(|one| format!("{}  {}", one.id, one.gaps.join(", ")));
        self.rows("controls", &format!("{} with gaps", audit.controls.len()), rows);
        match &audit.since_last_audit {
            None => self.title("last audit", "none on record: git qms audit --record"),
            Some(last) => {
                let who = format!("{} by {}, {}", last.audit.short(), last.recorder, last.recorded);
                let since = last.records.iter().map(|(kind, number)| format!("{number} {kind}"));
                let trust = (last.trust > 0).then(|| format!("{} trust", count(last.trust as u64, "version")));
                let since: Vec<String> = since.chain(trust).collect();
                let since = if since.is_empty() { "nothing".to_owned() } else { since.join(", ") };
                self.rows("last audit", &who, [format!("since then: {since}")]);
            }
        }
    }

    fn title(&self, title: &str, text: &str) {
        let ui = self.context.ui;
        ui.line("");
        ui.line(&format!("{}  {}", ui.paint(Tone::Bold, title), ui.paint(Tone::Plain, text)));
    }

    fn rows(&self, title: &str, text: &str, rows: impl IntoIterator<Item = String>) {
        let ui: Ui = self.context.ui;
        self.title(title, text);
        let most = if self.full { usize::MAX } else { MOST };
        let mut left = 0;
        for (at, row) in rows.into_iter().enumerate() {
            if at < most {
                ui.line(&format!("  {}", ui.paint(Tone::Plain, &row)));
            } else {
                left += 1;
            }
        }
        if left > 0 {
            ui.line(&format!("  {}", ui.paint(Tone::Dim, &format!("and {left} more: --full"))));
        }
    }
}

/// What is wrong, and what came of it all.
pub(super) fn answer(ui: Ui, audit: &Audit, outcome: Outcome) {
    for fault in &audit.faults {
        ui.line(&format!("{}  {}", ui.paint(Tone::Bad, "fault"), ui.paint(Tone::Plain, fault)));
    }
    let (word, tone, text) = match outcome {
        Outcome::Pass => ("in order", Tone::Good, "nothing that had to be there is missing"),
        Outcome::Fail => ("not in order", Tone::Bad, "see above"),
        Outcome::Incomplete => ("could not tell", Tone::Odd, "not everything can be read here"),
    };
    ui.line(&format!("{}: {text}", ui.paint(tone, word)));
}

fn change(row: &ChangeRow) -> String {
    let what = row.release.as_ref().map(ToString::to_string).or_else(|| row.service.as_ref().map(ToString::to_string));
    let what = what.unwrap_or_else(|| row.commit.short());
    let to = row.environment.as_ref().map_or(String::new(), |environment| format!(" → {environment}"));
    let unplanned = if row.planned { "" } else { ", unplanned" };
    let author = row.author.as_deref().unwrap_or("somebody unknown");
    let approvers: Vec<&str> = row.approvers.iter().map(crate::record::MemberId::as_str).collect();
    let approved = match (row.approved, approvers.is_empty()) {
        ("before", _) => format!("approved by {}", approvers.join(", ")),
        ("late", _) => format!("approved late by {}", approvers.join(", ")),
        _ => "not approved".to_owned(),
    };
    let watched = match row.watched {
        "done" => "watched",
        "due" => "to be watched",
        "overdue" => "not watched",
        _ => "nothing to watch",
    };
    let id = row.record.short();
    let how = format!("{}{unplanned}", row.outcome);
    format!("{id}  {}  {what}{to}  {how}; by {author}; {approved}; {watched}", row.ended)
}

fn lacking(one: &Missing) -> String {
    let what = one.release.as_ref().map_or_else(|| "no release".to_owned(), ToString::to_string);
    let due =
        one.due.map_or(String::new(), |due| format!(" {} {due}", if one.state == "overdue" { "since" } else { "by" }));
    let late = if one.late.is_empty() { String::new() } else { format!(": {}", short(&one.late)) };
    format!("{}  {what}  {}{due}{late}", one.record.short(), one.state)
}

fn short(ids: &[RecordId]) -> String {
    ids.iter().map(RecordId::short).collect::<Vec<_>>().join(", ")
}
