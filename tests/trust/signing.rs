//! Proposals that several root people sign.

use crate::workshop::Workshop;

/// Ada and Grace are root, and a change takes both.
fn of_two() -> Workshop {
    let workshop = Workshop::new();
    workshop.qms(&["trust", "grant", "grace", "--role", "root"]).ok();
    workshop.qms(&["trust", "threshold", "root", "2"]).ok().says("1 of 2 root people of its own: ada");
    workshop.qms_as("grace", &["trust", "sign", "trust-version-5.json"]).ok().says("in force: version 5");
    workshop.git(&["clean", "-qf"]);
    workshop
}

fn trust(workshop: &Workshop) -> String {
    workshop.git(&["rev-parse", "refs/qms/trust"])
}

#[test]
fn t03_raising_the_threshold_takes_the_signatures_of_both() {
    let workshop = Workshop::new();
    workshop.qms(&["trust", "grant", "grace", "--role", "root"]).ok();
    let before = trust(&workshop);
    let proposed = workshop.qms(&["trust", "threshold", "root", "2", "--to", "two.json", "--json"]).ok().json();
    assert_eq!(trust(&workshop), before, "nothing moves until enough signed");
    assert_eq!(proposed["changes"][0], "a change of the trust takes 2 root people instead of 1");
    assert_eq!(
        (&proposed["inForce"], &proposed["own"]["open"][0], &proposed["own"]["needed"]),
        (&false.into(), &"grace".into(), &2.into())
    );
    let shown = workshop.qms_as("grace", &["trust", "sign", "two.json", "--dry-run"]).ok();
    shown.says("a change of the trust takes 2 root people instead of 1");
    assert_eq!(trust(&workshop), before);
    let signed = workshop.qms_as("grace", &["trust", "sign", "two.json", "--json"]).ok().json();
    assert_eq!(signed["inForce"], true);
    let verdict = workshop.verify();
    verdict.passes();
    assert_eq!(verdict.json["trust"]["version"], 5);
}

#[test]
fn t03_with_a_threshold_of_two_every_command_proposes_and_the_second_person_decides() {
    let workshop = of_two();
    let before = trust(&workshop);
    let commands: [&[&str]; 6] = [
        &["trust", "add", "eve", "--name", "Eve", "--email", "eve@example.com", "--public-key", "KEY", "--role", "qa"],
        &["trust", "grant", "grace", "--role", "developer"],
        &["trust", "remove", "ci"],
        &["trust", "threshold", "root", "1"],
        &["trust", "known", "--head", &before],
        &["trust", "compromised", "ci", "--now"],
    ];
    let key = workshop.key("mallory") + ".pub";
    for command in commands {
        let command: Vec<&str> = command.iter().map(|word| if *word == "KEY" { &key[..] } else { word }).collect();
        workshop.qms(&command).ok().says("1 of 2 root people of the version before: ada");
        assert_eq!(trust(&workshop), before, "{command:?} moved the trust alone");
        // One name for one version: the next command leaves a proposal alone that nobody has signed yet.
        workshop.qms(&command).exits(2).says("trust-version-6.json").says("--to FILE");
        std::fs::remove_file(workshop.repo().join("trust-version-6.json")).expect("a proposal");
    }
    workshop.qms(&["trust", "threshold", "root", "1"]).ok();
    workshop.qms_as("grace", &["trust", "sign", "trust-version-6.json"]).ok().says("in force: version 6");
    workshop.verify().passes();
    workshop.qms(&["trust", "remove", "ci"]).ok().says("version 7: ci leaves");
}

#[test]
fn a16_two_keys_of_one_member_sign_a_proposal_once() {
    let workshop = of_two();
    let spare = workshop.key("mallory");
    workshop.qms(&["trust", "grant", "ada", "--public-key", &(spare.clone() + ".pub")]).ok();
    workshop.qms_as("grace", &["trust", "sign", "trust-version-6.json"]).ok();
    let before = trust(&workshop);
    workshop.qms(&["trust", "threshold", "root", "1"]).ok();
    let second = workshop.qms_as("mallory", &["trust", "sign", "trust-version-7.json"]).ok();
    second.says("1 of 2 root people of the version before: ada");
    assert_eq!(trust(&workshop), before);
}

