//! The copy of a table: a temporary file that is written, then read from its start.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};

use crate::UNPACKED_BYTES_MAX;

/// A copy that is being written.
pub(super) struct Spool {
    out: BufWriter<File>,
    /// Bytes that it may still grow by.
    left: u64,
}

impl Spool {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Spool::of(tempfile::tempfile()?, UNPACKED_BYTES_MAX))
    }

    fn of(file: File, left: u64) -> Self {
        Spool {
            out: BufWriter::with_capacity(1 << 20, file),
            left,
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or_else(|| {
            let message = format!("it is larger than {} GiB", UNPACKED_BYTES_MAX >> 30);
            io::Error::new(io::ErrorKind::FileTooLarge, message)
        })?;
        self.out.write_all(bytes)
    }

    /// One record; a missing value is an empty cell.
    pub(super) fn record<'v>(
        &mut self,
        cells: impl Iterator<Item = Option<&'v [u8]>>,
    ) -> io::Result<()> {
        for (i, cell) in cells.enumerate() {
            if i > 0 {
                self.write(b",")?;
            }
            let cell = cell.unwrap_or(b"");
            let is_plain = !cell
                .iter()
                .any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r'));
            if is_plain {
                self.write(cell)?;
                continue;
            }
            self.write(b"\"")?;
            for part in cell.split_inclusive(|byte| *byte == b'"') {
                self.write(part)?;
                if part.ends_with(b"\"") {
                    self.write(b"\"")?;
                }
            }
            self.write(b"\"")?;
        }
        self.write(b"\n")
    }

    pub(super) fn finish(self) -> io::Result<File> {
        let mut file = self
            .out
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_quoted_where_they_must_be() {
        let mut spool = Spool::new().unwrap();
        let cells: [Option<&[u8]>; 4] = [Some(b"a"), None, Some(b"b,\"c\""), Some(b"d\ne")];
        spool.record(cells.into_iter()).unwrap();
        let mut text = String::new();
        io::Read::read_to_string(&mut spool.finish().unwrap(), &mut text).unwrap();
        assert_eq!(text, "a,,\"b,\"\"c\"\"\",\"d\ne\"\n");
    }

    #[test]
    fn a_copy_has_a_limit() {
        let mut spool = Spool::of(tempfile::tempfile().unwrap(), 5);
        spool.write(b"12345").unwrap();
        let error = spool.write(b"6").unwrap_err();
        assert!(error.to_string().contains("64 GiB"), "{error}");
    }
}
