//! Any text as the manifest of a release: refused, or written so that the same is read back.
#![no_main]

use git_qms::release::Manifest;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok((manifest, artifacts)) = Manifest::parse(text) else { return };
    let json = manifest.to_json(&artifacts).expect("written");
    assert_eq!(Manifest::parse(&json), Ok((manifest, artifacts)));
});
