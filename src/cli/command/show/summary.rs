//! A release or commit on one screen: a line each for what was recorded, where it is, and what it lacks.

use std::fmt::Write as _;

use super::whole::Whole;
use crate::cli::fit::{fitted, folded, width_of};
use crate::cli::ui::{Tone, Ui};
use crate::question::{Presence, Whereabouts};
use crate::record::kind::monitor::RollbackStatus;
use crate::record::{Claim, Kind, Stage, UtcTime};
use crate::release::rollback::Deployment;
use crate::report::gaps::Gap;
use crate::report::story::Part;
use crate::report::timing::Timing;

/// So many records of one stage are told, the newest; `--stage` tells them all.
const MOST: usize = 4;

/// The columns before what a record says: its kind, and its id.
const BEFORE: usize = 25;

/// Tells it.
pub(super) fn tell(whole: &Whole<'_>) {
    let ui = whole.context.ui;
    let width = ui.width(&whole.context.environment);
    tell_head(whole, width);
    ui.line("");
    for (stage, parts) in whole.stages() {
        tell_stage(whole, stage, parts, width);
    }
    tell_exceptions(whole, width);
    if !whole.places.is_empty() {
        ui.line("");
    }
    tell_environments(whole, "", width);
    tell_files(whole, width);
    if !whole.gaps.late.is_empty() {
        let all: Vec<&str> = whole.gaps.late.iter().map(short).collect();
        lines(ui, width, "late", Tone::Odd, &all.join(", "));
    }
    tell_gaps(whole, width);
    whole.verification.tell_findings(ui, false);
    ui.line(&whole.verification.summary(ui));
}

fn tell_head(whole: &Whole<'_>, width: Option<usize>) {
    let ui = whole.context.ui;
    let name = whole.release.map_or_else(|| whole.commit.id.to_string(), |(tag, _)| tag.to_string());
    let (word, tone) = standing(whole);
    ui.line(&format!("{}  {}", ui.paint(Tone::Bold, &name), ui.paint(tone, &word)));
    if let Some((_, manifest)) = whole.release {
        let previous = manifest.previous.as_ref().map_or(String::new(), |tag| format!(", after {tag}"));
        let text = format!("{} {}, change {}{previous}", manifest.service, manifest.version, manifest.change);
        line(ui, width, "service", Tone::Plain, &text);
        let gate = &manifest.gate;
        let tier = gate.tier.as_ref().map_or(String::new(), |tier| format!(", tier {tier}"));
        let until = manifest.retain_until.as_ref().map_or(String::new(), |until| format!(", kept until {until}"));
        let policy = manifest.policy.to_string();
        let by = whole.story.record(gate.record);
        let by = by.map_or(String::new(), |record| format!(" by {}", record.header.recorder));
        let text = format!("{}{by} ({}){tier}, policy {}{until}", gate.result, gate.record.short(), &policy[..12]);
        line(ui, width, "gate", Tone::Plain, &text);
    }
    let subject = whole.commit.message.lines().next().unwrap_or_default();
    let text = format!("{}  {subject}  ({})", whole.commit.id.short(), whole.commit.author.name);
    line(ui, width, "commit", Tone::Plain, &text);
}

/// In a few words.
fn standing(whole: &Whole<'_>) -> (String, Tone) {
    if whole.is_complete() {
        return ("complete".to_owned(), Tone::Good);
    }
    let gaps = &whole.gaps;
    let counts = [(gaps.altered.len(), "altered"), (gaps.missing.len(), "missing"), (whole.pending.len(), "pending")];
    let mut text = String::new();
    for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
        let comma = if text.is_empty() { "" } else { ", " };
        let _ = write!(text, "{comma}{count} {what}");
    }
    let text = if text.is_empty() { "not verified".to_owned() } else { text };
    (text, if gaps.altered.is_empty() { Tone::Odd } else { Tone::Bad })
}

