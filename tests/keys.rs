//! Keys against stock OpenSSH: what ssh-keygen makes and ssh-agent holds signs, and ssh-keygen verifies it.
#![cfg(all(feature = "cli", unix))]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use git_qms::envelope::{Envelope, PublicKey, Signer, sshsig};
use git_qms::keys::{Places, agent, file, find, new, public, secret};

/// A directory of keys.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// What ssh-keygen makes of `options` at `name`.
    fn keygen(&self, name: &str, options: &[&str]) -> PathBuf {
        let path = self.path(name);
        ssh_keygen(&[&["-q", "-C", "ada@example.com", "-f", text(&path)], options].concat());
        path
    }

    fn ed25519(&self, name: &str) -> PathBuf {
        self.keygen(name, &["-t", "ed25519", "-N", ""])
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

fn ran(mut command: Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("OpenSSH is installed");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn ssh_keygen(arguments: &[&str]) -> String {
    let mut command = Command::new("ssh-keygen");
    command.args(arguments);
    ran(command)
}

fn fingerprint(path: &Path) -> String {
    ssh_keygen(&["-lf", text(path)]).split(' ').nth(1).expect("a fingerprint").to_owned()
}

/// A real ssh-agent, ended with the test.
struct Agent {
    process: Child,
    socket: PathBuf,
}

impl Agent {
    /// `confirm` is what the agent asks before it uses a key that was added with `-c`.
    fn start(desk: &Desk, confirm: &str) -> Self {
        let socket = desk.path("agent.sock");
        let process = Command::new("ssh-agent")
            .args(["-D", "-a", text(&socket)])
            .env("SSH_ASKPASS", confirm)
            .env("SSH_ASKPASS_REQUIRE", "force")
            .stdout(Stdio::null())
            .spawn()
            .expect("OpenSSH is installed");
        let agent = Self { process, socket };
        for _ in 0..500 {
            if agent::keys(&agent.socket).is_ok() {
                return agent;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("ssh-agent does not answer")
    }

    fn add(&self, options: &[&str]) {
        let mut command = Command::new("ssh-add");
        command.arg("-q").args(options).env("SSH_AUTH_SOCK", &self.socket);
        ran(command);
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.process.kill().and_then(|()| self.process.wait()).expect("the agent ends");
    }
}

/// The signer signs records that verify, and tags that ssh-keygen accepts.
fn assert_signs(desk: &Desk, signer: &dyn Signer, public_file: &Path) {
    let key = signer.public_key();
    assert_eq!(key.fingerprint().to_string(), fingerprint(public_file));

    let line = Envelope::sign(b"{}".to_vec(), signer).expect("signs").to_line();
    assert!(Envelope::parse(line.as_bytes()).expect("well formed").is_signed_by(key));

    let (message, signature, allowed) = (desk.path("message"), desk.path("message.sig"), desk.path("allowed"));
    fs::write(&message, "message").expect("writes");
    fs::write(&signature, sshsig::sign(b"message", "git", signer).expect("signs")).expect("writes");
    fs::write(&allowed, format!("ada {key}\n")).expect("writes");
    let verify = ["-Y", "verify", "-n", "git", "-I", "ada", "-f", text(&allowed), "-s", text(&signature)];
    let status = |message: &Path| {
        let message = fs::File::open(message).expect("opens");
        let mut command = Command::new("ssh-keygen");
        command.args(verify).stdin(message).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().expect("runs").success()
    };
    assert!(status(&message));
    fs::write(&message, "massage").expect("writes");
    assert!(!status(&message), "another message must not verify");
}

#[test]
fn a_key_file_signs() {
    let desk = Desk::new();
    let path = desk.ed25519("ada");
    let public_file = desk.path("ada.pub");
    assert_signs(&desk, &file::key(&path, None).expect("a key"), &public_file);
    assert_signs(&desk, &file::key(&public_file, None).expect("its private half is beside it"), &public_file);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).expect("changes the mode");
    file::key(&path, None).expect("read-only is private too");
}

#[test]
fn an_agent_signs_for_a_public_key() {
    let desk = Desk::new();
    let agent = Agent::start(&desk, "/bin/false");
    let path = desk.ed25519("ada");
    let rsa = desk.keygen("rsa", &["-t", "rsa", "-b", "2048", "-N", ""]);
    agent.add(&[text(&path)]);
    agent.add(&[text(&rsa)]);
    fs::remove_file(&path).expect("removes");
    let public_file = desk.path("ada.pub");
    let key = public(text(&public_file)).expect("a key");

    assert_eq!(agent::keys(&agent.socket), Ok(vec![key]), "the RSA key is left out");
    assert_signs(&desk, &file::key(&public_file, Some(&agent.socket)).expect("held"), &public_file);
    assert_signs(&desk, &file::key(&path, Some(&agent.socket)).expect("its public half is there"), &public_file);

    let line = fs::read_to_string(&public_file).expect("reads");
    for value in [line.clone(), format!("key::{line}")] {
        let places = Places {
            user_signing_key: Some(value),
            gpg_format: Some("ssh".into()),
            agent: Some(agent.socket.clone()),
            ..Places::default()
        };
        let found = find(&places).expect("held");
        assert_eq!(found.from.to_string(), "git config user.signingKey, in ssh-agent");
        assert_signs(&desk, &*found.signer, &public_file);
    }
}

#[test]
fn an_encrypted_file_signs_through_the_agent_that_holds_its_key() {
    let desk = Desk::new();
    let agent = Agent::start(&desk, "/bin/false");
    let path = desk.ed25519("ada");
    let refusal = |socket| file::key(&path, socket).expect_err("encrypted").to_string();
    agent.add(&[text(&path)]);
    ssh_keygen(&["-q", "-p", "-P", "", "-N", "passphrase", "-f", text(&path)]);

    let public_file = desk.path("ada.pub");
    let key = file::key(&path, Some(&agent.socket)).expect("held");
    assert!(matches!(key, file::FileKey::Held(_)));
    assert_signs(&desk, &key, &public_file);
    assert_signs(&desk, &file::key(&public_file, Some(&agent.socket)).expect("held"), &public_file);

    agent.add(&["-D"]);
    assert_eq!(
        refusal(Some(&agent.socket)),
        format!(
            "key file {path:?} is encrypted: ssh-add {path:?}, then say the same again (ssh-agent at {:?} does not \
             hold key {}: ssh-add its private key file; ssh-add -l lists keys)",
            agent.socket,
            fingerprint(&public_file)
        )
    );
    assert_eq!(
        refusal(None),
        format!(
            "key file {path:?} is encrypted: ssh-add {path:?}, then say the same again \
             (no ssh-agent is running here (SSH_AUTH_SOCK is not set): eval \"$(ssh-agent)\")"
        )
    );
}

#[test]
fn an_agent_that_asks_signs_when_it_is_confirmed_and_refuses_when_not() {
    for (answer, signs) in [("/bin/true", true), ("/bin/false", false)] {
        let desk = Desk::new();
        let agent = Agent::start(&desk, answer);
        let path = desk.ed25519("ada");
        agent.add(&["-c", text(&path)]);
        fs::remove_file(&path).expect("removes");
        let key = file::key(&path, Some(&agent.socket)).expect("held");
        match key.sign(b"message") {
            Ok(signature) => assert!(signs && signature.is_by(key.public_key(), b"message")),
            Err(error) => {
                assert!(!signs, "{error}");
                assert!(error.0.starts_with("ssh-agent refused: it may be locked (ssh-add -X)"), "{error}");
            }
        }
    }
}

#[test]
fn a_key_of_another_algorithm_is_named() {
    let desk = Desk::new();
    for (name, options) in [
        ("ssh-rsa", &["-t", "rsa", "-b", "2048"][..]),
        ("ecdsa-sha2-nistp256", &["-t", "ecdsa", "-b", "256"]),
        ("ecdsa-sha2-nistp521", &["-t", "ecdsa", "-b", "521"]),
    ] {
        let path = desk.keygen(name, &[options, &["-N", ""]].concat());
        let what = format!("is a key of {name}: git-qms signs with ssh-ed25519; make one with: git qms key new PATH");
        let refusal = |path: &Path| file::key(path, None).expect_err("another algorithm").to_string();
        assert_eq!(refusal(&path), format!("key file {path:?} {what}"));
        fs::remove_file(&path).expect("removes");
        let public_file = desk.path(&format!("{name}.pub"));
        assert_eq!(refusal(&public_file), format!("{public_file:?}: public key {what}"));
    }
    let pem = desk.keygen("pem", &["-t", "rsa", "-b", "2048", "-m", "PEM", "-N", ""]);
    let refusal = file::key(&pem, None).expect_err("another format").to_string();
    assert!(refusal.contains("is in PEM (RSA) format, not OpenSSH's"), "{refusal}");
}

#[test]
fn a_hardware_key_is_read_and_asks_for_its_agent() {
    let desk = Desk::new();
    let plain = file::key(&desk.ed25519("ada"), None).expect("a key");
    let key = PublicKey::of_hardware(plain.public_key().as_bytes()).expect("a strong key");
    let path = desk.path("sk.pub");
    fs::write(&path, format!("{key} ada")).expect("writes");
    let refusal = file::key(&path, None).expect_err("a hardware key").to_string();
    assert!(refusal.contains("is the public half only") && refusal.contains("no ssh-agent is running"), "{refusal}");
    // Cut off it is none.
    fs::write(&path, "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t ada").expect("writes");
    let refusal = file::key(&path, None).expect_err("cut off").to_string();
    assert!(refusal.contains("is not of the form ssh-ed25519 AAAA…"), "{refusal}");
}

#[test]
fn a_key_that_others_can_read_is_refused_with_its_mode() {
    let desk = Desk::new();
    let path = desk.ed25519("ada");
    for (mode, shown) in [(0o640, "0640"), (0o604, "0604"), (0o620, "0620")] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("changes the mode");
        for named in [path.clone(), desk.path("ada.pub")] {
            assert_eq!(
                file::key(&named, None).expect_err("exposed").to_string(),
                format!(
                    "key file {path:?} has mode {shown}: others can read a key that only you should; \
                     chmod 600 {path:?}, or give the key itself in QMS_SIGNING_KEY"
                )
            );
        }
    }
    let link = desk.path("link");
    symlink(&path, &link).expect("links");
    assert!(matches!(file::key(&link, None), Err(file::FileError::Exposed { .. })), "the mode of the file counts");
}

#[test]
fn a_file_that_is_no_key_is_refused_by_name() {
    let desk = Desk::new();
    let path = desk.path("ada");
    let refusal = || file::key(&path, None).expect_err("no key").to_string();
    let expect = |what: &str| format!("key file {path:?} {what}");

    assert_eq!(refusal(), expect("does not exist: make a key with: git qms key new PATH"));
    fs::write(&path, vec![b' '; (1 << 20) + 1]).expect("writes");
    assert_eq!(refusal(), expect("is larger than 1 MiB: it is no key"));
    fs::write(&path, [0xff; 9]).expect("writes");
    assert_eq!(refusal(), expect("is not text: it is no key of OpenSSH's; make one with: git qms key new PATH"));
    fs::write(&path, "hunter2").expect("writes");
    assert!(refusal().starts_with(&expect("is not a private key: expected -----BEGIN OPENSSH PRIVATE KEY-----")));
    fs::remove_file(&path).expect("removes");
    fs::create_dir(&path).expect("makes a directory");
    assert!(refusal().starts_with(&expect("cannot be read: Is a directory")), "{}", refusal());
    // A file without an end is bounded too.
    let endless = file::key(Path::new("/dev/zero"), None).expect_err("endless").to_string();
    assert_eq!(endless, "key file \"/dev/zero\" is larger than 1 MiB: it is no key");
}

#[test]
fn a_damaged_key_is_refused() {
    let desk = Desk::new();
    let path = desk.ed25519("ada");
    let whole = fs::read_to_string(&path).expect("reads");
    let body: String = whole.lines().filter(|line| !line.starts_with('-')).collect();
    let bytes = STANDARD.decode(body).expect("base64");
    for at in 0..bytes.len() - 1 {
        let mut other = bytes.clone();
        other[at] ^= 1;
        let text = format!(
            "-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----\n",
            STANDARD.encode(other)
        );
        // A change of the comment is no damage; a key that is read is the same key.
        if let Ok(key) = secret::key(&text) {
            assert_eq!(key.public_key().fingerprint().to_string(), fingerprint(&path), "byte {at}");
        }
    }
    fs::write(&path, whole.replace("-----END OPENSSH PRIVATE KEY-----\n", "")).expect("writes");
    let refusal = file::key(&path, None).expect_err("cut off").to_string();
    assert!(refusal.ends_with("is cut off: -----END OPENSSH PRIVATE KEY----- is missing; copy the whole file"));
}

#[test]
fn two_halves_of_two_keys_are_refused() {
    let desk = Desk::new();
    let (ada, grace) = (desk.ed25519("ada"), desk.ed25519("grace"));
    let public_file = desk.path("ada.pub");
    fs::copy(desk.path("grace.pub"), &public_file).expect("copies");
    assert_eq!(
        file::key(&public_file, None).expect_err("two keys").to_string(),
        format!(
            "{public_file:?} is key {}, but the private key beside it is {}: \
             ssh-keygen -y -f PRIVATE prints the public half that belongs to it",
            fingerprint(&grace),
            // With a .pub beside it, ssh-keygen -l would read that one.
            ours(&ada).fingerprint()
        )
    );
    fs::remove_file(&ada).expect("removes");
    assert_eq!(
        file::key(&public_file, None).expect_err("no agent").to_string(),
        format!(
            "{public_file:?} is the public half only, and its private file is not beside it: \
             no ssh-agent is running here (SSH_AUTH_SOCK is not set): eval \"$(ssh-agent)\""
        )
    );
}

fn ours(path: &Path) -> PublicKey {
    file::key(path, None).expect("a key").public_key().clone()
}

#[test]
fn a_secret_of_the_pipeline_survives_what_pipelines_do_to_it() {
    let desk = Desk::new();
    let path = desk.ed25519("ci");
    let whole = fs::read_to_string(&path).expect("reads");
    let base64 = STANDARD.encode(&whole);
    let wrapped = base64.as_bytes().chunks(76).map(|line| format!("{}\n", String::from_utf8_lossy(line)));
    for (name, value) in [
        ("as it is", whole.clone()),
        ("no newline at the end", whole.trim_end().into()),
        ("CRLF", whole.replace('\n', "\r\n")),
        ("newlines spelled out", whole.replace('\n', "\\n")),
        ("CRLF spelled out", whole.replace('\n', "\\r\\n")),
        ("spaces for newlines", whole.replace('\n', " ")),
        ("base64", base64.clone()),
        ("base64 without padding", base64.trim_end_matches('=').into()),
        ("base64 in lines", wrapped.collect()),
        ("base64 of CRLF", STANDARD.encode(whole.replace('\n', "\r\n"))),
    ] {
        let found = find(&Places { variable: Some(value), ..Places::default() }).expect(name);
        assert_eq!(found.from.to_string(), "QMS_SIGNING_KEY", "{name}");
        assert_signs(&desk, &*found.signer, &desk.path("ci.pub"));
    }
    ssh_keygen(&["-q", "-p", "-P", "", "-N", "passphrase", "-f", text(&path)]);
    let encrypted = fs::read_to_string(&path).expect("reads");
    assert_eq!(
        find(&Places { variable: Some(encrypted), ..Places::default() }).expect_err("encrypted").to_string(),
        "QMS_SIGNING_KEY: the key is encrypted, and a pipeline has nobody to type its passphrase: take it off a copy \
         (ssh-keygen -p -N '' -f COPY), or make a key for the pipeline: git qms key new PATH"
    );
}

#[test]
fn a_secret_is_never_shown() {
    let desk = Desk::new();
    let path = desk.ed25519("ci");
    let whole = fs::read_to_string(&path).expect("reads");
    let body: Vec<&str> = whole.lines().filter(|line| !line.starts_with('-')).collect();
    let base64 = STANDARD.encode(&whole);
    let broken = [
        whole.replace("-----END OPENSSH PRIVATE KEY-----", ""),
        whole.replace("BEGIN OPENSSH", "BEGIN"),
        format!("\"{whole}\""),
        body.concat(),
        body[1..].concat(),
        body[2..].join("\n"),
        base64[..base64.len() - 3].into(),
        format!("x{base64}"),
    ];
    let shown = |text: &str| body[1..].iter().any(|line| text.contains(line)) || text.contains(&base64[200..240]);
    for value in broken {
        let error = find(&Places { variable: Some(value.clone()), ..Places::default() }).expect_err("broken");
        assert!(!shown(&format!("{error} {error:?}")), "{value}: {error}");
    }
    let found = find(&Places { variable: Some(whole.clone()), ..Places::default() }).expect("a key");
    assert!(!shown(&format!("{found:?}")));
    assert_eq!(
        format!("{:?}", secret::key(&whole).expect("a key")),
        format!("SecretKey({:?})", ours(&path).fingerprint())
    );

    for value in [whole, base64.clone()] {
        let error = find(&Places { explicit: Some(value), ..Places::default() }).expect_err("shown to others");
        assert_eq!(
            error.to_string(),
            "--key: holds a private key where others can see it: put it into a file or into QMS_SIGNING_KEY, and replace it"
        );
    }
    let error = find(&Places { variable: Some("hunter2".into()), ..Places::default() }).expect_err("neither");
    assert_eq!(
        error.to_string(),
        "QMS_SIGNING_KEY: names no file and is no key (7 characters, not shown as it may be a secret): \
         give a path, or a key file's text from -----BEGIN OPENSSH PRIVATE KEY----- to its end"
    );
}

#[test]
fn a_new_key_is_one_that_ssh_keygen_reads_and_signs_with() {
    let desk = Desk::new();
    let path = desk.path("ada");
    let key = new::new(&path, "ada@example.com").expect("makes a key");
    let public_file = desk.path("ada.pub");
    let mode = |path: &Path| fs::metadata(path).expect("is there").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(fs::read_to_string(&public_file).expect("reads"), format!("{key} ada@example.com\n"));
    assert_eq!(ssh_keygen(&["-y", "-f", text(&path)]), format!("{key} ada@example.com\n"));
    assert_eq!(public(text(&public_file)).as_ref(), Ok(&key));
    assert_signs(&desk, &file::key(&path, None).expect("a key"), &public_file);

    let message = desk.path("theirs");
    fs::write(&message, "message").expect("writes");
    ssh_keygen(&["-q", "-Y", "sign", "-n", "git", "-f", text(&path), text(&message)]);
    let signature = fs::read_to_string(desk.path("theirs.sig")).expect("reads");
    assert_eq!(sshsig::signer_of(b"message", "git", &signature), Some(key));

    let plain = desk.path("plain");
    let key = new::new(&plain, "").expect("makes a key");
    assert_eq!(fs::read_to_string(desk.path("plain.pub")).expect("reads"), format!("{key}\n"));
    assert_eq!(ssh_keygen(&["-y", "-f", text(&plain)]).trim_end(), key.to_string());
}

#[test]
fn a_new_key_overwrites_nothing_and_leaves_no_half() {
    let desk = Desk::new();
    let path = desk.path("ada");
    let public_file = desk.path("ada.pub");
    let refusal = |path: &Path, comment| new::new(path, comment).expect_err("must be refused").to_string();

    fs::write(&public_file, "hers").expect("writes");
    let exists = "exists already: a key is never overwritten; choose another path";
    assert_eq!(refusal(&path, ""), format!("{public_file:?} {exists}"));
    assert!(!path.exists(), "no half is left");
    assert_eq!(fs::read_to_string(&public_file).expect("reads"), "hers");
    fs::write(&path, "hers").expect("writes");
    assert_eq!(refusal(&path, ""), format!("{path:?} {exists}"));
    assert_eq!(fs::read_to_string(&path).expect("reads"), "hers");

    assert_eq!(
        refusal(&public_file, ""),
        format!(
            "{public_file:?} ends in .pub, as public keys do: name the private file, and .pub is added for the other"
        )
    );
    assert_eq!(
        refusal(&desk.path("grace"), "a\nssh-ed25519 AAAA"),
        "comment \"a\\nssh-ed25519 AAAA\" holds control characters: it has to fit on one line"
    );
    // A folder that is not there is made; a file in its place is left alone.
    fs::write(desk.path("file"), "hers").expect("writes");
    let nowhere = desk.path("file/ada");
    assert!(refusal(&nowhere, "").contains("cannot be written"), "{}", refusal(&nowhere, ""));
}

#[test]
fn places_are_tried_in_their_order() {
    let desk = Desk::new();
    fs::create_dir_all(desk.path("home/.ssh")).expect("makes a directory");
    let home = desk.ed25519("home/.ssh/id_ed25519");
    let names = ["option", "variable", "qms", "user"];
    let paths = names.map(|name| desk.ed25519(&format!("home/{name}")));
    let value = |at: usize| Some(format!("~/{}", names[at]));
    let mut places = Places {
        explicit: value(0),
        variable: Some(fs::read_to_string(&paths[1]).expect("reads")),
        qms_signing_key: value(2),
        user_signing_key: value(3),
        gpg_format: Some("ssh".into()),
        home: Some(desk.path("home")),
        agent: None,
    };
    let expect = |places: &Places, path: &Path, from: &str| {
        let found = find(places).expect(from);
        assert_eq!(found.signer.public_key(), &ours(path), "{from}");
        assert_eq!(found.from.to_string(), from);
    };
    expect(&places, &paths[0], "~/option (--key)");
    places.explicit = None;
    expect(&places, &paths[1], "QMS_SIGNING_KEY");
    places.variable = value(1);
    expect(&places, &paths[1], "~/variable (QMS_SIGNING_KEY)");
    // As pipelines leave it where a secret is not given out.
    places.variable = Some(String::new());
    expect(&places, &paths[2], "~/qms (git config qms.signingKey)");
    places.qms_signing_key = None;
    expect(&places, &paths[3], "~/user (git config user.signingKey)");
    places.gpg_format = Some("openpgp".into());
    places.user_signing_key = Some("0xDEADBEEF".into());
    expect(&places, &home, "~/.ssh/id_ed25519");
}

#[test]
fn without_a_key_the_error_lists_every_place() {
    let desk = Desk::new();
    let mut places = Places { home: Some(desk.path("")), ..Places::default() };
    assert_eq!(
        find(&places).expect_err("nowhere").to_string(),
        "no signing key: looked at --key, QMS_SIGNING_KEY, git config qms.signingKey, git config user.signingKey \
         and ~/.ssh/id_ed25519; make one with: git qms key new ~/.ssh/id_ed25519"
    );
    places.user_signing_key = Some("0xDEADBEEF".into());
    let refusal = find(&places).expect_err("nowhere").to_string();
    assert!(refusal.contains("git config user.signingKey (not ssh: gpg.format) and"), "{refusal}");
}

#[test]
fn a_place_that_names_a_bad_key_is_an_error_and_not_passed_over() {
    let desk = Desk::new();
    fs::create_dir(desk.path(".ssh")).expect("makes a directory");
    desk.ed25519(".ssh/id_ed25519");
    let places = || Places { home: Some(desk.path("")), ..Places::default() };
    let refusal = |places: &Places| find(places).expect_err("must be refused").to_string();

    assert_eq!(refusal(&Places { explicit: Some(String::new()), ..places() }), "--key: is empty: give a key file");
    assert_eq!(
        refusal(&Places { variable: Some("../nowhere".into()), ..places() }),
        "QMS_SIGNING_KEY: key file \"../nowhere\" does not exist: make a key with: git qms key new PATH"
    );
    assert_eq!(
        refusal(&Places { qms_signing_key: Some("nowhere".into()), ..places() }),
        "git config qms.signingKey: key file \"nowhere\" does not exist: make a key with: git qms key new PATH"
    );
    let user =
        |value: &str| Places { user_signing_key: Some(value.into()), gpg_format: Some("ssh".into()), ..places() };
    assert_eq!(
        refusal(&user("ssh-rsa AAAA")),
        "git config user.signingKey: public key is a key of ssh-rsa: git-qms signs with ssh-ed25519; make one with: \
         git qms key new PATH; git config qms.signingKey PATH sets a key for git-qms alone"
    );
    let line = fs::read_to_string(desk.path(".ssh/id_ed25519.pub")).expect("reads");
    let refused = refusal(&user(&line));
    assert!(refused.starts_with("git config user.signingKey: no ssh-agent is running here"), "{refused}");
}