#[test]
fn a16_a_tampered_proposal_is_refused_and_left_alone() {
    use base64::Engine as _;
    let workshop = of_two();
    workshop.qms(&["trust", "grant", "ci", "--role", "developer"]).ok();
    let (file, before) = (workshop.repo().join("trust-version-6.json"), trust(&workshop));
    let text = std::fs::read_to_string(&file).expect("a proposal");
    let base64 = base64::engine::general_purpose::STANDARD;
    let payload = text.split('"').nth(3).expect("a payload");
    let inner = String::from_utf8(base64.decode(payload).expect("base64")).expect("text");
    let other = text.replace(payload, &base64.encode(inner.replace("\"name\":\"CI\"", "\"name\":\"C2\"")));
    for (bytes, said) in [
        (other.clone(), "was altered after it was signed"),
        (text.replace("\"payload\":", "\"payload\": "), "is no trust proposal"),
        (text[..text.len() - 9].to_owned(), "is no trust proposal"),
        (String::new(), "is no trust proposal"),
    ] {
        assert_ne!(bytes, text);
        std::fs::write(&file, &bytes).expect("a file");
        workshop.qms_as("grace", &["trust", "sign", "trust-version-6.json"]).exits(1).says(said);
        assert_eq!(std::fs::read_to_string(&file).expect("still there"), bytes);
        assert_eq!(trust(&workshop), before);
    }
}

#[test]
fn a16_a_proposal_on_a_version_that_was_followed_is_refused_with_the_way_out() {
    let workshop = of_two();
    workshop.qms(&["trust", "grant", "ci", "--role", "developer", "--to", "one.json"]).ok();
    workshop.qms(&["trust", "grant", "grace", "--role", "developer", "--to", "two.json"]).ok();
    workshop.qms_as("grace", &["trust", "sign", "two.json"]).ok();
    let before = trust(&workshop);
    let late = workshop.qms_as("grace", &["trust", "sign", "one.json"]).exits(1);
    late.says("version 6 is in force here").says("propose it anew");
    workshop.qms_as("grace", &["trust", "sign", "two.json"]).exits(1).says("in force already, as version 6");
    assert_eq!(trust(&workshop), before);
}

#[test]
fn who_is_not_root_signs_no_trust_version() {
    let workshop = of_two();
    workshop.qms(&["trust", "grant", "ci", "--role", "developer"]).ok();
    let refused = workshop.qms_as("ci", &["trust", "sign", "trust-version-6.json"]).exits(2);
    refused.says("ci may not sign trust versions");
    workshop.qms_as("mallory", &["trust", "sign", "trust-version-6.json"]).exits(2).says("no member");
}

#[test]
fn a_proposal_that_would_void_what_came_since_is_refused_unless_that_is_wanted() {
    let workshop = of_two();
    workshop.qms(&["trust", "remove", "ci"]).ok();
    crate::workshop::tests(&workshop).ok();
    let refused = workshop.qms_as("grace", &["trust", "sign", "trust-version-6.json"]).exits(1);
    refused.says("1 records came since").says("--void-records");
    workshop.verify().passes();
    workshop.qms_as("grace", &["trust", "sign", "trust-version-6.json", "--void-records"]).ok();
    workshop.verify().rejects("role-ended", "");
}

#[test]
fn who_leaves_signs_but_somebody_who_stays_brings_it_into_force() {
    let workshop = of_two();
    workshop.qms(&["trust", "threshold", "root", "1"]).ok();
    workshop.qms_as("grace", &["trust", "sign", "trust-version-6.json"]).ok();
    let left = workshop.qms(&["trust", "remove", "ada"]).ok();
    left.says("0 of 1 root people of its own").says("to sign: grace");
    workshop.qms_as("grace", &["trust", "sign", "trust-version-7.json"]).ok().says("in force: version 7");
    workshop.verify().passes();
    workshop.qms(&["trust", "grant", "ci", "--role", "developer"]).exits(2).says("belongs to no member");
}
