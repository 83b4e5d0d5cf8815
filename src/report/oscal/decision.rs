//! One recorded decision as a result.

use serde_json::{Value, json};

use super::{Page, attests, line, property, token};
use crate::record::kind::gate::{ControlOutcome, GateDetail};
use crate::record::{Claim, FileDigest, Record, RecordId};
use crate::verify::Verified;

/// The catalog that a decision was made by.
pub(super) fn catalog(record: &Record) -> Option<FileDigest> {
    match &record.claim {
        Claim::Gate(gate) => gate.policy.digest.get("sha256")?.parse().ok(),
        _ => None,
    }
}

impl Page<'_> {
    pub(super) fn result(&mut self, record: &Verified<Record>, gate: &GateDetail) -> Value {
        let header = &record.header;
        let (judged, left): (Vec<&ControlOutcome>, Vec<&ControlOutcome>) =
            gate.controls.iter().partition(|control| control.outcome.as_str() != "not-applicable");
        let what = header.release.as_ref().map(ToString::to_string);
        let what =
            what.or_else(|| header.service.as_ref().map(|service| format!("{service} at {}", record.commit.short())));
        let to = header.environment.as_ref().map_or(String::new(), |environment| format!(" → {environment}"));
        let include: Vec<Value> =
            judged.iter().map(|control| json!({ "control-id": token(control.id.as_str()) })).collect();
        let selection =
            if include.is_empty() { json!({ "include-all": {} }) } else { json!({ "include-controls": include }) };
        let mut result = json!({
            "uuid": self.id("result", record.id),
            "title": line(&format!("{}{to}: {}", what.unwrap_or_else(|| record.commit.short()), record.summary())),
            "description": format!("The decision that {} recorded about commit {}.", header.recorder, record.commit),
            "start": header.occurred.start,
            "end": header.occurred.end,
            "props": Self::properties(record, gate),
            "local-definitions": { "components": [self.tool(record)] },
            "reviewed-controls": { "control-selections": [selection] },
        });
        let attested = self.attestations(&judged);
        if !attested.is_empty() {
            result["attestations"] = attested.into();
        }
        if !judged.is_empty() {
            result["observations"] = judged.iter().map(|control| self.observation(record, control)).collect();
            let risks: Vec<Value> = judged.iter().flat_map(|control| self.risks(record, control)).collect();
            if !risks.is_empty() {
                result["risks"] = risks.into();
            }
            result["findings"] = judged.iter().map(|control| self.finding(record, control)).collect();
        }
        if !left.is_empty() {
            let names: Vec<&str> = left.iter().map(|control| control.id.as_str()).collect();
            result["remarks"] = format!("Not applicable: {}", names.join(", ")).into();
        }
        result
    }

    fn properties(record: &Verified<Record>, gate: &GateDetail) -> Value {
        let header = &record.header;
        let said = [
            ("record", Some(record.id.to_string())),
            ("commit", Some(record.commit.to_string())),
            ("release", header.release.as_ref().map(ToString::to_string)),
            ("service", header.service.as_ref().map(ToString::to_string)),
            ("environment", header.environment.as_ref().map(ToString::to_string)),
            ("change", header.change.as_ref().map(ToString::to_string)),
            ("risk-tier", gate.tier.as_ref().map(ToString::to_string)),
            ("key", Some(record.seal().key.to_string())),
        ];
        said.into_iter().filter_map(|(name, value)| Some(property(name, &value?))).collect()
    }

    /// What judged. It is a component of each result, so it has an id in each.
    fn tool(&self, record: &Record) -> Value {
        json!({
            "uuid": self.id("component", record.id),
            "type": "software",
            "title": "git-qms",
            "description": "Judges signed records by the ratified control catalog.",
            "status": { "state": "operational" },
        })
    }

    /// What persons signed of what the decision relies on.
    fn attestations(&mut self, judged: &[&ControlOutcome]) -> Vec<Value> {
        let mut told: Vec<RecordId> = judged.iter().flat_map(|control| control.records.iter().copied()).collect();
        told.sort_unstable();
        told.dedup();
        let ledger = self.ledger;
        let approvals =
            told.iter().filter_map(|id| ledger.record(*id)).filter_map(|one| Some((one, attests(&one.claim)?)));
        let approvals: Vec<_> = approvals.collect();
        let attestation = |(record, approval): (&Verified<Record>, &crate::record::kind::approval::Approval)| {
            let by = &record.header.recorder;
            self.people.insert(by.clone());
            let role = token(approval.role.as_str());
            self.roles.insert(role.clone(), approval.role.to_string());
            let comment = approval.comment.as_deref().map_or(String::new(), |text| format!(": {}", line(text)));
            json!({
                "responsible-parties": [{ "role-id": role, "party-uuids": [self.id("party", by)] }],
                "parts": [{
                    "name": "approval",
                    "ns": super::NAMESPACE,
                    "title": format!("{} as {}", approval.meaning, approval.role),
                    "props": [property("record", &record.id.to_string())],
                    "prose": format!("{} at {}{comment}", approval.meaning, record.header.recorded),
                }],
            })
        };
        approvals.into_iter().map(attestation).collect()
    }

    fn observation(&mut self, record: &Verified<Record>, control: &ControlOutcome) -> Value {
        self.cited.extend(control.records.iter().copied());
        let by = &record.header.recorder;
        let actor = if self.is_person(by) {
            self.people.insert(by.clone());
            json!({ "type": "party", "actor-uuid": self.id("party", by) })
        } else {
            json!({ "type": "tool", "actor-uuid": self.id("component", record.id) })
        };
        let mut observation = json!({
            "uuid": self.observed(record, control),
            "title": line(&format!("{}: {}", control.id, control.outcome)),
            "description": line(&format!("required: {}; found: {}", control.required, control.found)),
            "props": [property("outcome", control.outcome.as_str())],
            "methods": ["TEST"],
            "types": ["control-objective"],
            "origins": [{ "actors": [actor] }],
            "collected": record.header.recorded,
        });
        if !control.records.is_empty() {
            let evidence = |id: &RecordId| json!({ "href": format!("#{}", self.id("record", id)), "description": format!("Record {id}") });
            observation["relevant-evidence"] = control.records.iter().map(evidence).collect();
        }
        observation
    }

    fn observed(&self, record: &Verified<Record>, control: &ControlOutcome) -> String {
        self.id("observation", format!("{} {}", record.id, control.id))
    }

    fn finding(&self, record: &Verified<Record>, control: &ControlOutcome) -> Value {
        let (state, reason) = match control.outcome.as_str() {
            "pass" => ("satisfied", "pass"),
            "fail" => ("not-satisfied", "fail"),
            _ => ("not-satisfied", "other"),
        };
        let mut status = json!({ "state": state, "reason": reason });
        if reason == "other" {
            status["remarks"] = match control.outcome.as_str() {
                "excepted" => "Let go by an approved exception.",
                "warn" => "Not satisfied, and the catalog only warns.",
                _ => "It could not be told.",
            }
            .into();
        }
        let mut finding = json!({
            "uuid": self.id("finding", format!("{} {}", record.id, control.id)),
            "title": line(&format!("{}: {}", control.id, control.outcome)),
            "description": line(&format!("{}: {}", control.required, control.found)),
            "target": { "type": "objective-id", "target-id": token(control.id.as_str()), "status": status },
            "related-observations": [{ "observation-uuid": self.observed(record, control) }],
        });
        let risks: Vec<Value> =
            self.risks(record, control).iter().map(|risk| json!({ "risk-uuid": risk["uuid"] })).collect();
        if !risks.is_empty() {
            finding["related-risks"] = risks.into();
        }
        finding
    }

    /// The exceptions that let a control go, as risks that were accepted for a time.
    fn risks(&self, record: &Verified<Record>, control: &ControlOutcome) -> Vec<Value> {
        let risk = |id: &RecordId| {
            let asked = self.ledger.record(*id)?;
            let Claim::Exception(exception) = &asked.claim else { return None };
            Some(json!({
                "uuid": self.id("risk", format!("{} {id}", record.id)),
                "title": line(&format!("Exception from {}", exception.control)),
                "description": line(&exception.reason),
                "statement": line(&format!("Compensated by: {}", exception.compensating)),
                "props": [property("record", &id.to_string())],
                "status": "deviation-approved",
                "deadline": exception.expires,
                "related-observations": [{ "observation-uuid": self.observed(record, control) }],
            }))
        };
        if control.outcome.as_str() != "excepted" {
            return Vec::new();
        }
        control.records.iter().filter_map(risk).collect()
    }
}
