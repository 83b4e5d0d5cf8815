//! What another program kept is not believed, though the code on it is right.

use hmac::{Hmac, KeyInit as _, Mac as _};
use rusqlite::Connection;
use sha2::Sha256;

use crate::project::Project;
use crate::{file, indexed};

/// Edits the state as a program that holds the key could.
fn edited(project: &Project, from: &str, to: &str) {
    let connection = Connection::open(file(project)).expect("an index");
    let sql = "SELECT chunks, sealed, root, text, stamps FROM state";
    let (chunks, sealed, root, text, stamps) = connection
        .query_row(sql, [], |row| {
            let root: Vec<u8> = row.get(2)?;
            Ok((
                row.get::<_, u32>(0)?,
                row.get::<_, u32>(1)?,
                root,
                row.get::<_, Vec<u8>>(3)?,
                row.get::<_, Vec<u8>>(4)?,
            ))
        })
        .expect("a state");
    let text = String::from_utf8(text).expect("JSON");
    assert!(text.contains(from), "{from} is not in {text}");
    let text = text.replacen(from, to, 1).into_bytes();
    let key = std::fs::read(project.outside().join("home/.local/state/git-qms/index.key")).expect("a key");
    let mut code = Hmac::<Sha256>::new_from_slice(&key).expect("of any length");
    let place = std::fs::canonicalize(project.path().join(".git")).expect("a folder");
    let numbers = [chunks.to_le_bytes(), sealed.to_le_bytes()].concat();
    for part in [
        place.as_os_str().as_encoded_bytes(),
        b"git-qms index state 1",
        &numbers[..],
        &root[..],
        &text[..],
        &stamps[..],
    ] {
        code.update(&(part.len() as u64).to_le_bytes());
        code.update(part);
    }
    let code: [u8; 32] = code.finalize().into_bytes().into();
    connection.execute("UPDATE state SET text = ?1, mac = ?2", (text, code)).expect("kept");
}

fn valid(project: &Project) -> Option<u64> {
    project.qms(&["verify", "--json"]).json()["counts"]["valid"].as_u64()
}

#[test]
fn what_another_program_kept_is_verified_anew() {
    let project = indexed(Project::proven());
    let sound = valid(&project).expect("a count");
    let (from, to) = (format!("\"valid\":{sound}"), "\"valid\":999");
    edited(&project, &from, to);
    assert_eq!(valid(&project), Some(999), "the code is not as this test makes it, so that it shows nothing");
    edited(&project, "\"program\":\"", "\"program\":\"0.0.0 of ");
    assert_eq!(valid(&project), Some(sound));
    // And what this program made in its place is believed again.
    edited(&project, &from, to);
    assert_eq!(valid(&project), Some(999));
}
