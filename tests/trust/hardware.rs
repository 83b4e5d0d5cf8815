//! Keys in hardware: whoever signs with one was there and touched it.

use std::sync::atomic::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::security_key::SecurityKey;
use crate::workshop::{Run, Workshop, run};

/// A project in which Grace has a security key, too.
struct Desk {
    workshop: Workshop,
    key: SecurityKey,
    public: String,
}

impl Desk {
    fn new() -> Self {
        let workshop = Workshop::new();
        let key = SecurityKey::plug_in(workshop.dir.path(), 77);
        let public = workshop.path("keys/grace_sk.pub");
        std::fs::write(&public, format!("{} grace's key\n", key.public)).expect("a file");
        let public = public.display().to_string();
        workshop.qms(&["trust", "grant", "grace", "--public-key", &public]).ok().says("grant grace key SHA256:");
        Self { workshop, key, public }
    }

    /// As Grace, with the key plugged in.
    fn touch(&self, args: &[&str]) -> Run {
        let mut command = self.workshop.command(env!("CARGO_BIN_EXE_git-qms"), &self.workshop.repo());
        command.args(args).args(["--key", &self.public]).env("SSH_AUTH_SOCK", &self.key.socket);
        run(&mut command, b"")
    }

    fn approve(&self) -> Run {
        self.touch(&["approve", "--role", "release-manager", "--meaning", "approved", "--quiet"])
    }
}

#[test]
fn t02_a_security_key_approves_and_releases_and_stock_tools_agree() {
    let desk = Desk::new();
    let workshop = &desk.workshop;
    workshop.commit("file", "two\n");
    workshop.evidence("CHG-2");
    let approval = desk.approve().ok().text();
    let tag = desk.touch(&["release", "--change", "CHG-2", "--quiet"]).ok().text();
    let verdict = workshop.verify();
    verdict.passes();
    assert_eq!(verdict.count("void"), 0);
    // Git takes the tag, by the exported keys.
    let signers = workshop.path("signers").display().to_string();
    std::fs::write(&signers, workshop.qms(&["trust", "export", "--format", "allowed-signers"]).ok().out)
        .expect("a file");
    let allowed = format!("gpg.ssh.allowedSignersFile={signers}");
    let verified = workshop.git_in(&workshop.repo(), &["-c", &allowed, "verify-tag", &tag]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
    assert!(verified.err.contains("ED25519-SK") && verified.err.contains("grace@example.com"), "{}", verified.err);
    // And ssh-keygen takes the signature of the record, which is an SSHSIG over what DSSE signs.
    let head = workshop.git(&["rev-parse", "HEAD"]);
    let line: serde_json::Value = serde_json::from_str(&workshop.line_of(&head, &approval)).expect("an envelope");
    let bytes = |text: &serde_json::Value| STANDARD.decode(text.as_str().expect("text")).expect("base64");
    let (payload, signature) = (bytes(&line["payload"]), bytes(&line["signatures"][0]["sig"]));
    let pae = [format!("DSSEv1 28 application/vnd.in-toto+json {} ", payload.len()).as_bytes(), &payload].concat();
    let armoured = STANDARD.encode(&signature);
    let lines: Vec<_> = armoured.as_bytes().chunks(70).map(|part| String::from_utf8_lossy(part)).collect();
    let armoured = format!("-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n", lines.join("\n"));
    let (file, list) = (workshop.path("sig").display().to_string(), workshop.path("list").display().to_string());
    std::fs::write(&file, armoured).expect("a file");
    std::fs::write(&list, format!("grace {}\n", desk.key.public)).expect("a file");
    let check = |message: &[u8]| {
        let mut command = workshop.command("ssh-keygen", &workshop.repo());
        command.args(["-Y", "verify", "-f", &list, "-I", "grace", "-n", "git-qms", "-s", &file]);
        run(&mut command, message).code
    };
    assert_eq!(check(&pae), 0);
    assert_ne!(check(&pae[1..]), 0);
}

#[test]
fn t02_a_security_key_that_nobody_touched_signs_nothing() {
    let desk = Desk::new();
    let before = desk.workshop.git(&["rev-parse", "refs/notes/qms"]);
    desk.key.flags.store(0, Ordering::Relaxed);
    desk.approve().exits(2).says("nobody touched the hardware key");
    assert_eq!(desk.workshop.git(&["rev-parse", "refs/notes/qms"]), before);
}

#[test]
fn a05_a_changed_byte_of_a_hardware_signature_is_void() {
    let desk = Desk::new();
    let workshop = &desk.workshop;
    let approval = desk.approve().ok().text();
    let head = workshop.git(&["rev-parse", "HEAD"]);
    let line = workshop.line_of(&head, &approval);
    let envelope: serde_json::Value = serde_json::from_str(&line).expect("an envelope");
    let old = envelope["signatures"][0]["sig"].as_str().expect("text");
    let mut signature = STANDARD.decode(old).expect("base64");
    // The last byte is of the counter, the one five before it the flags: both are signed for.
    for at in [signature.len() - 1, signature.len() - 5, 100] {
        signature[at] ^= 2;
        workshop.set_lines(
            &head,
            workshop
                .lines_on(&head)
                .into_iter()
                .filter(|other| *other != line)
                .chain([line.replace(old, &STANDARD.encode(&signature))])
                .collect(),
        );
        let verdict = workshop.verify();
        assert!(verdict.has("error", "signature-wrong", &head), "{:#}", verdict.json);
        workshop.git(&["update-ref", "refs/notes/qms", "refs/notes/qms~1"]);
        signature[at] ^= 2;
    }
    workshop.verify().passes();
}

#[test]
fn without_its_device_a_security_key_is_refused_with_the_way() {
    let desk = Desk::new();
    let approve = ["approve", "--role", "release-manager", "--meaning", "approved"];
    desk.workshop.qms_as("grace_sk.pub", &approve).exits(2).says("ssh-agent");
}

#[test]
fn g04_a_policy_demands_hardware_keys_of_a_role() {
    let desk = Desk::new();
    let workshop = &desk.workshop;
    let catalog = std::fs::read_to_string(workshop.repo().join(".qms/policy.toml")).expect("a catalog");
    let demanding = catalog.replace("approvals >= 1", "approvals.release-manager.hardware >= 1");
    assert_ne!(catalog, demanding);
    workshop.commit(".qms/policy.toml", &demanding);
    workshop.qms(&["policy", "ratify"]).ok();
    workshop.evidence("CHG-2");
    let found = |said: Run| {
        let json = said.json();
        let lines = json["controls"].as_array().expect("controls").iter();
        let line = lines.clone().find(|line| line["id"] == "APPROVE-01").expect("the control");
        (line["outcome"].as_str().expect("text").to_owned(), line["found"].as_str().expect("text").to_owned())
    };
    let gate = ["gate", "--environment", "production", "--json"];
    workshop.qms_as("grace", &["approve", "--role", "release-manager", "--meaning", "approved"]).ok();
    let (outcome, told) = found(workshop.qms(&gate));
    assert_eq!(outcome, "fail");
    assert_eq!(told, "0 of 1 approvals as release-manager by hardware key; 1 signed with another key");
    desk.approve().ok();
    let (outcome, told) = found(workshop.qms(&gate));
    assert_eq!((outcome.as_str(), told.as_str()), ("pass", "1 of 1 approvals as release-manager by hardware key"));
}
