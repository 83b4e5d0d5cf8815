//! What something is made of, and how it was made.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Format, Shape};

pub(super) const FORMATS: &[Format] = &[
    Format { name: "CycloneDX JSON", shape: Shape::Json, file: "bom.json", start: BOM, part: component, end: "{}]}" },
    Format {
        name: "SPDX JSON",
        shape: Shape::Json,
        file: "spdx.json",
        start: r#"{"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"till","documentNamespace":"https://example.com/till","creationInfo":{"created":"2026-11-24T07:44:48Z","creators":["Tool: npm/cli-11.19.1"]},"packages":["#,
        part: package,
        end: r#"{"name":"last","SPDXID":"SPDXRef-last","versionInfo":"1.0.0","downloadLocation":"NOASSERTION"}],"relationships":[]}"#,
    },
    Format {
        name: "in-toto attestation",
        shape: Shape::JsonLines,
        file: "a.intoto.jsonl",
        start: "",
        part: attestation,
        end: "",
    },
];

const BOM: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":["#;

fn component(at: u64) -> String {
    format!(
        r#"{{"type":"library","name":"p{at}","version":"1.0.{at}","purl":"pkg:npm/p{at}@1.0.{at}","licenses":[{{"license":{{"id":"MIT"}}}}]}},"#
    )
}

fn package(at: u64) -> String {
    format!(
        r#"{{"name":"p{at}","SPDXID":"SPDXRef-p{at}","versionInfo":"1.0.{at}","downloadLocation":"NOASSERTION","filesAnalyzed":false,"licenseDeclared":"MIT","externalRefs":[{{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:npm/p{at}@1.0.{at}"}}]}},"#
    )
}

/// Large ones: a file holds a hundred at most.
fn attestation(at: u64) -> String {
    let materials: Vec<_> =
        (0..10_000).map(|material| format!(r#"{{"uri":"pkg:npm/p{material}@1.0.{at}"}},"#)).collect();
    let materials = materials.concat();
    let payload = STANDARD.encode(format!(
        r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"a","digest":{{"sha256":"{at:064x}"}}}}],"predicateType":"https://slsa.dev/provenance/v1","predicate":{{"resolvedDependencies":[{materials}{{}}]}}}}"#
    ));
    let signature = STANDARD.encode([7; 64]);
    format!(
        "{{\"payload\":\"{payload}\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{{\"keyid\":\"a\",\"sig\":\"{signature}\"}}]}}\n"
    )
}
