//! The bytes of a report, from front to back: a first piece that tells the format, then either all the
//! rest at once, within bounds, or as a stream.

use std::io::{self, BufRead, Read};

use super::error::IngestError;
use super::{MAX_REPORT, MAX_STREAMED};

/// How much is looked at to tell the format.
const HEAD: u64 = 64 << 10;

/// A report whose head has been read.
pub(super) struct Content<'a> {
    /// Its first bytes; all of them where it is that short.
    pub(super) head: Vec<u8>,
    /// Whether the head is all there is.
    pub(super) is_whole: bool,
    rest: &'a mut dyn BufRead,
}

impl<'a> Content<'a> {
    /// Reads the head.
    pub(super) fn begin(file: &str, rest: &'a mut dyn BufRead) -> Result<Self, IngestError> {
        let mut head = Vec::new();
        rest.take(HEAD).read_to_end(&mut head).map_err(|error| unreadable(file, &error))?;
        let is_whole = (head.len() as u64) < HEAD;
        Ok(Self { head, is_whole, rest })
    }

    /// Reads the rest into the head, unless there is too much of it.
    pub(super) fn read_whole(&mut self, file: &str) -> Result<(), IngestError> {
        if !self.is_whole {
            let room = (MAX_REPORT + 1).saturating_sub(self.head.len()) as u64;
            self.rest.take(room).read_to_end(&mut self.head).map_err(|error| unreadable(file, &error))?;
            self.is_whole = true;
        }
        if self.head.len() > MAX_REPORT {
            return Err(IngestError::TooLarge { file: file.into() });
        }
        Ok(())
    }

    /// All of it, piece by piece.
    pub(super) fn stream(self) -> impl BufRead + 'a {
        Bounded { inner: io::Cursor::new(self.head).chain(self.rest), left: MAX_STREAMED }
    }
}

fn unreadable(file: &str, error: &io::Error) -> IngestError {
    IngestError::Unreadable { file: file.into(), reason: error.to_string() }
}

/// A stream that fails, instead of ending, where it is longer than it may be.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let bytes = self.inner.fill_buf()?;
        if self.left == 0 && !bytes.is_empty() {
            return Err(io::Error::other(format!("more than {MAX_STREAMED} bytes: split the report")));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
        Ok(&bytes[..most])
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount as u64);
        self.inner.consume(amount);
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        read_buffered(self, into)
    }
}

/// `Read::read` of what is read by its buffer.
pub(super) fn read_buffered(reader: &mut impl BufRead, into: &mut [u8]) -> io::Result<usize> {
    let bytes = reader.fill_buf()?;
    let read = bytes.len().min(into.len());
    into[..read].copy_from_slice(&bytes[..read]);
    reader.consume(read);
    Ok(read)
}

/// Puts the next line, without its end, into `line`; `false` at the end. A line longer than `most` is an error.
pub(super) fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>, most: usize) -> io::Result<bool> {
    line.clear();
    let read = reader.by_ref().take(most as u64 + 1).read_until(b'\n', line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if line.len() > most {
        return Err(io::Error::other(format!("a line is longer than {most} bytes")));
    }
    Ok(read > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_over_its_limit_is_an_error_and_no_end() {
        let mut text = Vec::new();
        let mut bounded = Bounded { inner: &b"12345"[..], left: 5 };
        bounded.read_to_end(&mut text).expect("within the limit");
        let mut bounded = Bounded { inner: &b"123456"[..], left: 5 };
        assert!(bounded.read_to_end(&mut text).is_err());
    }

    #[test]
    fn lines_end_and_are_bounded() {
        let mut reader = &b"a\n\nbc"[..];
        let (mut line, mut found) = (Vec::new(), Vec::new());
        while next_line(&mut reader, &mut line, 2).expect("lines") {
            found.push(line.clone());
        }
        assert_eq!(found, [&b"a"[..], b"", b"bc"]);
        assert!(next_line(&mut &b"abc\n"[..], &mut line, 2).is_err());
    }
}
