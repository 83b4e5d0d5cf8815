//! An audit as a page: what an auditor reads, files and asks back about, with the records behind each line.

use maud::{Markup, html};

use super::{Audit, Sample, Span};
use crate::record::{FileDigest, MemberId, RecordId};
use crate::report::checked::{self, Check};
use crate::report::page::part::{self, Mark, code, note, state, time};
use crate::report::page::{Page as Sheet, Section};
use crate::verify::{FileCounts, Ledger, Outcome};

mod changes;
mod drawn;
mod governance;

/// Everything that the page tells.
pub struct Page<'a> {
    /// The answers.
    pub audit: &'a Audit,
    /// The changes that were drawn, where a sample was asked for.
    pub sample: Option<&'a Sample>,
    /// The verified ledger.
    pub ledger: &'a Ledger,
    /// How it was verified.
    pub check: Check<'a>,
    /// What came of it all.
    pub outcome: Outcome,
    /// How many files are what.
    pub files: Option<FileCounts>,
    /// Files that are kept elsewhere: digest, name, place, record.
    pub elsewhere: Vec<(FileDigest, &'a str, Option<&'a str>, RecordId)>,
    /// Only this service, where one was named.
    pub service: Option<&'a str>,
}

impl Page<'_> {
    /// The whole file.
    pub fn write(&self) -> String {
        let section = |id, title, body| Section { id, title, body };
        let mut sections = vec![
            section("result", "Result", self.result()),
            section("population", "Population", changes::population(self)),
            section("missing", "What is missing", changes::missing(self)),
        ];
        sections.extend(self.sample.map(|sample| section("sample", "Sample", drawn::sample(self, sample))));
        sections.extend([
            section("rules", "Rules and people", governance::rules(self)),
            section("exceptions", "Exceptions", governance::exceptions(self)),
            section("retention", "Retention", governance::retention(self)),
            section("times", "Clocks and late records", governance::times(self)),
            section("since", "Since the last audit", governance::since(self)),
            section("files", "Evidence files", self.evidence()),
            section("verification", "Verification", checked::verification(&self.check, self.ledger.counts(), None)),
            section("again", "Ask it again", self.again()),
        ]);
        let origin = html! {
            p {
                "Written by git-qms " (env!("CARGO_PKG_VERSION")) ", as of " (time(&self.audit.at.to_string())) ", from ledger "
                (self.ledger.tip().map(|tip| code(&tip.to_string())).unwrap_or_default()) ". "
                "This page is a rendering: what is signed lies in the repository."
            }
        };
        let title = &self.ledger.chain().newest().version.name;
        Sheet { kind: "Audit", title, lead: self.lead(), sections, origin }.render()
    }

    fn lead(&self) -> Markup {
        let audit = self.audit;
        let (mark, word) = answer(self.outcome);
        let (checked, evidence) = checked::verdict(self.check.outcome);
        let all = &audit.completeness;
        let lacking = all.without_release.len() + all.without_approval.len();
        let overdue = all.without_monitoring.iter().filter(|one| one.state == "overdue").count();
        let good = |count: usize| if count == 0 { Mark::Good } else { Mark::Bad };
        html! {
            p.lede { "Changes of production " (span(audit.period, audit.at)) @if let Some(service) = self.service { " of " (service) } }
            (part::tiles([
                ("Answer", word.to_owned(), mark),
                ("Evidence", evidence.to_owned(), checked),
                ("Changes", audit.population.len().to_string(), Mark::None),
                ("Gaps", lacking.to_string(), good(lacking)),
                ("Monitoring overdue", overdue.to_string(), good(overdue)),
                ("Sample", self.sample.map_or_else(|| "none drawn".to_owned(), |one| format!("{} of {}", one.drawn.len(), one.population)), Mark::None),
            ]))
        }
    }

    fn result(&self) -> Markup {
        let faults = &self.audit.faults;
        html! {
            @match self.outcome {
                Outcome::Pass => (note(Mark::Good, &html! { p { (state(Mark::Good, "in order")) " Nothing that had to be there is missing." } })),
                Outcome::Incomplete => (note(Mark::Odd, &html! { p { (state(Mark::Odd, "could not tell")) " Not everything can be read here: " a href="#verification" { "what was found" } "." } })),
                Outcome::Fail => (note(Mark::Bad, &html! {
                    p { (state(Mark::Bad, "not in order")) }
                    ul {
                        @if self.check.outcome == Outcome::Fail { li { "Evidence does not verify: " a href="#verification" { "what was found" } } }
                        @for fault in faults { li { (fault) } }
                    }
                })),
            }
            p.soft {
                "The population is every deployment to an environment that the catalog calls production, or does not know, whatever came of it. "
                "Times are the signers' word; the order is the ledger's. Commits that wait for a release are told, and are no fault."
            }
        }
    }

    fn evidence(&self) -> Markup {
        let number = |of: fn(&FileCounts) -> u64| self.files.as_ref().map(|files| html! { (of(files)) });
        html! {
            (part::facts([
                ("Verified against their digest", number(|files| files.verified)),
                ("Mismatched", number(|files| files.mismatched)),
                ("Missing", number(|files| files.missing)),
                ("Kept elsewhere, not looked at", number(|files| files.unavailable)),
            ]))
            @if !self.elsewhere.is_empty() {
                (part::table("Files that are kept elsewhere", &["Name", "SHA-256", "Place", "Record"], self.elsewhere.iter().map(|(digest, name, place, record)| {
                    vec![html! { (name) }, code(&digest.to_string()), html! { (place.unwrap_or("not said")) }, code(&record.short())]
                })))
            }
        }
    }

    fn again(&self) -> Markup {
        let root = &self.check.root;
        let Span { since, until } = self.audit.period;
        let mut command = String::from("git qms audit");
        command.extend(since.map(|since| format!(" --since {since}")));
        // The end of the page's span is not in it any more; that of the option is.
        command.extend(
            until.map(|until| format!(" --until {}", crate::record::UtcTime::from_seconds(until.seconds() - 1))),
        );
        command.extend(self.service.map(|service| format!(" --service {service}")));
        command.extend(self.sample.map(|one| format!(" --sample {} --seed {}", one.drawn.len(), quoted(&one.seed))));
        html! {
            p { "In a clone of the repository, with nothing but git and git-qms. Ask the project's people for the digest of the trust root, by another way than the one this page came." }
            (part::commands(&[
                "git qms sync --fetch-only".to_owned(),
                format!("git qms verify --trust-root {root} --strict"),
                format!("{command} --at {} --trust-root {root}", self.audit.at),
            ]))
            p { "One record with everything it says, and the whole story of a release:" }
            (part::commands(&["git qms show RECORD".to_owned(), "git qms show RELEASE --full".to_owned()]))
        }
    }

    /// The printed name of a member, by any trust version.
    fn name(&self, id: &MemberId) -> String {
        let mut links = self.ledger.chain().links().iter().rev();
        links.find_map(|link| link.version.member(id)).map_or_else(|| id.to_string(), |member| member.name.clone())
    }
}

/// A word for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn answer(outcome: Outcome) -> (Mark, &'static str) {
    match outcome {
        Outcome::Pass => (Mark::Good, "in order"),
        Outcome::Fail => (Mark::Bad, "not in order"),
        Outcome::Incomplete => (Mark::Odd, "could not tell"),
    }
}

fn span(period: Span, at: crate::record::UtcTime) -> Markup {
    let until = period.until.filter(|until| *until <= at).unwrap_or(at);
    html! {
        @match period.since { Some(since) => { "from " (time(&since.to_string())) }, None => "from the beginning" }
        " to " (time(&until.to_string()))
    }
}

/// A list of record ids.
fn ids(ids: &[RecordId]) -> Markup {
    html! { @for id in ids { (code(&id.short())) " " } }
}
