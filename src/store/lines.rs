//! How many lines changed between two commits: as many as have to be added or taken out, and no more.

use gix::hash::ObjectId;
use gix::objs::Kind;

use super::reader::{ReadError, Reader};
use super::repository::Repository;
use crate::record::ids::CommitId;

/// A file of more bytes is not compared: it counts as more than anybody asks about.
const MAX_BYTES: usize = 16 << 20;

impl Repository {
    /// The lines added and taken out between two commits in the files wanted, counted up to `most`; every line of `commit`
    /// without a base. Renames are not followed. A submodule is one line; what is no text is counted by its line feeds.
    pub fn changed_lines(
        &self,
        base: Option<&CommitId>,
        commit: &CommitId,
        wanted: &dyn Fn(&str) -> bool,
        most: u64,
    ) -> Result<u64, ReadError> {
        let mut reader = self.reader();
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let mut count = 0;
        for (path, old, new) in self.differences(base, commit)? {
            if count >= most {
                break;
            }
            if wanted(&path) {
                let (old, new) = (side(&mut reader, old)?, side(&mut reader, new)?);
                count += match (&old, &new) {
                    (Side::Large, _) | (_, Side::Large) => most,
                    (Side::Bytes(old), Side::Bytes(new)) => edits(&lines(old), &lines(new), most - count),
                };
            }
        }
        Ok(u64::try_from(count.min(most)).unwrap_or(u64::MAX))
    }
}

enum Side {
    Bytes(Vec<u8>),
    Large,
}

/// What a file holds on one side; a submodule's id stands for what it holds.
fn side(reader: &mut Reader, file: Option<(ObjectId, bool)>) -> Result<Side, ReadError> {
    let Some((id, is_submodule)) = file else { return Ok(Side::Bytes(Vec::new())) };
    if is_submodule {
        return Ok(Side::Bytes(id.to_string().into_bytes()));
    }
    let data = reader.find(Kind::Blob, &id)?;
    Ok(if data.len() > MAX_BYTES { Side::Large } else { Side::Bytes(data.to_vec()) })
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

/// The fewest lines to take out and put in that make one text the other, counted up to `most`: Myers, "An O(ND) Difference
/// Algorithm and Its Variations", 1986.
fn edits(old: &[&[u8]], new: &[&[u8]], most: usize) -> usize {
    let most = most.min(old.len() + new.len());
    // By diagonal, how far along `old` so many edits reach; a diagonal's place is its number of lines put in less those taken out.
    let mut reach = vec![0_usize; 2 * most + 3];
    let zero = most + 1;
    for count in 0..=most {
        for at in (zero - count..=zero + count).step_by(2) {
            // `at` is zero + x - y, so that y is x + zero - at.
            let down = at == zero - count || (at != zero + count && reach[at - 1] < reach[at + 1]);
            let mut x = if count == 0 {
                0
            } else if down {
                reach[at + 1]
            } else {
                reach[at - 1] + 1
            };
            while x < old.len() && new.get(x + zero - at) == Some(&old[x]) {
                x += 1;
            }
            reach[at] = x;
            if x >= old.len() && x + zero - at >= new.len() {
                return count;
            }
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::{edits, lines};

    fn count(old: &str, new: &str, most: usize) -> usize {
        edits(&lines(old.as_bytes()), &lines(new.as_bytes()), most)
    }

    #[test]
    fn the_fewest_edits_are_counted() {
        for (old, new, expected) in [
            ("", "", 0),
            ("", "a\nb\n", 2),
            ("a\nb\n", "", 2),
            ("a\nb\nc\n", "a\nb\nc\n", 0),
            ("a\nb\nc\n", "a\nx\nc\n", 2),
            ("a\nb\nc\n", "c\na\nb\n", 2),
            ("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n", 5),
            ("a", "a\n", 2),
            ("a\n", "b\na\nb\n", 2),
        ] {
            assert_eq!(count(old, new, 100), expected, "{old:?} {new:?}");
            assert_eq!(count(new, old, 100), expected, "{new:?} {old:?}");
        }
    }

    #[test]
    fn no_more_is_counted_than_is_asked() {
        let (old, new) = ("a\n".repeat(5_000), "b\n".repeat(5_000));
        assert_eq!(count(&old, &new, 7), 7);
        assert_eq!(count(&old, &new, 0), 0);
    }
}
