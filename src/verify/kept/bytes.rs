//! Numbers and ids one after the other. What does not fit ends the reading.

use crate::record::ids::CommitId;

/// Writes.
#[derive(Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn number(&mut self, number: u32) {
        self.0.extend(number.to_le_bytes());
    }

    /// A length; what is longer than four thousand million is no record.
    pub(super) fn length(&mut self, length: usize) {
        self.number(u32::try_from(length).unwrap_or(u32::MAX));
    }

    pub(super) fn commit(&mut self, commit: &CommitId) {
        self.short(commit.as_bytes());
    }

    /// What is never longer than 255 bytes.
    pub(super) fn short(&mut self, bytes: &[u8]) {
        self.0.push(u8::try_from(bytes.len()).unwrap_or(u8::MAX));
        self.0.extend(bytes);
    }

    pub(super) fn long(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.0.extend(bytes);
    }

    pub(super) fn places(&mut self, places: &[u32]) {
        self.length(places.len());
        for place in places {
            self.number(*place);
        }
    }
}

/// Reads.
pub(super) struct Reader<'b>(pub(super) &'b [u8]);

impl<'b> Reader<'b> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn number(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn length(&mut self) -> Option<usize> {
        self.number().and_then(|length| usize::try_from(length).ok())
    }

    pub(super) fn commit(&mut self) -> Option<CommitId> {
        CommitId::from_bytes(self.short()?)
    }

    pub(super) fn short(&mut self) -> Option<&'b [u8]> {
        let length = usize::from(self.byte()?);
        self.take(length)
    }

    pub(super) fn long(&mut self) -> Option<&'b [u8]> {
        let length = self.length()?;
        self.take(length)
    }

    /// Places, each below `end`.
    pub(super) fn places(&mut self, end: u32) -> Option<Vec<u32>> {
        let count = self.length()?;
        (0..count).map(|_| self.number().filter(|place| *place < end)).collect()
    }
}
