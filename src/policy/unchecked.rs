//! A catalog whose values are each sound for themselves. Whether they agree is still to be checked.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::catalog::{Control, DEFAULT_TAG, DirtyEvidence, Environment, ExceptionsFrom, Service, Systems};
use super::interval::Interval;
use super::problem::Problems;
use super::requirements::Requirements;
use super::rule::Rule;
use super::table::{Placed, Table, list, parsed, sentence, string, table, truth};
use super::tier::UncheckedTiers;
use super::weights;
use crate::measure::Weights;
use crate::record::{CommitId, Kind, Name};

/// The largest catalog that is read: 1 MiB.
const MAX_BYTES: usize = 1 << 20;

/// As read, with the places of what has to agree with something else.
#[derive(Debug, Default)]
pub(super) struct UncheckedPolicy {
    pub(super) baseline: Option<CommitId>,
    pub(super) services: Vec<Placed<Service>>,
    pub(super) environments: Vec<Placed<Environment>>,
    pub(super) late_after: Interval,
    pub(super) max_exception: Option<Interval>,
    pub(super) emergency_approval: Option<Interval>,
    pub(super) outside_contributors: Vec<Placed<String>>,
    pub(super) requirements: Option<Requirements>,
    pub(super) weights: Weights,
    pub(super) tiers: UncheckedTiers,
    pub(super) controls: Vec<Placed<UncheckedControl>>,
}

/// A control, and where its parts stand.
#[derive(Debug)]
pub(super) struct UncheckedControl {
    pub(super) control: Control,
    pub(super) triggers: Vec<Range<usize>>,
    pub(super) rules: Vec<Range<usize>>,
    pub(super) tiers: Vec<Range<usize>>,
    pub(super) change_types: Vec<Range<usize>>,
}

impl UncheckedPolicy {
    /// Reads the text as far as it can be read, and notes every fault.
    pub(super) fn read(text: &str, problems: &mut Problems<'_>) -> Self {
        if text.len() > MAX_BYTES {
            let found = format!("a catalog of {} bytes", text.len());
            problems.add(0..0, found, "at most 1 MiB", "move what is no policy elsewhere");
            return Self::default();
        }
        let (root, faults) = DeTable::parse_recoverable(text);
        for fault in &faults {
            let at = fault.span().unwrap_or(0..0);
            problems.add(
                at,
                "this is not TOML",
                fault.message(),
                "correct the line; TOML is described at https://toml.io",
            );
        }
        if !faults.is_empty() {
            // What could be recovered would only give errors that follow from these.
            return Self::default();
        }
        read_root(root.get_ref(), problems)
    }
}

fn read_root(root: &DeTable<'_>, problems: &mut Problems<'_>) -> UncheckedPolicy {
    let mut policy = UncheckedPolicy::default();
    let mut file = Table::of("the catalog", 0..0, root);
    if let Some(version) = file.required("version", "1", problems)
        && version.get_ref().as_integer().is_none_or(|number| number.as_str() != "1" || number.radix() != 10)
    {
        problems.add(
            version.span(),
            "another version of the catalog",
            "expected 1",
            "write version = 1, or use a newer git-qms",
        );
    }
    policy.baseline = file.optional("baseline").and_then(|value| parsed(value, problems));
    policy.late_after = file.optional("late-after").and_then(|value| parsed(value, problems)).unwrap_or_default();
    policy.max_exception = file.optional("max-exception").and_then(|value| parsed(value, problems));
    policy.emergency_approval = file.optional("emergency-approval").and_then(|value| parsed(value, problems));
    if let Some(value) = file.optional("outside-contributors") {
        policy.outside_contributors = list(value, problems, sentence);
    }
    if let Some(value) = file.optional("service") {
        policy.services = list(value, problems, read_service);
    }
    if let Some(value) = file.optional("environment") {
        policy.environments = list(value, problems, read_environment);
    }
    policy.requirements = file.optional("requirements").and_then(|value| Requirements::read(value, problems));
    policy.weights =
        file.optional("severity-weights").and_then(|value| weights::read(value, problems)).unwrap_or_default();
    if let Some(value) = file.optional("tier") {
        policy.tiers.read_tiers(value, problems);
    }
    policy.tiers.default = file
        .optional("default-tier")
        .and_then(|value| Some(Placed { value: parsed(value, problems)?, at: value.span() }));
    if let Some(value) = file.optional("change-type") {
        policy.tiers.read_types(value, problems);
    }
    if let Some(value) = file.optional("control") {
        policy.controls = list(value, problems, read_control);
    }
    file.finish(problems);
    policy
}