fn tell_stage(whole: &Whole<'_>, stage: Stage, parts: &[Part<'_>], width: Option<usize>) {
    let ui = whole.context.ui;
    if !whole.story.has(stage) {
        line(ui, width, &stage.to_string(), Tone::Odd, "no record");
    }
    // The decision that it went out by is told above.
    let decision = whole.story.manifest.map(|manifest| manifest.gate.record);
    let parts: Vec<&Part<'_>> = parts.iter().filter(|part| Some(part.record.id) != decision).collect();
    let left = parts.len().saturating_sub(MOST);
    for part in &parts[left..] {
        tell_part(whole, part, width);
    }
    if left > 0 {
        let of = whole.release.map_or_else(|| whole.commit.id.short(), |(tag, _)| tag.to_string());
        let text = format!("and {left} more: git qms show {of} --stage {stage}");
        line(ui, width, "", Tone::Dim, &text);
    }
}

/// `test       228380fa1450  unit: 212 passed, 3 skipped   ci 2026-04-13T05:12Z`, what does not fit cut off.
fn tell_part(whole: &Whole<'_>, part: &Part<'_>, width: Option<usize>) {
    let (ui, record) = (whole.context.ui, part.record);
    let place = record.header.environment.as_ref().filter(|_| stage_has_places(record.header.kind));
    let place = place.map_or(String::new(), |name| format!("{name}: "));
    let marks = marks(part, whole);
    // In front, where it is not cut off.
    let marks = if marks.is_empty() { String::new() } else { format!("[{}] ", marks.join(", ")) };
    let text = format!("{place}{}", record.summary());
    let by = format!("{} {}", record.header.recorder, moment(record.header.recorded, width));
    let tone = if part.superseded_by.is_some() { Tone::Dim } else { Tone::Plain };
    let (marks, text) = match width.map(|width| width.saturating_sub(BEFORE + by.chars().count() + 2)) {
        None => (marks, text),
        Some(room) => {
            let marks = fitted(&marks, room / 2);
            let text = fitted(&text, room.saturating_sub(width_of(&marks)));
            let gap = room.saturating_sub(width_of(&marks) + width_of(&text));
            (marks, text + &" ".repeat(gap))
        }
    };
    ui.line(&format!(
        "{:<10} {}  {}{}  {}",
        record.header.kind.as_str(),
        record.id.short(),
        ui.paint(Tone::Odd, &marks),
        ui.paint(tone, &text),
        ui.paint(Tone::Dim, &by)
    ));
}

/// What is odd about it, in a word each; the details say more.
fn marks(part: &Part<'_>, whole: &Whole<'_>) -> Vec<&'static str> {
    let header = &part.record.header;
    let marks = [
        (part.superseded_by.is_some(), "superseded"),
        (part.by_tree, "by tree"),
        (header.dirty, "dirty"),
        (header.allowed_secrets.is_some(), "secret let pass"),
        (part.record.seal().orphaned, "orphaned"),
    ];
    let timing = Timing::of(part.record, &whole.deadlines).map(Timing::as_str);
    marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).chain(timing).collect()
}

fn stage_has_places(kind: Kind) -> bool {
    matches!(kind, Kind::Deploy | Kind::Monitor)
}

/// As precise as there is room.
fn moment(time: UtcTime, width: Option<usize>) -> String {
    let text = time.to_string();
    match width {
        Some(..72) => text.get(..10).unwrap_or(&text).to_owned(),
        Some(72..100) => text.get(..16).map_or_else(|| text.clone(), |minute| format!("{minute}Z")),
        _ => text,
    }
}

fn tell_exceptions(whole: &Whole<'_>, width: Option<usize>) {
    for (id, one) in whole.exceptions() {
        let text = one.map_or_else(
            || "gone, or does not count".to_owned(),
            |one| {
                let by = one.approval().map_or(String::new(), |by| format!(", approved by {}", by.header.recorder));
                let claim = one.claim;
                format!("{} {}, until {}{by}: {}", claim.control, one.state, moment(one.expires, width), claim.reason)
            },
        );
        let tone = if one.is_some_and(|one| one.state.holds() && !one.overdue) { Tone::Plain } else { Tone::Odd };
        line(whole.context.ui, width, "exception", tone, &format!("{}  {text}", id.short()));
    }
}

