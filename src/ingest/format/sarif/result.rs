//! One result: whether it is a finding, how serious, and what sets it aside (3.27, 3.35).

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use super::rule::{Place, Reference, Rule, Rules, level, severity};
use crate::ingest::analysis::{AnalysisResult, AnalysisRun};
use crate::ingest::scan::{Excuse, Severity};
use crate::record::kind::analysis::Level;
use crate::record::kind::findings::Cause;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SarifResult {
    rule_id: Option<String>,
    rule_index: Option<i64>,
    rule: Option<Reference>,
    kind: Option<String>,
    level: Option<String>,
    baseline_state: Option<String>,
    suppressions: Option<Vec<Suppression>>,
    locations: Option<Vec<Location>>,
    provenance: Option<Provenance>,
    properties: Option<HashMap<String, Value>>,
}

#[derive(Deserialize)]
struct Suppression {
    kind: Option<String>,
    status: Option<String>,
    justification: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Option<PhysicalLocation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Option<ArtifactLocation>,
    region: Option<Region>,
}

#[derive(Deserialize)]
struct ArtifactLocation {
    uri: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Provenance {
    invocation_index: Option<i64>,
}

impl SarifResult {
    /// How it is named in an error, the `count`th but some.
    pub(super) fn place_in_report(&self, count: usize) -> String {
        let rule: String = self.rule_id.as_deref().unwrap_or("no ruleId").chars().take(60).collect();
        format!("result {} ({rule})", count + 1)
    }

    /// Counts it where it belongs.
    pub(super) fn count(
        self,
        rules: &Rules,
        overrides: &[HashMap<Place, String>],
        run: &mut AnalysisRun,
    ) -> Result<(), String> {
        let kind = self.kind.as_deref().unwrap_or("fail");
        if !["fail", "pass", "open", "informational", "notApplicable", "review"].contains(&kind) {
            return Err(format!("kind {:?} is unknown", kind.chars().take(40).collect::<String>()));
        }
        if kind != "fail" {
            *run.not_counted.entry(format!("results of kind {kind}")).or_default() += 1;
            return Ok(());
        }
        let (level, by_rule) = self.level_and_severity(rules, overrides)?;
        let excuse = self.excuse()?;
        let location = self.locations.into_iter().flatten().next().and_then(|location| location.physical_location);
        let (artifact, region) = location.map_or((None, None), |place| (place.artifact_location, place.region));
        let own = severity(self.properties.as_ref());
        let ids = [self.rule_id, self.rule.and_then(|rule| rule.id)];
        let id = ids.into_iter().flatten().find(|id| !id.trim().is_empty());
        let result = AnalysisResult {
            rule: id.unwrap_or_else(|| "rule without id".into()),
            level,
            severity: if own == Severity::Unknown { by_rule } else { own },
            file: artifact.and_then(|artifact| artifact.uri).filter(|uri| !uri.is_empty()).map(within_project),
            line: region.and_then(|region| region.start_line),
        };
        run.rates_severity |= own != Severity::Unknown;
        match excuse {
            Some(excuse) => run.set_aside.push((result, excuse)),
            None => run.results.push(result),
        }
        Ok(())
    }

    /// Its own level, else what the invocation told its rule, else the rule's default, else warning (3.27.10).
    fn level_and_severity(
        &self,
        rules: &Rules,
        overrides: &[HashMap<Place, String>],
    ) -> Result<(Level, Severity), String> {
        let place = rules.find(self.rule.as_ref(), self.rule_id.as_deref(), self.rule_index);
        let rule = place.and_then(|place| rules.rule(place));
        let invocation = self.provenance.as_ref().and_then(|provenance| provenance.invocation_index);
        let told = invocation.and_then(|at| overrides.get(usize::try_from(at).ok()?));
        let told = told.zip(place).and_then(|(levels, place)| levels.get(&place)).map(String::as_str);
        let word = self.level.as_deref().or(told).or(rule.and_then(|rule| rule.level())).unwrap_or("warning");
        Ok((level(word)?, rule.map_or(Severity::Unknown, Rule::severity)))
    }

    /// What sets it aside, if something does. A suppression without status is accepted (3.35.3); where one
    /// is rejected or under review, none holds (3.27.23).
    fn excuse(&self) -> Result<Option<Excuse>, String> {
        match self.baseline_state.as_deref() {
            None | Some("new" | "updated" | "unchanged") => {}
            Some("absent") => return Ok(Some(Excuse { cause: Cause::Absent, reason: None, statement: None })),
            Some(other) => {
                return Err(format!("baselineState {:?} is unknown", other.chars().take(40).collect::<String>()));
            }
        }
        let suppressions = self.suppressions.as_deref().unwrap_or_default();
        let accepted = |one: &Suppression| matches!(one.status.as_deref(), None | Some("accepted"));
        if suppressions.is_empty() || !suppressions.iter().all(accepted) {
            return Ok(None);
        }
        let first = &suppressions[0];
        let words = [first.kind.as_deref(), first.justification.as_deref()];
        let words: Vec<&str> = words.into_iter().flatten().collect();
        Ok(Some(Excuse { cause: Cause::Suppressed, reason: Some(words.join(": ")), statement: None }))
    }
}

/// A file's URI without where the project lies: an absolute one names the machine's user and folders.
fn within_project(uri: String) -> String {
    match uri.strip_prefix("file:").and_then(|path| path.rsplit_once('/')) {
        Some((_, name)) => format!("…/{name}"),
        None => uri,
    }
}
