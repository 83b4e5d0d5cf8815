//! What is kept, read back; and what it takes for it to be believed.

use std::path::Path;

use super::file::remove;
use super::write::LOOSE_CHUNKS;
use super::*;

fn index(folder: &Path, key: u8, place: &str) -> Index {
    let folder = std::fs::canonicalize(folder).expect("a folder");
    Index { file: folder.join("qms").join("index.sqlite"), place: place.into(), key: [key; 32] }
}

fn kept(index: &Index, chunks: &[&[u8]]) -> Kept {
    let fill = |each: Each<'_>| {
        chunks.iter().all(|chunk| each(Piece::Chunk(chunk.to_vec())));
    };
    index.replace(b"state", b"stamps", fill).expect("kept")
}

#[test]
fn what_was_kept_is_read_and_added_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = index(folder.path(), 1, "/here");
    assert_eq!(index.read(), None);
    assert!(!index.file.exists());
    let first = kept(&index, &[b"one", b"two"]);
    assert_eq!(index.read(), Some(first.clone()));
    let mut last = first.clone();
    for number in 0..2 * LOOSE_CHUNKS {
        last =
            index.advance(&last, format!("{number}").as_bytes(), b"", &[Piece::Chunk(b"x".to_vec())]).expect("added");
    }
    assert_eq!(index.read(), Some(last.clone()));
    let chunks = index.chunks(&last).expect("all of them");
    assert_eq!(chunks.concat(), [&b"onetwo"[..], &vec![b'x'; 2 * LOOSE_CHUNKS as usize]].concat());
    assert!(chunks.len() < 2 * LOOSE_CHUNKS as usize, "they were made one on the way");
    assert_eq!(index.chunks(&first), Some(vec![b"one".to_vec(), b"two".to_vec()]));
    // Somebody else was quicker.
    assert_eq!(index.advance(&first, b"late", b"", &[]), None);
}

#[test]
fn another_key_place_row_or_file_is_as_if_there_were_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = index(folder.path(), 1, "/here");
    let first = kept(&good, &[b"one", b"two"]);
    assert_eq!(index(folder.path(), 2, "/here").read(), None);
    assert_eq!(index(folder.path(), 1, "/there").read(), None);
    for (sql, has_state) in [
        ("UPDATE chunk SET bytes = x'00' WHERE number = 1", true),
        ("DELETE FROM chunk WHERE number = 1", true),
        ("UPDATE chunk SET number = 1 - number + 10; UPDATE chunk SET number = number - 10", true),
        ("UPDATE state SET text = x'00'", false),
        ("UPDATE state SET chunks = 1", false),
        ("DELETE FROM state", false),
        ("DROP TABLE chunk; CREATE VIEW chunk AS SELECT 0 AS number, x'' AS mac, x'' AS bytes", true),
        ("DROP TABLE state; CREATE TABLE state (id TEXT)", false),
    ] {
        let there = Connection::open(&good.file).expect("opens");
        there.execute_batch(sql).expect(sql);
        drop(there);
        assert_eq!(good.read().is_some(), has_state, "{sql}");
        // Chunks have codes of their own: where they alone are as they were, they may be had.
        assert_eq!(good.chunks(&first).is_some(), !has_state, "{sql}");
        remove(&good.file);
        kept(&good, &[b"one", b"two"]);
    }
    for bytes in [&b""[..], b"no database", &std::fs::read(&good.file).expect("a file")[..20_000]] {
        std::fs::write(&good.file, bytes).expect("written");
        assert_eq!(good.read(), None);
        // And it is made anew.
        let made = kept(&good, &[b"three"]);
        assert_eq!(good.read(), Some(made));
    }
}

#[cfg(unix)]
#[test]
fn a_link_in_its_place_leads_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let (index, elsewhere) = (index(folder.path(), 1, "/here"), folder.path().join("elsewhere"));
    std::fs::create_dir(folder.path().join("qms")).expect("a folder");
    for content in [None, Some("")] {
        if let Some(content) = content {
            std::fs::write(&elsewhere, content).expect("written");
        }
        let _gone = std::fs::remove_file(&index.file);
        std::os::unix::fs::symlink(&elsewhere, &index.file).expect("a link");
        assert_eq!(index.read(), None);
        kept(&index, &[b"one"]);
        assert_eq!(std::fs::read(&elsewhere).ok(), content.map(|content| content.as_bytes().to_vec()));
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_reads_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let index = index(folder.path(), 1, "/here");
    kept(&index, &[]);
    assert_eq!(std::fs::metadata(&index.file).expect("a file").permissions().mode() & 0o777, 0o600);
}

#[test]
fn parts_are_kept_by_number_and_go_with_their_chunks() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = index(folder.path(), 1, "/here");
    assert!(index.parts().is_none());
    let part = |number, bytes: &[u8]| Piece::Part(number, bytes.to_vec());
    let fill = |each: Each<'_>| {
        each(part(0, b"zero"));
        each(part(32, b"next"));
    };
    let first = index.replace(b"", b"", fill).expect("kept");
    let parts = index.parts().expect("a file");
    assert_eq!((parts.part(0), parts.part(1), parts.part(32)), (Some(b"zero".to_vec()), None, Some(b"next".to_vec())));
    index.advance(&first, b"", b"", &[part(64, b"more")]).expect("added");
    assert_eq!(parts.part(64), Some(b"more".to_vec()));
    kept(&index, &[b"one"]);
    assert_eq!(parts.part(0), None);
}