/// `production here since 2026-04-13T05:12:03Z by ci (609bf5421e80); smoke test pass`: each environment, in full.
pub(super) fn tell_environments(whole: &Whole<'_>, indent: &str, width: Option<usize>) {
    for place in &whole.places {
        let tone = match place.presence {
            Presence::Here => Tone::Good,
            Presence::Failed | Presence::TakenBack => Tone::Bad,
            Presence::Never | Presence::Replaced => Tone::Odd,
        };
        let name = format!("{indent}{}", place.environment);
        lines(whole.context.ui, width, &name, tone, &whereabouts(place, width));
    }
}

fn whereabouts(place: &Whereabouts<'_>, width: Option<usize>) -> String {
    let done = |one: &Deployment<'_>| {
        let header = &one.record.header;
        format!("{} by {} ({})", moment(header.occurred.end, width), header.recorder, one.record.id.short())
    };
    let watched = place.monitoring.map_or_else(
        || "not watched".to_owned(),
        |record| match &record.claim {
            Claim::Monitor(monitor) if monitor.rollback == RollbackStatus::None => {
                format!("smoke test {}", monitor.smoke_test.as_str())
            }
            _ => record.summary(),
        },
    );
    let now = place.now.as_ref().map_or_else(
        || "nothing is there now".to_owned(),
        |now| match place.presence {
            Presence::Here => format!("here since {}; {watched}", done(now)),
            _ => format!("{} is there since {}", now.release, done(now)),
        },
    );
    let own = place.own.as_ref().map(|own| format!("{} {}", own.deploy.outcome.as_str(), done(own)));
    match (place.presence, own) {
        (Presence::Here, _) => now,
        (Presence::Never, _) | (_, None) => format!("never deployed; {now}"),
        (Presence::Failed, Some(own)) => format!("{own}; {now}"),
        (Presence::Replaced, Some(own)) => format!("replaced: {now}; {own}; {watched}"),
        (Presence::TakenBack, Some(own)) => format!("taken back: {now}; {own}; {watched}"),
    }
}

/// How many are what; each one that is not there as it was signed has a line of its own.
fn tell_files(whole: &Whole<'_>, width: Option<usize>) {
    let mut parts = Vec::new();
    for word in ["verified", "mismatched", "missing", "unavailable"] {
        let count = whole.files.iter().filter(|file| file.word() == word).count();
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    if !parts.is_empty() {
        line(whole.context.ui, width, "files", Tone::Plain, &parts.join(", "));
    }
}

/// What is pending, missing and altered: never cut short, and never left out.
pub(super) fn tell_gaps(whole: &Whole<'_>, width: Option<usize>) {
    let ui = whole.context.ui;
    for pending in &whole.pending {
        lines(ui, width, "pending", Tone::Odd, pending);
    }
    let gaps = &whole.gaps;
    for (name, all) in [("missing", &gaps.missing), ("altered", &gaps.altered)] {
        for gap in all {
            lines(ui, width, name, Tone::Bad, &format!("{}  {}", short(gap), gap.message));
        }
    }
}

fn short(gap: &Gap) -> &str {
    let length = if gap.kind == "ref" { gap.id.len() } else { 12 };
    gap.id.get(..length).unwrap_or(&gap.id)
}

/// A name in the first column, and a text, in as many lines as it takes.
fn lines(ui: Ui, width: Option<usize>, name: &str, tone: Tone, text: &str) {
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(width_of(name).max(10) + 1));
    for (at, part) in folded(text, room).into_iter().enumerate() {
        line(ui, None, if at == 0 { name } else { "" }, tone, &part);
    }
}

/// A name in the first column, and a text, cut to what fits.
fn line(ui: Ui, width: Option<usize>, name: &str, tone: Tone, text: &str) {
    let name = format!("{:<10} ", ui.paint(Tone::Plain, name));
    let text = match width {
        None => text.to_owned(),
        Some(width) => fitted(text, width.saturating_sub(width_of(&name))),
    };
    ui.line(&format!("{name}{}", ui.paint(tone, &text)));
}
