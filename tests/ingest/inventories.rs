//! Bills of materials: components, package URLs, digests and licences.

use git_qms::record::kind::build::Inventory;

use super::*;

fn licences(bill: &Inventory) -> Vec<(&str, u64)> {
    let all = bill.licenses.iter().flat_map(|licenses| &licenses.expressions);
    all.map(|one| (one.expression.as_str(), one.components)).collect()
}

/// E04: npm writes the same project in both formats.
#[test]
fn npm_says_the_same_in_cyclonedx_and_spdx() {
    let expected =
        ["pkg:npm/lodash@4.17.20", "pkg:npm/minimist@0.0.8", "pkg:npm/minimist@1.2.5", "pkg:npm/mkdirp@0.5.1"];
    for (name, format) in [("cyclonedx-npm.json", "CycloneDX 1.5"), ("spdx-npm.json", "SPDX 2.3")] {
        let (resources, bill) = inventory(&fixture(name)).expect("an inventory");
        let mut urls: Vec<_> = resources.iter().filter_map(|resource| resource.uri.as_deref()).collect();
        urls.sort_unstable();
        assert_eq!(urls, expected, "the project is no component of itself: {name}");
        assert_eq!((bill.components, bill.omitted), (4, 0), "{name}");
        assert_eq!(bill.format, format);
        assert_eq!(licences(&bill), [("MIT", bill.components)], "{name}");
        assert!(resources.iter().all(|one| one.digest.get("sha512").is_some_and(|hex| hex.len() == 128)), "{name}");
    }
}

#[test]
fn what_a_document_describes_is_no_component_of_itself() {
    let (resources, bill) = inventory(&fixture("spdx-trivy.json")).expect("an inventory");
    assert_eq!((resources.len(), bill.components, bill.omitted), (4, 5, 1));
    assert_eq!(bill.licenses, None, "NOASSERTION says nothing");
}

#[test]
fn spdx_3_is_read_by_its_published_names() {
    let (resources, bill) = inventory(&fixture("spdx-3.json")).expect("an inventory");
    let urls: Vec<_> = resources.iter().filter_map(|resource| resource.uri.as_deref()).collect();
    assert_eq!(urls, ["pkg:npm/lodash@4.17.20", "pkg:npm/minimist@1.2.5"]);
    assert_eq!((bill.format.as_str(), bill.components, bill.omitted), ("SPDX 3.0.1", 2, 0));
    assert_eq!(licences(&bill), [("MIT", 1)]);
    assert_eq!(bill.licenses.expect("licences").unsaid, 1);
    assert_eq!(resources[0].digest.len(), 1);
    let other = r#"{"@context":"https://example.com/context.jsonld","@graph":[]}"#;
    assert!(refusal(other).contains("is not the published one of SPDX 3.0"), "{}", refusal(other));
    let empty = r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[]}"#;
    assert!(refusal(empty).contains("has no software_Package"), "{}", refusal(empty));
}

#[test]
fn a_digest_that_is_none_is_refused() {
    let of = |alg: &str, content: &str| {
        format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{{"purl":"pkg:npm/a@1","hashes":[{{"alg":"{alg}","content":"{content}"}}]}}]}}"#
        )
    };
    for content in ["", "ab", &"g".repeat(64)] {
        assert!(refusal(&of("SHA-256", content)).contains("is not 64 hex digits"), "{content}");
    }
    assert!(read("bom.json", of("MD5", "x").as_bytes()).is_ok(), "other algorithms are passed over");
}

#[test]
fn what_is_no_package_url_is_omitted_and_counted() {
    let text =
        br#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"purl":"pkg:npm/a@1"},{"purl":"pkg:npm"},
        {"purl":"pkg:npm/a\u001b[31m@1"},{"purl":"npm/a"},{}]}"#;
    let (resources, bill) = inventory(&read("bom.json", text).expect("a bill")).expect("an inventory");
    assert_eq!((resources.len(), bill.components, bill.omitted), (1, 5, 4));
    assert_eq!(bill.licenses, None);
}

#[test]
fn licences_are_counted_as_expressions() {
    let text = br#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[
        {"licenses":[{"license":{"id":"MIT"}}]},{"licenses":[{"expression":"MIT OR Apache-2.0"}]},
        {"licenses":[{"license":{"id":"MIT"}},{"license":{"id":"ISC"}}]},{"licenses":[{"license":{"name":"Our own terms"}}]},{}]}"#;
    let (_, bill) = inventory(&read("bom.json", text).expect("a bill")).expect("an inventory");
    assert_eq!(licences(&bill), [("(MIT) AND (ISC)", 1), ("MIT", 1), ("MIT OR Apache-2.0", 1)]);
    let licenses = bill.licenses.expect("licences");
    assert_eq!((licenses.unrecognised, licenses.unsaid), (1, 1));
}

#[test]
fn unsound_spdx_is_refused() {
    for (text, words) in [
        (r#"{"spdxVersion":"SPDX-1.0","packages":[]}"#, "neither SPDX-2.2 nor SPDX-2.3"),
        (r#"{"spdxVersion":"SPDX-2.3"}"#, "has no packages"),
        (r#"{"spdxVersion":"SPDX-2.3","packages":[{"name":"a"}]}"#, "SPDXID"),
    ] {
        assert!(refusal(text).contains(words), "{text}: {}", refusal(text));
    }
}
