//! SARIF 2.1.0: results of static analyses, and of scanners whose rules rate vulnerabilities.
//!
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>; `security-severity` of a rule's properties is
//! GitHub's. A run without a `results` array, one that was not successful, and one with an error among
//! its notifications found nothing out: it is a failed run, not a clean one (3.14.23, 3.20.14, 3.58.6).
//! What lies in another file or beside the run (3.14.2, 3.13.7) is refused: it would not be counted.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::{Glance, Source};
use crate::ingest::analysis::{AnalysisReport, AnalysisRun};
use crate::ingest::error::IngestError;
use crate::ingest::{Ended, Report};
use crate::record::kind::test::Tool;
use crate::record::time::{Span, UtcTime};

mod result;
mod rule;

use result::SarifResult;
use rule::{Component, Override, Place, Rules, overridden};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    version: String,
    runs: Option<Vec<Run>>,
    inline_external_properties: Option<Vec<serde::de::IgnoredAny>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: SarifTool,
    invocations: Option<Vec<Invocation>>,
    results: Option<Vec<SarifResult>>,
    external_property_file_references: Option<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Deserialize)]
struct SarifTool {
    driver: Component,
    extensions: Option<Vec<Component>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: Option<bool>,
    exit_code_description: Option<String>,
    exit_signal_name: Option<String>,
    process_start_failure_message: Option<String>,
    start_time_utc: Option<String>,
    end_time_utc: Option<String>,
    #[serde(default)]
    tool_execution_notifications: Option<Vec<Notification>>,
    #[serde(default)]
    tool_configuration_notifications: Option<Vec<Notification>>,
    rule_configuration_overrides: Option<Vec<Override>>,
}

#[derive(Deserialize)]
struct Notification {
    level: Option<String>,
    message: Option<Message>,
    descriptor: Option<rule::Reference>,
}

#[derive(Deserialize)]
struct Message {
    text: Option<String>,
}

pub(super) fn sniff(glance: &Glance) -> bool {
    glance.has("runs") && glance.has("version")
}

pub(super) fn read(source: &Source) -> Result<Report, IngestError> {
    let document: Document = source.json()?;
    if document.version != "2.1.0" {
        let version: String = document.version.chars().take(40).collect();
        return Err(source.malformed(format!("version {version:?} is not 2.1.0; convert it with sarif-multitool")));
    }
    if document.inline_external_properties.is_some_and(|properties| !properties.is_empty()) {
        let reason = "parts of its runs lie in inlineExternalProperties, which are not read; write each run whole";
        return Err(source.malformed(reason));
    }
    let runs = document.runs.unwrap_or_default();
    if runs.is_empty() {
        return Err(source.nothing("has no run"));
    }
    let runs = runs.into_iter().enumerate().map(|(at, run)| run_of(source, at, run)).collect::<Result<_, _>>()?;
    Ok(Report::Analysis(AnalysisReport { origin: source.origin(), runs }))
}

fn run_of(source: &Source, at: usize, run: Run) -> Result<AnalysisRun, IngestError> {
    if let Some((part, _)) = run.external_property_file_references.iter().flatten().next() {
        let part: String = part.chars().take(40).collect();
        let reason = format!("run {} keeps its {part} in other files, which are not read; write it whole", at + 1);
        return Err(source.malformed(reason));
    }
    let invocations = run.invocations.unwrap_or_default();
    let rules = Rules::of(run.tool.driver, run.tool.extensions.unwrap_or_default());
    let mut ended = Ended::Complete;
    for invocation in &invocations {
        invocation.judge(&mut ended);
    }
    if run.results.is_none() {
        ended.failed("the run has no results array: nothing says that anything was looked at");
    }
    let name = rules.driver.name.trim();
    if name.is_empty() {
        return Err(source.malformed(format!("the tool of run {} has no name", at + 1)));
    }
    let mut analysis = AnalysisRun {
        tool: Tool { name: name.to_owned(), version: rules.driver.version() },
        ran: ran(&invocations),
        ended,
        results: Vec::new(),
        set_aside: Vec::new(),
        not_counted: BTreeMap::new(),
        rates_severity: rules.rate_severity(),
    };
    let told = |one: Invocation| overridden(&rules, one.rule_configuration_overrides.unwrap_or_default());
    let overrides: Vec<HashMap<Place, String>> = invocations.into_iter().map(told).collect();
    for result in run.results.into_iter().flatten() {
        let at = result.place_in_report(analysis.results.len() + analysis.set_aside.len());
        result
            .count(&rules, &overrides, &mut analysis)
            .map_err(|reason| source.malformed(format!("{at}: {reason}")))?;
    }
    Ok(analysis)
}

impl Invocation {
    /// Notes what keeps the run from being complete.
    fn judge(&self, ended: &mut Ended) {
        let said = [&self.process_start_failure_message, &self.exit_signal_name, &self.exit_code_description];
        let said = said.into_iter().flatten().find(|text| !text.trim().is_empty());
        if self.execution_successful != Some(true) {
            let why = match self.execution_successful {
                Some(_) => "executionSuccessful is false",
                None => "it does not say executionSuccessful",
            };
            ended.failed(said.map_or_else(|| why.to_owned(), |said| format!("{why}: {said}")));
        } else if self.process_start_failure_message.is_some() || self.exit_signal_name.is_some() {
            ended.failed(said.map_or("the process broke off", String::as_str));
        }
        let lists = [&self.tool_execution_notifications, &self.tool_configuration_notifications];
        for notification in lists.into_iter().flatten().flatten() {
            if notification.level.as_deref() == Some("error") {
                let id = notification.descriptor.as_ref().and_then(|descriptor| descriptor.id.as_deref());
                let text = notification.message.as_ref().and_then(|message| message.text.as_deref());
                let words: Vec<&str> = [id, text].into_iter().flatten().collect();
                ended.failed(if words.is_empty() { "an error without a text".into() } else { words.join(": ") });
            }
        }
    }
}

/// First start to last end; one of the two stands for the other, where an invocation has only one.
fn ran(invocations: &[Invocation]) -> Option<Span> {
    let time = |text: &Option<String>| UtcTime::from_rfc3339(text.as_deref()?).ok();
    let span = |one: &Invocation| {
        let (start, end) = (time(&one.start_time_utc), time(&one.end_time_utc));
        Some(Span { start: start.or(end)?, end: end.or(start)? })
    };
    let spans: Option<Vec<Span>> = invocations.iter().map(span).collect();
    let whole =
        spans?.into_iter().reduce(|all, one| Span { start: all.start.min(one.start), end: all.end.max(one.end) });
    whole.filter(|span| span.start <= span.end)
}
