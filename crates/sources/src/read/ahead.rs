//! Reading ahead: one thread splits and converts while the other does
//! something with what was read.

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::JoinHandle;

use super::super::error::Error;
use super::super::totals::Totals;
use super::{RawBatch, Reader};

/// Batches that may wait: enough that neither side stands still, few enough
/// that memory stays flat.
const WAITING_MAX: usize = 2;

/// A reader that, where threads may be used, works on one of its own. The
/// batches are those of the reader, in its order.
pub struct Ahead(Inner);

enum Inner {
    Here(Box<Reader>),
    There {
        batches: Receiver<Result<RawBatch, Error>>,
        thread: JoinHandle<Option<Totals>>,
    },
}

impl Reader {
    /// Goes on reading, on a thread of its own where `threads` is above one.
    /// Dropped early, the thread ends with the batch it is at.
    pub fn ahead(mut self, threads: usize) -> Ahead {
        if threads <= 1 {
            return Ahead(Inner::Here(Box::new(self)));
        }
        let (sender, batches) = sync_channel(WAITING_MAX);
        let thread = std::thread::spawn(move || {
            while let Some(batch) = self.next_batch().transpose() {
                let failed = batch.is_err();
                if sender.send(batch).is_err() || failed {
                    break;
                }
            }
            self.into_totals()
        });
        Ahead(Inner::There { batches, thread })
    }
}

impl Ahead {
    /// The next rows; `None` at the end of the file.
    ///
    /// # Errors
    /// Those of [`Reader::next_batch`]. A reader that stopped without a word
    /// is told by [`Ahead::into_totals`].
    pub fn next_batch(&mut self) -> Result<Option<RawBatch>, Error> {
        match &mut self.0 {
            Inner::Here(reader) => reader.next_batch(),
            Inner::There { batches, .. } => batches.recv().ok().transpose(),
        }
    }

    /// Ends reading and hands the counters over.
    ///
    /// # Errors
    /// [`Error::Spec`] if the thread stopped before the end of the file.
    pub fn into_totals(self) -> Result<Option<Totals>, Error> {
        match self.0 {
            Inner::Here(reader) => Ok(reader.into_totals()),
            Inner::There { batches, thread } => {
                drop(batches);
                thread.join().map_err(|_| Error::Spec {
                    column: String::new(),
                    message: "the thread that read the file stopped before its end".to_owned(),
                })
            }
        }
    }
}
