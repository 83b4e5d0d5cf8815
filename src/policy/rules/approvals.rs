//! `approvals.*`: distinct people who let it pass, and none who had a hand in it.

use std::collections::BTreeSet;

use super::{Metric, Paths, Reading, Value, absent, distinct};
use crate::policy::evidence::{Standing, Vote};
use crate::policy::rule::Rule;
use crate::record::Kind;
use crate::record::kind::approval::Meaning;

pub(super) static METRICS: &[Metric] = &[
    Metric {
        name: "approvals",
        unit: "people",
        doc: "Distinct people whose last word on this very tree is approved or released, who have seen the current plan, and who are neither author, committer or co-author of anything in the range nor its requester. Bots never count.",
        kind: Kind::Approval,
        paths: Paths::All,
        read: approvals,
    },
    Metric {
        name: "approvals.ROLE.hardware",
        unit: "people",
        doc: "The same of those who approve in one role and signed with a hardware key (sk-ssh-ed25519), which somebody has to touch.",
        kind: Kind::Approval,
        paths: Paths::All,
        read: by_hardware,
    },
    Metric {
        name: "approvals.ROLE",
        unit: "people",
        doc: "The same of those who approve in one role, for instance approvals.release-manager.",
        kind: Kind::Approval,
        paths: Paths::All,
        read: approvals,
    },
    Metric {
        name: "approvals.rejected",
        unit: "members",
        doc: "Members whose last word on this tree in some role is rejected. A rejection fails the gate whether a rule asks for it or not.",
        kind: Kind::Approval,
        paths: Paths::All,
        read: rejected,
    },
];

/// How many objections are told.
const TOLD: usize = 3;

fn approvals<'a>(standing: &Standing<'a>, rule: &Rule) -> Reading<'a> {
    counted(standing, rule, By::AnyKey)
}

fn by_hardware<'a>(standing: &Standing<'a>, rule: &Rule) -> Reading<'a> {
    counted(standing, rule, By::Hardware)
}

/// With what an approval has to be signed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    AnyKey,
    Hardware,
}

fn counted<'a>(standing: &Standing<'a>, rule: &Rule, by: By) -> Reading<'a> {
    let in_role = |vote: &Vote<'_>| rule.name.as_ref().is_none_or(|role| role == vote.role);
    let votes: Vec<_> = standing.votes().iter().filter(|vote| in_role(vote)).collect();
    let counted: Vec<_> = votes.iter().filter(|vote| vote.counts()).collect();
    let all = counted.len();
    let touched = |vote: &&&Vote<'_>| by == By::AnyKey || standing.is_by_hardware(vote.record);
    let counted: Vec<_> = counted.into_iter().filter(|vote| touched(vote)).collect();
    let people: BTreeSet<_> = counted.iter().map(|vote| vote.member).collect();
    let records = distinct(counted.iter().map(|vote| vote.record));
    let of = rule.least().map_or(String::new(), |least| format!(" of {least}"));
    let role = rule.name.as_ref().map_or(String::new(), |role| format!(" as {role}"));
    let mut found = format!("{}{of} approvals{role}", people.len());

    if let Some(conflict) = standing.plans().conflict() {
        found = format!("{found}; {conflict}");
        let hint = "agree on one: git qms record plan --supersedes ID --reason \"…\", then approve anew";
        return Reading::barred(found, distinct(records.into_iter().chain(standing.plans().current().iter().copied())))
            .hint(hint);
    }
    let strangers = standing.unknown_authors();
    if !strangers.is_empty() {
        let named = strangers.iter().take(TOLD).map(|one| format!("{} in commit {}", one.email, one.commit.short()));
        let named = named.collect::<Vec<_>>().join(", ");
        let more = strangers.len().saturating_sub(TOLD);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let hint = "give a member the address (git qms trust), or list it in outside-contributors";
        return Reading::barred(format!("{found}; nobody knows {named}{more}"), records).hint(hint);
    }
    let objections: Vec<_> = votes
        .iter()
        .filter_map(|vote| vote.objection.as_ref().map(|objection| format!("{} {objection}", vote.member)))
        .collect();
    for told in objections.iter().take(TOLD) {
        found = format!("{found}; {told}");
    }
    if objections.len() > TOLD {
        found = format!("{found}; and {} more", objections.len() - TOLD);
    }
    if by == By::Hardware {
        found += " by hardware key";
        if all > counted.len() {
            found = format!("{found}; {} signed with another key", all - counted.len());
        }
    }
    let hint = if standing.people_now() <= 1 {
        found = format!("{found}; you are the only member");
        "git qms trust add".to_owned()
    } else {
        let role = rule.name.as_ref().map_or(String::new(), |role| format!(" --role {role}"));
        let key = if by == By::Hardware { " --key SECURITY-KEY.pub" } else { "" };
        format!("another person approves it: git qms approve{role}{key}")
    };
    if people.is_empty() && objections.is_empty() {
        let why = standing.why_none(Kind::Approval).map_or(String::new(), |why| format!("; {why}"));
        let none = absent(standing, Kind::Approval, "approval");
        // Nobody has said anything: that is no number, and no rule about one is satisfied.
        return Reading { value: Value::Absent, found: format!("{found}{why}"), ..none }.hint(hint);
    }
    Reading::count(people.len(), found, records).hint(hint)
}

fn rejected<'a>(standing: &Standing<'a>, _: &Rule) -> Reading<'a> {
    let votes = standing.votes();
    let against: Vec<_> = votes.iter().filter(|vote| vote.meaning == Meaning::Rejected).collect();
    let whose: BTreeSet<_> = against.iter().map(|vote| vote.member).collect();
    let found = match against.first() {
        None => "0 rejections".into(),
        Some(_) => format!("rejected by {}", whose.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    };
    Reading::count(whose.len(), found, distinct(against.iter().map(|vote| vote.record)))
        .hint("who rejected it approves it, or a new tree is judged: git qms approve")
}
