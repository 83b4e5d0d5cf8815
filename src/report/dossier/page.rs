//! The dossier as a page.

use maud::{Markup, html};

use super::Dossier;
use super::tables::{self, section_of};
use crate::record::kind::incident::CaseState;
use crate::record::{Record, Stage};
use crate::report::page::part::{self, Mark, code, facts, note, state, time};
use crate::report::page::{Page, Section};
use crate::report::story::Part;
use crate::report::timing::Timing;
use crate::verify::{Outcome, Severity};

pub(super) fn write(dossier: &Dossier<'_>) -> String {
    let mut sections = vec![
        Section { id: "open", title: "Open points", body: open(dossier) },
        Section { id: "released", title: "What was released", body: released(dossier) },
        Section { id: "notes", title: "Release notes", body: notes(dossier) },
    ];
    sections.extend(dossier.story.stages.iter().map(|(stage, parts)| stage_section(dossier, *stage, parts)));
    sections.extend([
        Section { id: "decision", title: "Decision", body: tables::controls(dossier) },
        Section { id: "signatures", title: "Signatures", body: tables::signatures(dossier) },
        Section { id: "exceptions", title: "Exceptions", body: exceptions(dossier) },
        Section { id: "incidents", title: "Incidents and defects", body: cases(dossier) },
        Section { id: "files", title: "Evidence files", body: tables::files(dossier) },
        Section { id: "verification", title: "Verification", body: verification(dossier) },
        Section { id: "check", title: "Check it yourself", body: check(dossier) },
    ]);
    let origin = html! {
        p {
            "Written by git-qms " (env!("CARGO_PKG_VERSION")) ", as of " (time(&dossier.at.to_string())) ", from ledger "
            (dossier.ledger.tip().map(|tip| code(&tip.to_string())).unwrap_or_default()) ". "
            "This page is a rendering: what is signed lies in the repository."
        }
    };
    Page { kind: "Release dossier", title: dossier.tag.as_str(), lead: lead(dossier), sections, origin }.render()
}

fn verdict(outcome: Outcome) -> (Mark, &'static str) {
    match outcome {
        Outcome::Pass => (Mark::Good, "verified"),
        Outcome::Fail => (Mark::Bad, "rejected"),
        Outcome::Incomplete => (Mark::Odd, "could not be verified"),
    }
}

fn lead(dossier: &Dossier<'_>) -> Markup {
    let manifest = dossier.manifest;
    let (mark, word) = verdict(dossier.check.outcome);
    let environments: Vec<&str> = manifest.environments.iter().map(crate::record::Name::as_str).collect();
    let pending = dossier.pending().len();
    let sum = |count: fn(&crate::release::manifest::SuiteCounts) -> u64| {
        manifest.tests.iter().map(count).fold(0, u64::saturating_add)
    };
    let failed = sum(|suite| suite.failed);
    let tests = if manifest.tests.is_empty() {
        ("Tests", "none counted".to_owned(), Mark::None)
    } else {
        let text = format!("{} passed, {failed} failed", sum(|suite| suite.passed));
        ("Tests", text, if failed == 0 { Mark::Good } else { Mark::Bad })
    };
    let exceptions = manifest.exceptions.len();
    html! {
        p.lede {
            (manifest.service) " " (manifest.version) ", change " (manifest.change)
            @if !environments.is_empty() { ", for " (environments.join(", ")) }
        }
        (part::tiles([
            ("Evidence", word.to_owned(), mark),
            ("Gate", manifest.gate.result.clone(), if manifest.gate.result == "pass" { Mark::Good } else { Mark::Bad }),
            tests,
            ("Approvals", manifest.approvers.len().to_string(), if manifest.approvers.is_empty() { Mark::Odd } else { Mark::Good }),
            ("Exceptions", exceptions.to_string(), if exceptions == 0 { Mark::None } else { Mark::Odd }),
            ("Open points", pending.to_string(), if pending == 0 { Mark::Good } else { Mark::Odd }),
        ]))
    }
}

fn open(dossier: &Dossier<'_>) -> Markup {
    let pending = dossier.pending();
    let grave = dossier.check.findings.iter().filter(|finding| finding.severity > Severity::Warning).count();
    html! {
        @if pending.is_empty() && dossier.taken_back.is_empty() && grave == 0 {
            (note(Mark::Good, &html! { p { (state(Mark::Good, "complete")) " Every stage has its records." } }))
        }
        @if grave > 0 {
            (note(Mark::Bad, &html! { p { (state(Mark::Bad, "not verified")) " " (grave) " findings: " a href="#verification" { "what was found" } "." } }))
        }
        @for by in &dossier.taken_back {
            (note(Mark::Odd, &html! { p {
                (state(Mark::Odd, "taken back"))
                @if let Some(environment) = &by.record.header.environment { " in " (environment) }
                " by deployment " (code(&by.record.id.short())) " of " (by.release)
            } }))
        }
        @if !pending.is_empty() {
            (note(Mark::Odd, &html! {
                p { (state(Mark::Odd, "pending")) }
                ul { @for one in &pending { li { (one) } } }
            }))
        }
    }
}