fn read_service<'t>(value: &'t Spanned<DeValue<'t>>, problems: &mut Problems<'_>) -> Option<Service> {
    let mut service = table("[[service]]", value, problems)?;
    let name = service.required("name", "\"payments\"", problems).and_then(|name| parsed(name, problems));
    let paths = service.optional("paths").map(|paths| list(paths, problems, parsed)).unwrap_or_default();
    let tag = match service.optional("tag") {
        Some(tag) => string(tag, problems).and_then(|text| sound_template(text, tag, problems)),
        None => Some(DEFAULT_TAG.into()),
    };
    service.finish(problems);
    Some(Service { name: name?, paths: paths.into_iter().map(|path| path.value).collect(), tag: tag? })
}

/// A template gives a tag name with an `@` and a `+` behind it.
fn sound_template(text: &str, value: &Spanned<DeValue<'_>>, problems: &mut Problems<'_>) -> Option<String> {
    let filled = [("{service}", "a"), ("{date}", "2026.01.01"), ("{change}", "c"), ("{version}", "1.0.0")]
        .iter()
        .fold(text.to_owned(), |text, (place, sample)| text.replace(place, sample));
    let shaped = filled.split_once('@').is_some_and(|(before, after)| !before.is_empty() && after.contains('+'));
    if shaped && filled.parse::<crate::record::TagName>().is_ok() {
        return Some(text.to_owned());
    }
    let expected = "a tag name with @ and a later +, of {service}, {date}, {change}, {version} and plain text";
    problems.add(value.span(), format!("template {text:?}"), expected, format!("for instance: tag = {DEFAULT_TAG:?}"));
    None
}

fn read_environment<'t>(value: &'t Spanned<DeValue<'t>>, problems: &mut Problems<'_>) -> Option<Environment> {
    let mut environment = table("[[environment]]", value, problems)?;
    let name = environment.required("name", "\"production\"", problems).and_then(|name| parsed(name, problems));
    let production = environment.required("production", "true", problems).and_then(|value| truth(value, problems));
    let deployers = environment.optional("deploy-roles").map(|roles| list(roles, problems, parsed)).unwrap_or_default();
    let within = environment.optional("monitor-within").and_then(|value| parsed(value, problems));
    environment.finish(problems);
    Some(Environment {
        name: name?,
        production: production?,
        deployers: values(deployers),
        monitor_within: within.unwrap_or_default(),
    })
}

