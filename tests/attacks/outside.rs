//! Checkpoints kept outside the repository, and what shows against them.

use crate::workshop::{Verdict, Workshop};

struct Kept {
    workshop: Workshop,
    file: String,
}

impl Kept {
    /// The ledger as Ada sees it now, in a file beside the repository.
    fn new() -> Self {
        let workshop = Workshop::new();
        let file = workshop.path("seen.json").display().to_string();
        workshop.qms(&["checkpoint"]).ok();
        workshop.qms(&["checkpoint", "--to", &file]).ok().says("1 release tags, signed by SHA256:");
        Self { workshop, file }
    }

    fn verify(&self, more: &[&str]) -> Verdict {
        let options = ["--trust-root", &self.workshop.made.root, "--checkpoint", &self.file];
        self.workshop.verify_with(&self.workshop.repo(), &[&options[..], more].concat())
    }
}

#[test]
fn a04_a_ledger_rolled_back_behind_a_checkpoint_held_outside_is_rejected() {
    let kept = Kept::new();
    let tip = kept.workshop.git(&["rev-parse", "refs/notes/qms"]);
    kept.verify(&[]).passes();
    kept.workshop.git(&["update-ref", "refs/notes/qms", "refs/notes/qms~1"]);
    // Nothing in the clone pins what is gone.
    kept.workshop.verify().passes();
    let verdict = kept.verify(&[]);
    verdict.rejects("checkpoint-ahead", "");
    assert!(verdict.json.to_string().contains(&tip), "{:#}", verdict.json);
    // What was rolled back is back, and more: that is fine.
    kept.workshop.git(&["update-ref", "refs/notes/qms", &tip]);
    kept.workshop.qms(&["checkpoint"]).ok();
    kept.verify(&[]).passes();
}

#[test]
fn a04_a_checkpoint_of_another_project_or_of_a_trust_that_is_gone_is_rejected() {
    let kept = Kept::new();
    let other = Workshop::new();
    other.qms(&["trust", "remove", "grace", "--role", "qa"]).ok();
    let file = other.path("seen.json").display().to_string();
    other.qms(&["checkpoint", "--to", &file]).ok();
    let args = ["verify", "--json", "--checkpoint", &file];
    let said = kept.workshop.qms(&args).exits(1).json();
    // Workshops are copies of one project: here the trust version is missing.
    assert!(said["findings"].to_string().contains("trust version"), "{said:#}");
    let init = |dir: &str| {
        let repo = kept.workshop.path(dir);
        std::fs::create_dir(&repo).expect("a directory");
        kept.workshop.git_in(&repo, &["init", "-q"]).ok();
        kept.workshop.git_in(&repo, &["commit", "-q", "--allow-empty", "-m", "One"]).ok();
        kept.workshop.qms_in(&repo, &["init", "--name", "another"]).ok();
        repo
    };
    let said = kept.workshop.qms_in(&init("another"), &["verify", "--checkpoint", &kept.file]).exits(1);
    said.says("checkpoint-ahead").says("is of project");
}

#[test]
fn a04_a_checkpoint_that_nobody_of_the_project_signed_is_rejected() {
    let kept = Kept::new();
    let workshop = &kept.workshop;
    // Whoever rolls the ledger back hands out a checkpoint of what is left, signed by themselves alone.
    let text = std::fs::read_to_string(&kept.file).expect("a file");
    let mut forged = git_qms::verify::OutsideCheckpoint::parse(text.as_bytes()).expect("a checkpoint");
    let at = text.find("\"signatures\":[").expect("signatures") + 14;
    forged.sign(crate::forge::signer(workshop, "mallory").as_ref()).expect("signs");
    let both = String::from_utf8(forged.to_bytes()).expect("ASCII");
    let mallory = "SHA256:".to_owned() + &fingerprint(workshop, "mallory");
    let own = both.split("{\"keyid\":\"").find(|one| one.starts_with(&mallory)).expect("their signature");
    let own = own.split('}').next().expect("its end");
    std::fs::write(&kept.file, format!("{}{{\"keyid\":\"{own}}}]}}\n", &text[..at])).expect("a file");
    kept.verify(&[]).rejects("checkpoint-signature", "");
    // Unless who verifies knows them.
    kept.verify(&["--witness", &(workshop.key("mallory") + ".pub")]).passes();
}