fn released(dossier: &Dossier<'_>) -> Markup {
    let (manifest, source) = (dossier.manifest, &dossier.source);
    let text = |text: &dyn std::fmt::Display| Some(html! { (text.to_string()) });
    facts([
        ("Release", Some(code(dossier.tag.as_str()))),
        ("Service and version", text(&format!("{} {}", manifest.service, manifest.version))),
        ("Change", text(&manifest.change)),
        ("Commit", Some(html! { (code(&manifest.commit.to_string())) br; (source.subject) })),
        ("Author", Some(html! { (source.author) br; (time(&source.authored.to_string())) })),
        ("Committer", text(&source.committer)),
        ("Tree", Some(code(&manifest.tree.to_string()))),
        ("SHA-512 of the tree (EVTag)", dossier.notes.tree_digest.as_deref().map(code)),
        ("Build", manifest.build_id.as_deref().map(|id| html! { (id) })),
        ("Release before", manifest.previous.as_ref().map(|tag| code(tag.as_str()))),
        ("Risk tier", manifest.gate.tier.as_ref().map(|tier| html! { (tier) })),
        ("Control catalog", Some(code(&format!("sha256:{}", manifest.policy)))),
        ("Trust", Some(html! { "version " (manifest.trust.version) br; (code(&manifest.trust.digest.to_string())) })),
        ("Ledger it pins", Some(code(&manifest.ledger.to_string()))),
        (
            "Requirements",
            (!manifest.requirements.is_empty()).then(|| {
                html! { (manifest.requirements.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")) }
            }),
        ),
        ("To be kept until", manifest.retain_until.as_deref().map(|day| html! { (day) })),
    ])
}

fn notes(dossier: &Dossier<'_>) -> Markup {
    let sections = crate::release::message::SECTIONS.iter().zip(&dossier.notes.sections);
    html! {
        @for ((title, _), text) in sections.filter(|(_, text)| !text.is_empty()) {
            h3 { (title) }
            p.lines { (text) }
        }
    }
}

fn stage_section<'a>(dossier: &Dossier<'a>, stage: Stage, parts: &[Part<'a>]) -> Section {
    let (id, title) = section_of(stage);
    let body = html! {
        @if stage == Stage::Test { (tables::tests(dossier)) }
        @if stage == Stage::Build { (tables::artifacts(dossier, parts)) }
        @if parts.is_empty() { (part::nothing("no record")) } @else {
            @if matches!(stage, Stage::Test | Stage::Build) { h3 { "Records" } }
            ul.records { @for part in parts { (one(dossier, part, matches!(stage, Stage::Test | Stage::Build))) } }
        }
    };
    Section { id, title, body }
}

fn one(dossier: &Dossier<'_>, part: &Part<'_>, deep: bool) -> Markup {
    let record = part.record;
    let header = &record.header;
    let timing = Timing::of(record, dossier.deadlines);
    let title = html! { (header.kind.as_str()) " " (code(&record.id.short())) };
    html! {
        li class=[part.superseded_by.is_some().then_some("struck")] {
            div.head {
                @if deep { h4 { (title) } } @else { h3.plain { (title) } }
                span.when { (time(&header.recorded.to_string())) }
            }
            p { (record.summary()) }
            p.when {
                (dossier.name(&header.recorder)) " (" (header.recorder) ")"
                @if let Some(environment) = &header.environment { ", " (environment) }
                @if let Some(source) = &header.source { ", by " (source.system) @if let Some(run) = &source.run { " run " (run) } }
            }
            @if part.relied_on { p.when { "The release relies on it." } }
            @if part.by_tree { p { (state(Mark::Odd, "by tree")) " recorded on " (code(&record.commit.short())) ", whose tree is the same" } }
            @if header.dirty { p { (state(Mark::Odd, "dirty")) " the work tree was not the commit" } }
            @if record.seal().orphaned { p { (state(Mark::Odd, "orphaned")) " no branch or tag reaches its commit any more" } }
            @if header.allowed_secrets.is_some() { p { (state(Mark::Odd, "lets pass what looks like a secret")) } }
            @if let Some(timing) = timing { p { (state(Mark::Odd, &timing.to_string())) } }
            @if let Some(by) = part.superseded_by { p { (state(Mark::Odd, "superseded")) " by " (code(&by.short())) } }
            details {
                summary { "Everything it says " span.soft { "(" (header.kind.as_str()) " " (record.id.short()) ")" } }
                p { "Record " (code(&record.id.to_string())) ", key " (code(&record.seal().key.to_string())) }
                (said(record))
            }
        }
    }
}

fn said(record: &Record) -> Markup {
    let value = serde_json::json!({ "header": record.header, "predicate": record.claim });
    html! { pre tabindex="0" { code { (serde_json::to_string_pretty(&value).unwrap_or_default()) } } }
}

fn exceptions(dossier: &Dossier<'_>) -> Markup {
    let ids = &dossier.manifest.exceptions;
    html! {
        @if ids.is_empty() { (part::nothing("none")) }
        ul.records { @for id in ids { li {
            @match dossier.exceptions.iter().find(|one| one.record.id == *id) {
                None => p { (state(Mark::Bad, "gone, or does not count")) " " (code(&id.to_string())) },
                Some(one) => {
                    div.head { h3.plain { (one.claim.control) } span { (state(Mark::Odd, &one.state.to_string())) } }
                    (facts([
                        ("Reason", Some(html! { span.lines { (one.claim.reason) } })),
                        ("Instead", Some(html! { span.lines { (one.claim.compensating) } })),
                        ("Expires", Some(time(&one.expires.to_string()))),
                        ("Asked for by", Some(html! { (dossier.name(&one.record.header.recorder)) br; (time(&one.record.header.recorded.to_string())) })),
                        ("Record", Some(code(&id.short()))),
                    ]))
                    @for (record, made) in &one.decisions {
                        p.when { (made.decision) " by " (dossier.name(&record.header.recorder)) " as " (made.role) ", " (time(&record.header.recorded.to_string()))
                            @if let Some(comment) = &made.comment { ": " (comment) } }
                    }
                }
            }
        } } }
    }
}

fn cases(dossier: &Dossier<'_>) -> Markup {
    html! {
        @if dossier.story.cases.is_empty() { (part::nothing("none recorded")) } @else {
            (part::table("Incidents and defects, as they stand", &["Id", "Kind", "Severity", "State", "What is said"], dossier.story.cases.iter().map(|case| {
                let mark = if case.state() == CaseState::Closed { Mark::Good } else { Mark::Odd };
                vec![
                    html! { (case.id()) }, html! { (case.last.header.kind.as_str()) }, html! { (case.severity().as_str()) },
                    state(mark, case.state().as_str()), html! { (case.last.summary()) },
                ]
            })))
        }
    }
}

fn verification(dossier: &Dossier<'_>) -> Markup {
    let check = &dossier.check;
    let counts = dossier.ledger.counts();
    let (mark, word) = verdict(check.outcome);
    let pinned =
        if check.pinned { (Mark::Good, "pinned: the one given to the verifier") } else { (Mark::Odd, "not pinned") };
    html! {
        (note(mark, &html! { p { (state(mark, word)) " Signatures, signers' roles, order, completeness of the ledger, and every release tag were checked." } }))
        (facts([
            ("Trust root", Some(html! { (code(&format!("sha256:{}", check.root))) br; (state(pinned.0, pinned.1)) })),
            ("Trust version", Some(html! { (check.trust) })),
            ("Records that count", Some(html! { (counts.valid) })),
            ("Void", Some(html! { (counts.void) })),
            ("Orphaned", Some(html! { (counts.orphaned) })),
            ("Could not be checked", Some(html! { (counts.unverifiable) })),
            ("Key of the tag", dossier.tag_key.map(|key| code(&key.to_string()))),
        ]))
        @if !check.findings.is_empty() {
            (part::table("Findings", &["Code", "Severity", "What was found"], check.findings.iter().map(|finding| {
                let mark = match finding.severity {
                    Severity::Error => Mark::Bad,
                    Severity::Incomplete | Severity::Warning => Mark::Odd,
                    Severity::Info => Mark::None,
                };
                vec![code(finding.code.as_str()), state(mark, &finding.severity.to_string()), html! {
                    (crate::report::findings::line(finding))
                    br; span.soft { (finding.next_step()) }
                }]
            })))
        }
    }
}

fn check(dossier: &Dossier<'_>) -> Markup {
    let tag = dossier.tag;
    let file = dossier.files.iter().find(|one| one.file.stored).map(|one| one.file.sha256.to_string());
    html! {
        p { "In a clone that has the tags, " code { "refs/notes/qms" } ", " code { "refs/qms/trust" } " and " code { "refs/qms/files" } ". "
            "Take the trust root from the project's people, not from this page." }
        h3 { "With git-qms" }
        (part::commands(&[
            "git qms sync --fetch-only".to_owned(),
            "git qms verify --strict --trust-root ROOT".to_owned(),
            format!("git qms show '{tag}' --full"),
        ]))
        h3 { "With git and ssh-keygen alone" }
        (part::commands(&[
            "git qms trust export --to allowed_signers     # or by hand: refs/qms/trust:trust.json".to_owned(),
            format!("git -c gpg.ssh.allowedSignersFile=allowed_signers verify-tag '{tag}'"),
            format!("git cat-file tag 'refs/tags/{tag}'"),
            format!("git notes --ref=qms show {}", dossier.manifest.commit),
        ]))
        @if let Some(file) = file {
            p { "An evidence file, and its digest:" }
            (part::commands(&[format!("git cat-file blob refs/qms/files:{}/{} | sha256sum", &file[..2], &file[2..])]))
        }
    }
}
