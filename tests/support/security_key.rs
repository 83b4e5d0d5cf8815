//! A security key made of software, behind an agent's socket: what `ssh-add` of a FIDO key leads to, without one to touch.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]

use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use ed25519_dalek::{Signer as _, SigningKey};
use git_qms::envelope::{PublicKey, Touch};

/// Bit 0 of the flags: somebody touched it.
pub const TOUCHED: u8 = 1;

pub struct SecurityKey {
    pub public: PublicKey,
    pub socket: PathBuf,
    /// What it says of the next signature.
    pub flags: Arc<AtomicU8>,
}

fn string(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("short");
    [&length.to_be_bytes()[..], bytes].concat()
}

fn take(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (length, rest) = bytes.split_first_chunk::<4>().expect("a length");
    rest.split_at(u32::from_be_bytes(*length) as usize)
}

impl SecurityKey {
    /// Plugs it in: an agent answers for it as long as the test runs.
    pub fn plug_in(dir: &Path, seed: u8) -> Self {
        let secret = SigningKey::from_bytes(&[seed; 32]);
        let public = PublicKey::of_hardware(secret.verifying_key().as_bytes()).expect("a strong key");
        let (socket, flags) = (dir.join("security-key"), Arc::new(AtomicU8::new(TOUCHED)));
        let listener = UnixListener::bind(&socket).expect("binds");
        let (held, said) = (public.to_wire(), Arc::clone(&flags));
        let counter = AtomicU32::new(1);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                while let Some(request) = read(&mut stream) {
                    let answer = match request.split_first() {
                        Some((11, _)) => [&[12, 0, 0, 0, 1][..], &string(&held), &string(b"a key")].concat(),
                        Some((13, rest)) if take(rest).0 == held => {
                            let (message, _) = take(take(rest).1);
                            let count = counter.fetch_add(1, Ordering::Relaxed);
                            let mut touch =
                                Touch { signature: [0; 64], flags: said.load(Ordering::Relaxed), counter: count };
                            touch.signature = secret.sign(&touch.signed(message)).to_bytes();
                            let mut blob = [string(b"sk-ssh-ed25519@openssh.com"), string(&touch.signature)].concat();
                            blob.push(touch.flags);
                            blob.extend(count.to_be_bytes());
                            [&[14][..], &string(&blob)].concat()
                        }
                        _ => vec![5],
                    };
                    stream.write_all(&string(&answer)).expect("is read");
                }
            }
        });
        Self { public, socket, flags }
    }
}

fn read(stream: &mut UnixStream) -> Option<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).ok()?;
    let mut request = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut request).ok()?;
    Some(request)
}