fn fingerprint(workshop: &Workshop, name: &str) -> String {
    let key = std::fs::read_to_string(workshop.key(name) + ".pub").expect("a key");
    let key: git_qms::envelope::PublicKey =
        key.split(' ').take(2).collect::<Vec<_>>().join(" ").parse().expect("a key");
    key.fingerprint().to_string().trim_start_matches("SHA256:").to_owned()
}

#[test]
fn t11_a_witness_signs_what_they_saw_and_whoever_verifies_may_ask_for_it() {
    let kept = Kept::new();
    let workshop = &kept.workshop;
    let witness = workshop.key("mallory") + ".pub";
    kept.verify(&["--witness", &witness]).rejects("checkpoint-signature", "");
    // Mallory is nobody to the project; a second party needs to be no more than that.
    workshop.qms_as("mallory", &["checkpoint", "--cosign", &kept.file]).ok();
    kept.verify(&["--witness", &witness]).passes();
    kept.verify(&["--witness", &witness, "--witness", &(workshop.key("grace") + ".pub")])
        .rejects("checkpoint-signature", "");
    // A clone that has not got that far is no place to sign in.
    workshop.git(&["update-ref", "refs/notes/qms", "refs/notes/qms~1"]);
    let refused = workshop.qms_as("grace", &["checkpoint", "--cosign", &kept.file]).exits(1);
    refused.says("does not hold here").says("git qms sync");
}

#[test]
fn t11_an_altered_checkpoint_is_refused_and_nobody_signs_for_what_does_not_verify() {
    let kept = Kept::new();
    let workshop = &kept.workshop;
    let text = std::fs::read_to_string(&kept.file).expect("a file");
    let other = kept.workshop.path("other.json").display().to_string();
    workshop.qms(&["checkpoint"]).ok();
    workshop.qms(&["checkpoint", "--to", &other]).ok();
    let payload = |text: &str| text.split('"').nth(3).expect("a payload").to_owned();
    let forged = std::fs::read_to_string(&other).expect("a file");
    let forged = text.replace(&payload(&text), &payload(&forged));
    std::fs::write(&kept.file, forged).expect("a file");
    kept.verify(&[]).rejects("checkpoint-signature", "");
    std::fs::write(&kept.file, text.replace("\",\"payloadType", "\", \"payloadType")).expect("a file");
    workshop.qms(&["verify", "--checkpoint", &kept.file]).exits(2).says("is no checkpoint");
    // Who may not write checkpoints makes none, and of a broken ledger there is none.
    workshop.qms_as("mallory", &["checkpoint", "--to", &other]).exits(2).says("belongs to no member");
    let head = workshop.made.commit.clone();
    workshop.put_line(&head, "garbage");
    workshop.qms(&["checkpoint", "--to", &other]).exits(1).says("does not verify");
}

#[test]
fn a18_what_cannot_be_read_is_not_called_rolled_back() {
    let kept = Kept::new();
    let workshop = &kept.workshop;
    workshop.qms(&["checkpoint"]).ok();
    workshop.qms(&["sync"]).ok();
    let url = format!("file://{}", workshop.path("origin.git").display());
    workshop.git_in(workshop.dir.path(), &["clone", "-q", &url, "clone"]).ok();
    let clone = workshop.path("clone");
    workshop.git_in(&clone, &["fetch", "-q", "origin", "refs/qms/trust:refs/qms/trust"]).ok();
    workshop.git_in(&clone, &["fetch", "-q", "--depth", "1", "origin", "refs/notes/qms:refs/notes/qms"]).ok();
    let said = workshop.qms_in(&clone, &["verify", "--json", "--checkpoint", &kept.file]);
    Verdict { code: said.code, json: said.json() }.is_incomplete();
    // A tag's object that is not there: the ref may name what it always named.
    let object = workshop.git(&["rev-parse", &format!("refs/tags/{}", workshop.made.tag)]);
    std::fs::remove_file(workshop.repo().join(".git/objects").join(&object[..2]).join(&object[2..])).expect("loose");
    kept.verify(&[]).is_incomplete();
}
