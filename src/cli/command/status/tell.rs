//! The picture, for people.

use super::{Picture, short_list, standing};
use crate::cli::context::printed_name;
use crate::cli::error::Result;
use crate::cli::ui::{Tone, Ui};
use crate::policy::verdict::{ControlVerdict, Judgement, PolicyState};
use crate::record::{RecordId, Stage};
use crate::report::findings;
use crate::report::story::Part;
use crate::report::timing::Timing;
use crate::verify::{Outcome, Severity};

/// So many records of one stage are told; `show` tells them all.
const MOST: usize = 3;

impl Picture<'_> {
    /// Tells it.
    pub(super) fn tell(&self) -> Result<()> {
        let ui = self.context.ui;
        if ui.is_json() {
            return ui.json(&self.json()?);
        }
        if ui.is_quiet() {
            ui.line(&self.release.map_or_else(|| self.commit.id.to_string(), |(tag, _)| tag.to_string()));
            return Ok(());
        }
        self.tell_head(ui);
        for (stage, parts) in &self.story.stages {
            self.tell_stage(ui, *stage, parts);
        }
        ui.line("");
        self.tell_gate(ui);
        // Before a release, what is open is what the stages say.
        for pending in self.story.pending.iter().filter(|_| self.release.is_some()) {
            ui.line(&format!("{}  {}", ui.paint(Tone::Odd, "open   "), ui.paint(Tone::Plain, pending)));
        }
        self.tell_open(ui);
        for (tone, text, _) in &self.exceptions {
            let word = ui.paint(*tone, "except ");
            ui.line(&format!("{word}  {}", ui.paint(Tone::Plain, text)));
        }
        self.tell_findings(ui);
        ui.line(&format!("ledger   {}", self.verification.summary(ui)));
        match &self.next {
            Some(next) => ui.line(&format!("{}     {}", ui.paint(Tone::Bold, "next"), ui.paint(Tone::Plain, next))),
            None => ui.line(&format!("{}     nothing: the file is complete", ui.paint(Tone::Bold, "next"))),
        }
        Ok(())
    }

    /// What is open in the whole project, other than what the release's own line says.
    fn tell_open(&self, ui: Ui) {
        let told: Vec<_> = self.story.duties.iter().map(|duty| duty.deployment).collect();
        for duty in self.duties.iter().filter(|duty| !told.contains(&duty.deployment)) {
            let (word, tone) = if duty.overdue { ("overdue", Tone::Bad) } else { ("open   ", Tone::Odd) };
            ui.line(&format!("{}  {}: {duty}", ui.paint(tone, word), duty.release));
        }
        let pending = |summary: &String| self.release.is_some() && self.story.pending.contains(summary);
        for case in &self.cases {
            let summary = format!("{} {}", case.last.header.kind, case.last.summary());
            if !pending(&summary) {
                ui.line(&format!("{}  {}", ui.paint(Tone::Odd, "open   "), ui.paint(Tone::Plain, &summary)));
            }
        }
    }

    /// The gravest, so that the next step stays in sight; `verify` tells them all.
    fn tell_findings(&self, ui: Ui) {
        let notable: Vec<_> = self.verification.findings.iter().filter(|one| findings::is_notable(one)).collect();
        for finding in notable.iter().take(MOST) {
            let tone = if finding.severity == Severity::Error { Tone::Bad } else { Tone::Odd };
            ui.line(&ui.paint(tone, &findings::line(finding)));
        }
        if let Some(more) = notable.len().checked_sub(MOST).filter(|more| *more > 0) {
            ui.line(&ui.paint(Tone::Odd, &format!("and {more} more findings: git qms verify")));
        }
    }

    fn tell_head(&self, ui: Ui) {
        let subject = self.commit.message.lines().next().unwrap_or_default();
        let commit = format!("{}  {subject}", self.commit.id.short());
        match self.release {
            Some((tag, _)) => {
                ui.line(&format!("{}  {}", ui.paint(Tone::Bold, tag.as_str()), ui.paint(Tone::Dim, &commit)));
            }
            None => {
                let note = ui.paint(Tone::Dim, "not released");
                ui.line(&format!("{}  {note}", ui.paint(Tone::Bold, &commit)));
            }
        }
        if let Some((first, rest)) = self.dirty.split_first() {
            let more = if rest.is_empty() { String::new() } else { format!(", and {} more", rest.len()) };
            let text = format!("work tree  {first}{more}: evidence taken now is marked dirty");
            ui.line(&ui.paint(Tone::Odd, &text));
        }
    }

    fn tell_stage(&self, ui: Ui, stage: Stage, parts: &[Part<'_>]) {
        let parts = standing(parts);
        let mut title = format!("{stage:<9}", stage = stage.to_string());
        if !self.story.has(stage) {
            ui.line(&format!("{title}{}", ui.paint(Tone::Odd, "no record")));
            " ".repeat(title.len()).clone_into(&mut title);
        }
        for part in parts.iter().rev().take(MOST) {
            let record = part.record;
            let mut marks = Vec::new();
            if part.by_tree {
                marks.push(format!("by tree, from {}", record.commit.short()));
            }
            if record.header.dirty {
                marks.push("dirty work tree".to_owned());
            }
            marks.extend(Timing::of(record, &self.deadlines).map(|timing| timing.to_string()));
            let marks = if marks.is_empty() { String::new() } else { format!("  ({})", marks.join("; ")) };
            let who = printed_name(self.verification.ledger.chain(), &record.header.recorder);
            ui.line(&format!(
                "{title}{}  {}{}  {}",
                record.id.short(),
                ui.paint(Tone::Plain, &record.summary()),
                ui.paint(Tone::Odd, &marks),
                ui.paint(Tone::Dim, &who)
            ));
            " ".repeat(title.len()).clone_into(&mut title);
        }
        if let Some(more) = parts.len().checked_sub(MOST).filter(|more| *more > 0) {
            ui.line(&format!(
                "{title}{}",
                ui.paint(Tone::Dim, &format!("and {more} more: git qms show --stage {stage}"))
            ));
        }
    }

    fn tell_gate(&self, ui: Ui) {
        let judged = match &self.judged {
            Ok(judged) => &judged.verdict,
            Err(error) => {
                let why = ui.paint(Tone::Plain, &error.to_string());
                ui.line(&format!("gate     {}  {why}", ui.paint(Tone::Odd, "no verdict")));
                return;
            }
        };
        let (word, tone) = match judged.result {
            Outcome::Pass => ("PASS", Tone::Good),
            Outcome::Fail => ("FAIL", Tone::Bad),
            Outcome::Incomplete => ("INCOMPLETE", Tone::Odd),
        };
        let what = judged.service.as_ref().map_or_else(|| judged.commit.short(), ToString::to_string);
        let to = judged.environment.as_ref().map_or(String::new(), |environment| format!(" → {environment}"));
        let state = match judged.state {
            PolicyState::InForce => "",
            _ => "  (a preview: the catalog of this commit is not in force)",
        };
        ui.line(&format!("gate     {}  {what}{to}{}", ui.paint(tone, word), ui.paint(Tone::Dim, state)));
        let passed: Vec<&str> =
            judged.controls.iter().filter(|control| is_quiet(control)).map(|control| control.id.as_str()).collect();
        if !passed.is_empty() {
            ui.line(&format!("         {}    {}", ui.paint(Tone::Good, "ok"), passed.join(", ")));
        }
        for control in judged.controls.iter().filter(|control| !is_quiet(control)) {
            let (word, tone) = match control.outcome {
                Judgement::Fail => ("FAIL", Tone::Bad),
                Judgement::Warn => ("warn", Tone::Odd),
                Judgement::Excepted => ("exc ", Tone::Odd),
                _ => ("????", Tone::Odd),
            };
            let ids: Vec<RecordId> = control.records.iter().map(|proof| proof.record).collect();
            let proof = if ids.is_empty() { String::new() } else { format!("  ({})", short_list(&ids)) };
            let exception = control.exception.as_ref().map_or(String::new(), |one| format!("; {}", one.sentence()));
            let found = format!("{}: {}{proof}{exception}", control.id, control.found);
            ui.line(&format!("         {}  {}", ui.paint(tone, word), ui.paint(Tone::Plain, &found)));
        }
    }
}

fn is_quiet(control: &ControlVerdict) -> bool {
    matches!(control.outcome, Judgement::Pass | Judgement::NotApplicable)
}
