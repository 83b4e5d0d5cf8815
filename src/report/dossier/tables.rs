//! The tables of a dossier: tests, artifacts, controls, signatures, files.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use maud::{Markup, html};

use super::{Dossier, Evidence};
use crate::record::Stage;
use crate::report::page::part::{self, Mark, code, number, state, table, time};
use crate::report::story::Part;

/// The place and the heading of a stage.
pub(super) fn section_of(stage: Stage) -> (&'static str, &'static str) {
    match stage {
        Stage::Plan => ("plan", "Plan"),
        Stage::Build => ("build", "Build"),
        Stage::Test => ("test", "Tests and scans"),
        Stage::Approve => ("approve", "Approvals and decision records"),
        Stage::Deploy => ("deploy", "Deployments"),
        Stage::Monitor => ("monitor", "Monitoring"),
    }
}

pub(super) fn tests(dossier: &Dossier<'_>) -> Markup {
    let manifest = dossier.manifest;
    let ratio = |name: &'static str, ratio: Option<crate::record::kind::test::Ratio>| {
        (name, ratio.map(|ratio| html! { (ratio.covered) " of " (ratio.total) }))
    };
    html! {
        @if !manifest.tests.is_empty() {
            (table("Tests that the release relies on", &["Suite", "Passed", "Failed", "Skipped", "Flaky"], manifest.tests.iter().map(|suite| {
                vec![html! { (suite.kind) }, number(suite.passed), number(suite.failed), number(suite.skipped), number(suite.flaky)]
            })))
        }
        @if let Some(coverage) = &manifest.coverage {
            (part::facts([ratio("Lines covered", coverage.line), ratio("Branches covered", coverage.branch)]))
        }
        @if !manifest.vulnerabilities.is_empty() {
            (table("Vulnerabilities found", &["Scanner", "Critical", "High", "Medium", "Low", "Unknown"], manifest.vulnerabilities.iter().map(|scan| {
                let counts = &scan.counts;
                vec![html! { (scan.tool) }, number(counts.critical), number(counts.high), number(counts.medium), number(counts.low), number(counts.unknown)]
            })))
        }
    }
}

pub(super) fn artifacts(dossier: &Dossier<'_>, parts: &[Part<'_>]) -> Markup {
    let named: Vec<_> =
        parts.iter().flat_map(|part| part.record.artifacts.iter().map(|file| (part.record.id, file))).collect();
    if named.is_empty() {
        return if dossier.manifest.build_id.is_some() {
            part::nothing("no artifact named")
        } else {
            html! {}
        };
    }
    table(
        "Artifacts",
        &["Name", "SHA-256", "Record"],
        named
            .into_iter()
            .map(|(id, file)| vec![html! { (file.name) }, code(&file.sha256.to_string()), code(&id.short())]),
    )
}

pub(super) fn controls(dossier: &Dossier<'_>) -> Markup {
    let Some(detail) = dossier.decision() else {
        return part::note(
            Mark::Bad,
            &html! { p { (state(Mark::Bad, "missing")) " The decision record does not count, or is not here." } },
        );
    };
    let mark = |outcome: &str| match outcome {
        "pass" => Mark::Good,
        "fail" | "incomplete" => Mark::Bad,
        "not-applicable" => Mark::None,
        _ => Mark::Odd,
    };
    html! {
        p { "Decision " (code(&dossier.manifest.gate.record.short()))
            @if let Some(tier) = &detail.tier { ", risk tier " (tier) } "." }
        (table("Controls", &["Control", "Outcome", "Required", "Found", "Records"], detail.controls.iter().map(|control| {
            let outcome = control.outcome.as_str();
            let records: Vec<String> = control.records.iter().map(crate::record::RecordId::short).collect();
            vec![
                html! { (control.id) }, state(mark(outcome), outcome), html! { (control.required) }, html! { (control.found) },
                html! { @for id in records { (code(&id)) " " } },
            ]
        })))
    }
}

pub(super) fn signatures(dossier: &Dossier<'_>) -> Markup {
    let signatures = dossier.signatures();
    html! {
        p { "Who signed, when, and what the signature means (21 CFR 11.50). Each is bound to its record by the signature itself. Times are the signers' word; the order is the ledger's." }
        (table("Signatures", &["Printed name", "Role", "Meaning", "Time", "Key", "Record", "Check"], signatures.iter().map(|one| {
            let header = &one.record.header;
            vec![
                html! { (dossier.name(&header.recorder)) },
                html! { (one.role.as_deref().unwrap_or("–")) },
                html! { (one.meaning) },
                time(&header.recorded.to_string()),
                code(&one.record.seal().key.to_string()),
                code(&one.record.id.short()),
                state(Mark::Good, "verified"),
            ]
        })))
    }
}

pub(super) fn files(dossier: &Dossier<'_>) -> Markup {
    if dossier.files.is_empty() {
        return part::nothing("no record names a file");
    }
    table(
        "Files that the records name",
        &["Name", "State", "Bytes", "SHA-256", "Records", "Content"],
        dossier.files.iter().map(|one| {
            let file = one.file;
            let mark = match one.state {
                "verified" => Mark::Good,
                "mismatched" => Mark::Bad,
                _ => Mark::Odd,
            };
            vec![
                html! { (file.name) },
                state(mark, one.state),
                number(file.size),
                code(&file.sha256.to_string()),
                html! { @for id in &one.records { (code(&id.short())) " " } },
                content(one),
            ]
        }),
    )
}

/// Its bytes, to be saved: never shown, as they may be a page of their own.
fn content(one: &Evidence<'_>) -> Markup {
    let sha256 = one.file.sha256.to_string();
    html! {
        @if let Some(bytes) = &one.bytes {
            a download={ (sha256[..12]) ".bin" } href={ "data:application/octet-stream;base64," (BASE64_STANDARD.encode(bytes)) } {
                "Save " span.soft { (sha256[..12]) }
            }
        } @else if one.file.stored {
            code { "refs/qms/files:" (sha256[..2]) "/" (sha256[2..]) }
        } @else if let Some(uri) = &one.file.uri {
            "kept at " (uri)
        } @else {
            "kept elsewhere"
        }
    }
}
