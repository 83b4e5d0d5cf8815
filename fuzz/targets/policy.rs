//! Any text as `.qms/policy.toml` and as a rule: refused with places within the text, or read the same twice.
#![no_main]

use git_qms::policy::{Rule, parse};

libfuzzer_sys::fuzz_target!(|text: &str| {
    match parse(text, "policy.toml") {
        Ok(policy) => assert_eq!(format!("{policy:?}"), format!("{:?}", parse(text, "policy.toml").expect("again"))),
        Err(errors) => drop(errors.to_string()),
    }
    for line in text.lines().take(8) {
        if let Ok(rule) = Rule::parse(line) {
            let again = Rule::parse(&rule.to_string()).expect("a rule is read as it is shown");
            assert_eq!(rule.to_string(), again.to_string());
        }
    }
});