fn read_control<'t>(value: &'t Spanned<DeValue<'t>>, problems: &mut Problems<'_>) -> Option<UncheckedControl> {
    let mut control = table("[[control]]", value, problems)?;
    let mut take = |key, example: &str, problems: &mut Problems<'_>| control.required(key, example, problems);
    let id = take("id", "\"TEST-01\"", problems).and_then(|value| parsed(value, problems));
    let title = take("title", "\"The tests pass\"", problems).and_then(|value| sentence(value, problems));
    let objective =
        take("objective", "\"What the control is there for\"", problems).and_then(|value| sentence(value, problems));
    let trigger = take("trigger", "[\"release\"]", problems)
        .map(|value| filled(value, list(value, problems, parsed), "[\"release\"]", problems));
    let enforcement = take("enforcement", "\"block\"", problems).and_then(|value| parsed(value, problems));
    let evidence = take("evidence", "[\"test\"]", problems)
        .map(|value| filled(value, list(value, problems, parsed::<Kind>), "[\"test\"]", problems));
    let require = take("require", "[\"test.failed == 0\"]", problems).map(|value| list(value, problems, rule));
    let owner = take("owner", "\"qa\"", problems).and_then(|value| parsed(value, problems));
    let systems = take("systems", "{ requirement = \"…\", execution = \"…\", evidence = \"git\" }", problems)
        .and_then(|value| read_systems(value, problems));
    let retention = take("retention", "\"7y\"", problems).and_then(|value| parsed(value, problems));
    let frameworks =
        take("frameworks", "[\"ISO 9001:2015 8.6\"]", problems).map(|value| list(value, problems, sentence));
    let escalation = control.optional("escalation").map(|value| parsed(value, problems));
    let mut names = |key| control.optional(key).map(|value| list(value, problems, parsed::<Name>)).unwrap_or_default();
    let (tiers, change_types) = (names("tiers"), names("change-types"));
    let dirty = control.optional("allow-dirty").and_then(|value| truth(value, problems));
    let exceptions = control.optional("allow-exception").and_then(|value| truth(value, problems));
    control.finish(problems);
    let (trigger, require) = (trigger?, require?);
    Some(UncheckedControl {
        triggers: trigger.iter().map(|one| one.at.clone()).collect(),
        tiers: tiers.iter().map(|one| one.at.clone()).collect(),
        change_types: change_types.iter().map(|one| one.at.clone()).collect(),
        rules: require.iter().map(|one| one.at.clone()).collect(),
        control: Control {
            id: id?,
            line: problems.line_of(value.span().start),
            title: title?,
            objective: objective?,
            trigger: values(trigger),
            tiers: values(tiers),
            change_types: values(change_types),
            enforcement: enforcement?,
            evidence: values(evidence?),
            require: values(require),
            owner: owner?,
            // Absent is fine, unreadable is not.
            escalation: match escalation {
                Some(read) => Some(read?),
                None => None,
            },
            dirty: if dirty == Some(true) { DirtyEvidence::Allowed } else { DirtyEvidence::Refused },
            exceptions: if exceptions == Some(false) { ExceptionsFrom::Refused } else { ExceptionsFrom::Allowed },
            systems: systems?,
            retention: retention?,
            frameworks: values(frameworks?),
        },
    })
}

fn values<T>(placed: Vec<Placed<T>>) -> Vec<T> {
    placed.into_iter().map(|one| one.value).collect()
}

/// A list that may not be empty.
fn filled<T>(
    value: &Spanned<DeValue<'_>>,
    found: Vec<Placed<T>>,
    example: &str,
    problems: &mut Problems<'_>,
) -> Vec<Placed<T>> {
    if value.get_ref().as_array().is_some_and(|values| values.is_empty()) {
        problems.add(value.span(), "an empty list", "at least one", format!("for instance: {example}"));
    }
    found
}

fn read_systems<'t>(value: &'t Spanned<DeValue<'t>>, problems: &mut Problems<'_>) -> Option<Systems> {
    let mut systems = table("systems", value, problems)?;
    let mut take =
        |key, example: &str| systems.required(key, example, problems).and_then(|value| sentence(value, problems));
    let requirement = take("requirement", "\"issue tracker\"");
    let execution = take("execution", "\"CI\"");
    let evidence = take("evidence", "\"git\"");
    systems.finish(problems);
    Some(Systems { requirement: requirement?, execution: execution?, evidence: evidence? })
}

fn rule<'t>(value: &'t Spanned<DeValue<'t>>, problems: &mut Problems<'_>) -> Option<Rule> {
    let text = string(value, problems)?;
    let error = match Rule::parse(text) {
        Ok(rule) => return Some(rule),
        Err(error) => error,
    };
    // Where the string is written without escapes, the place in the rule is a place in the file.
    let whole = value.span();
    let inner = whole.start + 1..whole.end.saturating_sub(1);
    let at = match problems.text().get(inner.clone()) {
        Some(written) if written == text => inner.start + error.at.start..inner.start + error.at.end,
        _ => whole,
    };
    problems.add(
        at,
        format!("{} in a rule", error.found),
        error.expected,
        "rules are described in docs/guide/policy.md",
    );
    None
}
