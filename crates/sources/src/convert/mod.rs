//! Formats that are no lines of text, made into some while they are read:
//! sheets into cells between tabs, XML and mail into JSON objects. A thread of
//! its own converts; what it has made is read through a [`Read`] as the text of
//! any file is, so that one way of splitting, counting and quarantining serves
//! all. Memory: a few chunks, and what the format itself must have whole.

pub(crate) mod json;
mod mail;
mod sheet;
mod xml;

use std::io::{self, BufRead, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::files::{Sheet, Slice};

/// Bytes of a chunk.
const CHUNK: usize = 64 << 10;
/// Chunks that may wait to be read.
const CHUNKS_WAITING: usize = 4;

/// A sheet as lines of cells between tabs.
///
/// # Errors
/// Those of starting a thread; what is wrong with the workbook comes as an error
/// of reading.
pub(crate) fn sheet(bytes: Slice, sheet: Sheet) -> io::Result<Box<dyn Read + Send>> {
    piped(move |out| sheet::write(&bytes, &sheet, out))
}

/// The records of an XML text (UTF-8) as JSON objects, one a line.
///
/// # Errors
/// As [`sheet`].
pub(crate) fn xml(input: impl BufRead + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    piped(move |out| xml::write(input, out))
}

/// The messages of a mailbox, or one message, as JSON objects, one a line.
///
/// # Errors
/// As [`sheet`].
pub(crate) fn mail(input: impl BufRead + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    piped(move |out| mail::write(input, out))
}

/// What a format's bytes are not.
fn damaged(message: impl ToString) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message.to_string())
}

type Chunk = io::Result<Vec<u8>>;

/// Runs `make` on a thread of its own and reads what it writes.
fn piped<F>(make: F) -> io::Result<Box<dyn Read + Send>>
where
    F: FnOnce(&mut Pipe) -> io::Result<()> + Send + 'static,
{
    let (sender, receiver) = sync_channel(CHUNKS_WAITING);
    std::thread::Builder::new()
        .name("convert".to_owned())
        .spawn(move || {
            let mut pipe = Pipe {
                sender,
                chunk: Vec::with_capacity(CHUNK),
            };
            let end = make(&mut pipe)
                .and_then(|()| pipe.flush())
                .map(|()| Vec::new());
            // Nobody may be reading any more.
            let _ = pipe.sender.send(end);
        })?;
    Ok(Box::new(Piped {
        receiver,
        chunk: Vec::new(),
        at: 0,
        ended: false,
    }))
}

/// The end that is written to.
struct Pipe {
    sender: SyncSender<Chunk>,
    chunk: Vec<u8>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.chunk.extend_from_slice(bytes);
        if self.chunk.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        let chunk = std::mem::replace(&mut self.chunk, Vec::with_capacity(CHUNK));
        self.sender
            .send(Ok(chunk))
            .map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// The end that is read.
struct Piped {
    receiver: Receiver<Chunk>,
    chunk: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Read for Piped {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.chunk.len() {
            if self.ended {
                return Ok(0);
            }
            // An empty chunk ends it; without one the other side gave up.
            let next = self
                .receiver
                .recv()
                .unwrap_or_else(|_| Err(damaged("its reader stopped in the middle")));
            self.ended = next.as_ref().map_or(true, Vec::is_empty);
            self.chunk = next?;
            self.at = 0;
        }
        let ready = self.chunk.get(self.at..).unwrap_or(&[]);
        let count = ready.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), ready.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_gives_all_that_was_written_then_the_error() {
        let written = vec![b'x'; 300_000];
        let expected = written.clone();
        let mut reader = piped(move |out| out.write_all(&written)).unwrap();
        let mut read = Vec::new();
        reader.read_to_end(&mut read).unwrap();
        assert_eq!(read, expected);
        let mut failing = piped(|out| {
            out.write_all(b"abc")?;
            out.flush()?;
            Err(damaged("broken here"))
        })
        .unwrap();
        let mut read = Vec::new();
        let error = failing.read_to_end(&mut read).unwrap_err();
        assert_eq!(
            (read.as_slice(), error.to_string().as_str()),
            (b"abc".as_slice(), "broken here")
        );
    }

    #[test]
    fn a_reader_that_leaves_early_stops_the_writer() {
        let (done, was_stopped) = sync_channel(1);
        let mut reader = piped(move |out| {
            let result = (0..1_000_000).try_for_each(|_| out.write_all(&[0; 100]));
            let _ = done.send(result.is_err());
            result
        })
        .unwrap();
        reader.read_exact(&mut [0; 10]).unwrap();
        drop(reader);
        assert!(was_stopped.recv().unwrap());
    }
}
