//! Agents that are dead, hostile or merely wrong.

use std::os::unix::net::UnixListener;

use proptest::prelude::*;

use super::*;
use crate::test_support::TestKey;

fn text(error: &AgentError) -> String {
    error.to_string()
}

/// A socket whose agent answers every question with `answer`, then hangs up.
fn agent(answer: Vec<u8>) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a directory");
    let socket = dir.path().join("agent");
    let listener = UnixListener::bind(&socket).expect("binds");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut length = [0; 4];
            stream.read_exact(&mut length).expect("a length");
            let mut request = vec![0; u32::from_be_bytes(length) as usize];
            stream.read_exact(&mut request).expect("a request");
            stream.write_all(&answer).expect("reads the answer");
        }
    });
    (dir, socket)
}

fn framed(message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    put(&mut bytes, message).expect("short");
    bytes
}

fn sign_response(algorithm: &str, signature: &[u8]) -> Vec<u8> {
    let mut blob = framed(algorithm.as_bytes());
    put(&mut blob, signature).expect("short");
    [&[SIGN_RESPONSE][..], &framed(&blob)].concat()
}

fn held(socket: PathBuf) -> AgentKey {
    AgentKey { socket, public: TestKey::new(1).public_key().clone() }
}

#[test]
fn without_a_socket_the_error_says_how_to_start_an_agent() {
    let error = key(None, TestKey::new(1).public_key()).expect_err("no agent");
    assert_eq!(text(&error), "no ssh-agent is running here (SSH_AUTH_SOCK is not set): eval \"$(ssh-agent)\"");
}

#[test]
fn a_socket_nobody_listens_on_is_named() {
    let error = keys(Path::new("/nowhere/agent")).expect_err("no agent");
    assert!(text(&error).starts_with("ssh-agent at \"/nowhere/agent\": No such file"), "{error}");
    assert!(text(&error).ends_with("; is it running? SSH_AUTH_SOCK names it"), "{error}");
}

#[test]
fn a_silent_agent_does_not_hang_us() {
    let dir = tempfile::tempdir().expect("a directory");
    let socket = dir.path().join("agent");
    let _listener = UnixListener::bind(&socket).expect("binds");
    let error = ask(&socket, &[REQUEST_IDENTITIES], Duration::from_millis(50)).expect_err("silent");
    assert_eq!(error, AgentError::Silent { socket, seconds: 0 });
    assert!(text(&error).contains("did not answer within 0 s: start it anew, or use a key file"));
}

#[test]
fn a_message_over_the_agents_limit_is_not_sent() {
    let error = held("/nowhere".into()).sign(&vec![0; MAX_MESSAGE]).expect_err("too long");
    assert_eq!(
        error.0,
        "262208 bytes are more than the 262144 that ssh-agent signs: use a key file, or attach reports as files"
    );
}

#[test]
fn an_answer_over_the_limit_or_of_no_length_is_refused() {
    for length in [u32::MAX, 262_145, 0] {
        let (_dir, socket) = agent(length.to_be_bytes().to_vec());
        let error = keys(&socket).expect_err("wrong length");
        assert_eq!(
            text(&error),
            "ssh-agent's answer is not what its protocol says: a message of no length, or over 256 KiB"
        );
    }
}

#[test]
fn an_agent_that_hangs_up_is_unreachable() {
    let (_dir, socket) = agent(vec![0, 0, 0, 9, IDENTITIES_ANSWER]);
    assert!(matches!(keys(&socket), Err(AgentError::Unreachable { .. })));
}

#[test]
fn a_refusal_says_what_may_have_caused_it() {
    let (_dir, socket) = agent(framed(&[FAILURE]));
    let error = held(socket).sign(b"message").expect_err("refused");
    assert_eq!(error.0, "ssh-agent refused: it may be locked (ssh-add -X), or the confirmation was declined");
}

#[test]
fn a_signature_by_another_key_is_not_passed_on() {
    let RawSignature::Plain(other) = TestKey::new(2).sign(b"message").expect("signs") else { panic!("hardware") };
    let (_dir, socket) = agent(framed(&sign_response("ssh-ed25519", &other)));
    let key = held(socket);
    let error = key.signature(b"message").expect_err("wrong");
    assert_eq!(error, AgentError::WrongSignature(key.public.fingerprint()));
    assert!(text(&error).contains("does not verify with key SHA256:"));
}

#[test]
fn a_signature_is_read_in_one_form_only() {
    let good = sign_response("ssh-ed25519", &[7; 64]);
    assert_eq!(signature(&good), Ok(RawSignature::Plain([7; 64])));
    let longer = [&good[..], b"x"].concat();
    for other in [
        sign_response("rsa-sha2-512", &[7; 64]),
        sign_response("ssh-ed25519", &[7; 63]),
        sign_response("sk-ssh-ed25519@openssh.com", &[7; 64]),
        longer,
        good[..good.len() - 1].to_vec(),
    ] {
        let error = signature(&other).expect_err("another form");
        assert_eq!(error, AgentError::Malformed("not an Ed25519 signature of 64 bytes"), "{other:?}");
    }
}

#[test]
fn a_hardware_keys_signature_goes_on_with_flags_and_a_counter() {
    let mut blob = framed(HARDWARE.as_bytes());
    put(&mut blob, &[7; 64]).expect("short");
    let answer = |trailer: &[u8]| [&[SIGN_RESPONSE][..], &framed(&[&blob[..], trailer].concat())].concat();
    let touch = Touch { signature: [7; 64], flags: 5, counter: 258 };
    assert_eq!(signature(&answer(&[5, 0, 0, 1, 2])), Ok(RawSignature::Touched(touch)));
    for other in [&[5, 0, 0, 1][..], &[5, 0, 0, 1, 2, 3], &[]] {
        signature(&answer(other)).expect_err("another form");
    }
}

#[test]
fn keys_of_other_algorithms_are_passed_over_and_a_cut_list_is_not() {
    let ours = TestKey::new(1).public_key().clone();
    let mut answer = vec![IDENTITIES_ANSWER, 0, 0, 0, 2];
    for part in [b"\0\0\0\x07ssh-rsa".to_vec(), b"old".to_vec(), ours.to_wire(), b"ada".to_vec()] {
        put(&mut answer, &part).expect("short");
    }
    assert_eq!(identities(&answer), Ok(vec![ours]));
    answer.pop();
    assert_eq!(identities(&answer), Err(AgentError::Malformed("not a list of keys")));
}

proptest! {
    #[test]
    fn no_answer_panics(answer in proptest::collection::vec(any::<u8>(), 0..200), kind in 11_u8..15) {
        for answer in [answer.clone(), [&[kind][..], &answer].concat()] {
            let _ = identities(&answer);
            let _ = signature(&answer);
        }
    }
}
