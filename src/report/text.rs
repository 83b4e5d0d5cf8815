//! A verdict for people: a headline, then one aligned line a control.

use super::escape::escape;
use super::facts::facts;
use super::paint::{Paint, Tone};
use crate::policy::{ControlVerdict, Judgement, PolicyState, Reason, Shortfall, Verdict};
use crate::verify::Outcome;

/// The least width of what was found, so that record ids of different gates stand in one place.
const FOUND_WIDTH: usize = 25;

/// As `text`, and below each control all that is known of it.
pub fn explained(verdict: &Verdict, paint: Paint) -> String {
    let fact = |(label, fact)| format!("        {}  {fact}\n", paint.tint(Tone::Quiet, &format!("{label:10}")));
    let text = written(verdict, paint, |control| {
        facts(control, usize::MAX).into_iter().map(fact).collect::<Vec<_>>().concat()
    });
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    format!("{first}\n{}{rest}", tier(verdict, paint))
}

pub(super) fn write(verdict: &Verdict, paint: Paint) -> String {
    written(verdict, paint, |_| String::new())
}

fn written(verdict: &Verdict, paint: Paint, below: impl Fn(&ControlVerdict) -> String) -> String {
    let mut text = headline(verdict, paint);
    let widest = |each: fn(&ControlVerdict) -> usize| verdict.controls.iter().map(each).max().unwrap_or(0);
    let ids = widest(|control| control.id.as_str().len());
    let found = widest(|control| match control.records.as_slice() {
        [] => 0,
        _ => {
            if control.shortfall.is_none() {
                escape(&control.found).chars().count()
            } else {
                0
            }
        }
    });
    for control in &verdict.controls {
        text += &line(control, ids, found.max(FOUND_WIDTH), paint);
        text += &below(control);
    }
    text
}

/// How the tier came about, one line a reason.
fn tier(verdict: &Verdict, paint: Paint) -> String {
    let line = |reason: &Reason| {
        let place = reason.line.map_or(String::new(), |line| format!("  ({}:{line})", crate::policy::PATH));
        format!("  tier  {}  {}{}\n", reason.tier, escape(&reason.because), paint.tint(Tone::Quiet, &place))
    };
    verdict.tier_reasons.iter().map(line).collect()
}

fn headline(verdict: &Verdict, paint: Paint) -> String {
    let (word, tone) = match verdict.result {
        Outcome::Pass => ("PASS", Tone::Good),
        Outcome::Fail => ("FAIL", Tone::Bad),
        Outcome::Incomplete => ("INCOMPLETE", Tone::Odd),
    };
    let what = verdict.service.as_ref().map_or_else(|| verdict.commit.short(), ToString::to_string);
    let to = verdict.environment.as_ref().map_or(String::new(), |environment| format!(" → {environment}"));
    let note = match verdict.state {
        PolicyState::InForce => "",
        PolicyState::TreeDiffers => {
            "   (the tree changes the policy: that one is proposed, not ratified, and blocks release)"
        }
        PolicyState::Proposed => "   (policy proposed, not ratified: a preview)",
        PolicyState::Ambiguous => "   (several policies ratified at once)",
    };
    let tier = verdict.tier.as_ref().map_or(String::new(), |tier| format!("   tier {tier}"));
    format!("{}  {what}{to}{tier}{}\n", paint.tint(tone, word), paint.tint(Tone::Quiet, note))
}

fn line(control: &ControlVerdict, ids: usize, width: usize, paint: Paint) -> String {
    let (word, tone) = match (control.outcome, control.shortfall) {
        (Judgement::Pass, _) => ("ok", Tone::Good),
        (Judgement::Fail, Some(Shortfall::Absent)) => ("MISS", Tone::Bad),
        (Judgement::Fail, _) => ("FAIL", Tone::Bad),
        (Judgement::Warn, _) => ("warn", Tone::Odd),
        (Judgement::Excepted, _) => ("exc", Tone::Odd),
        (Judgement::NotApplicable, _) => ("n/a", Tone::Quiet),
        (Judgement::Incomplete, _) => ("????", Tone::Odd),
    };
    let id = control.id.as_str();
    let found = escape(&control.found);
    let start = format!("  {}  {id:ids$}  {found}", paint.tint(tone, &format!("{word:4}")));
    let proof = control.records.first().map(|first| match control.records.len() - 1 {
        0 => first.record.short(),
        rest => format!("{} +{rest}", first.record.short()),
    });
    if control.outcome != Judgement::Fail && control.shortfall.is_none() {
        let gap = width.saturating_sub(found.chars().count());
        let proof = proof.map_or(String::new(), |proof| format!("{:gap$}  {}", "", paint.tint(Tone::Quiet, &proof)));
        return start + &proof + "\n";
    }
    let proof = proof.map_or(String::new(), |proof| format!(" ({proof})"));
    let hint = control.hint.as_deref().map_or(String::new(), |hint| format!(": {}", escape(hint)));
    let blocks = control.escalation.as_ref().filter(|_| control.outcome == Judgement::Fail);
    let escalation = blocks.map_or(String::new(), |role| format!("  (escalate to {role})"));
    let exception = control.exception.as_ref().map_or(String::new(), |one| format!("; {}", escape(&one.sentence())));
    start + &proof + &exception + &hint + &escalation + "\n"
}
