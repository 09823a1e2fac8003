//! Standard output that may be a pipe: when the reader has gone, the program ends
//! quietly.

use std::io::{self, BufWriter, ErrorKind, Stdout, Write};

/// Buffered standard output. A closed pipe ends the program with exit code 0, as
/// after `| head`: whoever read it has seen enough.
pub(crate) struct Output {
    inner: BufWriter<Quiet<Stdout>>,
}

impl Output {
    /// Standard output.
    pub(crate) fn standard() -> Self {
        Self {
            inner: BufWriter::with_capacity(1 << 16, Quiet(io::stdout())),
        }
    }

    /// Writes a line.
    ///
    /// # Errors
    /// When it cannot be written, other than for want of a reader.
    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.inner, "{text}")
    }

    /// Writes out what is still held back.
    ///
    /// # Errors
    /// As [`Output::line`].
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

struct Quiet<W>(W);

impl<W: Write> Write for Quiet<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        end_without_reader(self.0.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        end_without_reader(self.0.flush())
    }
}

fn end_without_reader<T>(result: io::Result<T>) -> io::Result<T> {
    if matches!(&result, Err(error) if error.kind() == ErrorKind::BrokenPipe) {
        std::process::exit(i32::from(crate::exit::GOOD));
    }
    result
}
