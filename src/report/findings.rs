//! Findings as people and scripts read them.

use serde::Serialize;

use crate::verify::{Finding, Severity};

/// A finding in JSON; absent members do not apply.
#[derive(Serialize)]
pub struct FindingJson {
    code: &'static str,
    severity: String,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    git_ref: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    message: String,
    hint: String,
}

impl From<&Finding> for FindingJson {
    fn from(finding: &Finding) -> Self {
        Self {
            code: finding.code.as_str(),
            severity: finding.severity.to_string(),
            git_ref: finding.git_ref.clone(),
            commit: finding.commit.map(|commit| commit.to_string()),
            record: finding.record.map(|record| record.to_string()),
            message: finding.message.clone(),
            hint: finding.next_step().to_owned(),
        }
    }
}

/// `error[line-removed] refs/notes/qms record 9f31c0a4b2d1 on 4e1a2b3: the test record … `. Not escaped.
pub fn line(finding: &Finding) -> String {
    let mut place = String::new();
    if let Some(git_ref) = &finding.git_ref {
        place.extend([" ", git_ref]);
    }
    if let Some(record) = finding.record {
        place.extend([" record ", &record.short()]);
    }
    if let Some(commit) = finding.commit {
        place.extend([" on ", &commit.short()]);
    }
    format!("{}[{}]{place}: {}", finding.severity, finding.code, finding.message)
}

/// Whether a finding is worth a line unless everything is asked for.
pub fn is_notable(finding: &Finding) -> bool {
    finding.severity > Severity::Info
}
