//! Rows in parts, in memory up to a limit, in one file beyond it.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// Bytes of rows gathered before they are given to their parts, all rows of a
/// part together: rows come in no order and the parts lie all over the memory,
/// which is slow to reach one row at a time. They stay in a core's own cache.
const GATHERED_BYTES: usize = 1 << 20;
/// Bytes of a part before a piece is closed. Rows never lie across pieces; a
/// longer row has a piece of its own.
const PIECE_BYTES: usize = 16 << 10;

/// Bytes above which another piece is begun on disk: places in a piece are
/// counted in 32 bits.
const SPILLED_BYTES_MAX: usize = 1 << 30;

/// Some rows of a part, end to end.
#[derive(Clone)]
enum Piece {
    Held(Vec<u8>),
    Spilled { at: u64, length: usize },
}

#[derive(Default)]
struct Part {
    filling: Vec<u8>,
    closed: Vec<Piece>,
    rows: u64,
}

impl Part {
    /// Appends a row; returns the bytes of a piece closed thereby.
    #[inline]
    fn push(&mut self, row: &[u8]) -> usize {
        let mut closed = 0;
        if self.filling.len() + row.len() > PIECE_BYTES {
            if !self.filling.is_empty() {
                let full = std::mem::take(&mut self.filling);
                closed = full.len();
                self.closed.push(Piece::Held(full));
            }
            self.filling.reserve_exact(PIECE_BYTES.max(row.len()));
        }
        self.filling.extend_from_slice(row);
        closed
    }
}

/// Rows that wait for being given to their parts.
#[derive(Default)]
struct Gathered {
    bytes: Vec<u8>,
    /// The part of each row, and where it begins.
    rows: Vec<(u32, u32)>,
    /// Used again: rows of each part, then where the next of them stands; and
    /// the rows, part by part.
    places: Vec<u32>,
    order: Vec<u32>,
}

impl Gathered {
    /// Puts the rows into an order by part, those of a part as they came.
    fn sort(&mut self, parts: usize) {
        self.places.clear();
        self.places.resize(parts, 0);
        for (part, _) in &self.rows {
            self.places[*part as usize] += 1;
        }
        let mut next = 0;
        for place in &mut self.places {
            next += std::mem::replace(place, next);
        }
        self.order.resize(self.rows.len(), 0);
        for (row, (part, _)) in (0..).zip(&self.rows) {
            let place = &mut self.places[*part as usize];
            self.order[*place as usize] = row;
            *place += 1;
        }
    }

    /// A row and its part.
    #[inline]
    fn row(&self, row: u32) -> (usize, &[u8]) {
        let (part, begin) = self.rows[row as usize];
        let next = self.rows.get(row as usize + 1);
        let end = next.map_or(self.bytes.len(), |(_, next)| *next as usize);
        (part as usize, &self.bytes[begin as usize..end])
    }
}

/// The rows of all parts.
pub(super) struct Store {
    parts: Vec<Part>,
    gathered: Gathered,
    held_bytes: usize,
    held_bytes_max: usize,
    folder: tempfile::TempDir,
    spill: Option<Spill>,
}

struct Spill {
    file: BufWriter<File>,
    path: PathBuf,
    length: u64,
}

impl Spill {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.file
            .write_all(bytes)
            .map_err(Error::io("write", &self.path))?;
        self.length += bytes.len() as u64;
        Ok(())
    }
}

impl Store {
    /// An empty store of `parts` parts that holds about `held_bytes_max` in
    /// memory and puts the rest into a file in `scratch`, removed at the end.
    pub fn new(parts: usize, held_bytes_max: usize, scratch: &Path) -> Result<Self> {
        std::fs::create_dir_all(scratch).map_err(Error::io("create", scratch))?;
        let folder = tempfile::Builder::new()
            .prefix("sort-")
            .tempdir_in(scratch)
            .map_err(Error::io("create", scratch))?;
        Ok(Self {
            parts: (0..parts).map(|_| Part::default()).collect(),
            gathered: Gathered::default(),
            held_bytes: 0,
            held_bytes_max,
            folder,
            spill: None,
        })
    }

    /// Appends a row to a part.
    #[inline]
    pub fn push(&mut self, part: usize, row: &[u8]) -> Result<()> {
        let gathered = &mut self.gathered;
        // Both fit: there are some thousand parts, and a megabyte of rows.
        gathered
            .rows
            .push((part as u32, gathered.bytes.len() as u32));
        gathered.bytes.extend_from_slice(row);
        if gathered.bytes.len() > GATHERED_BYTES {
            self.hand_out()?;
        }
        Ok(())
    }

    /// Gives the gathered rows to their parts.
    fn hand_out(&mut self) -> Result<()> {
        self.gathered.sort(self.parts.len());
        for &row in &self.gathered.order {
            let (part, bytes) = self.gathered.row(row);
            let part = &mut self.parts[part];
            part.rows += 1;
            self.held_bytes += part.push(bytes);
        }
        self.gathered.bytes.clear();
        self.gathered.rows.clear();
        if self.held_bytes > self.held_bytes_max {
            self.spill()?;
        }
        Ok(())
    }

    /// Moves the closed pieces to disk.
    fn spill(&mut self) -> Result<()> {
        let spill = match &mut self.spill {
            Some(spill) => spill,
            none => none.insert(create(self.folder.path())?),
        };
        for part in &mut self.parts {
            let held = part.closed.iter().position(|p| matches!(p, Piece::Held(_)));
            let Some(first) = held else { continue };
            let (mut at, mut length) = (spill.length, 0);
            // One after the other, so that they are one piece from now on.
            for piece in part.closed.split_off(first) {
                if length > SPILLED_BYTES_MAX {
                    part.closed.push(Piece::Spilled { at, length });
                    (at, length) = (spill.length, 0);
                }
                if let Piece::Held(bytes) = piece {
                    spill.append(&bytes)?;
                    length += bytes.len();
                }
            }
            part.closed.push(Piece::Spilled { at, length });
        }
        spill
            .file
            .flush()
            .map_err(Error::io("write", &spill.path))?;
        self.held_bytes = 0;
        Ok(())
    }

    /// The parts, to be read one after the other or side by side.
    pub fn finish(mut self) -> Result<Parts> {
        self.hand_out()?;
        let Self {
            parts,
            folder,
            spill,
            ..
        } = self;
        let rows = parts.iter().map(|part| part.rows).collect();
        let pieces = parts.into_iter().map(|mut part| {
            if !part.filling.is_empty() {
                part.closed.push(Piece::Held(part.filling));
            }
            Some(part.closed)
        });
        Ok(Parts {
            rows,
            parts: pieces.collect(),
            path: spill.map(|spill| spill.path),
            _folder: folder,
        })
    }
}

fn create(folder: &Path) -> Result<Spill> {
    let path = folder.join("rows");
    let file = File::create(&path).map_err(Error::io("create", &path))?;
    Ok(Spill {
        file: BufWriter::with_capacity(1 << 20, file),
        path,
        length: 0,
    })
}

/// The parts of a finished store.
pub(super) struct Parts {
    rows: Vec<u64>,
    parts: Vec<Option<Vec<Piece>>>,
    path: Option<PathBuf>,
    _folder: tempfile::TempDir,
}

impl Parts {
    /// Rows of a part.
    pub fn rows(&self, part: usize) -> u64 {
        self.rows[part]
    }

    /// Takes the pieces of a part out, unread.
    pub fn take(&mut self, part: usize) -> Pieces {
        Pieces {
            pieces: self.parts[part].take().unwrap_or_default(),
            path: self.path.clone(),
        }
    }
}

/// The rows of one part, some perhaps on disk.
#[derive(Clone)]
pub(super) struct Pieces {
    pieces: Vec<Piece>,
    path: Option<PathBuf>,
}

impl Pieces {
    /// All pieces in memory, in the order in which they were filled.
    pub fn read(self) -> Result<Vec<Vec<u8>>> {
        let mut file = None;
        self.pieces
            .into_iter()
            .map(|piece| match (piece, &self.path) {
                (Piece::Held(bytes), _) => Ok(bytes),
                (Piece::Spilled { at, length }, Some(path)) => {
                    read_back(&mut file, path, at, length).map_err(Error::io("read", path))
                }
                (Piece::Spilled { .. }, None) => {
                    Err(Error::Caller("rows on disk without a file".into()))
                }
            })
            .collect()
    }
}

fn read_back(
    file: &mut Option<File>,
    path: &Path,
    at: u64,
    length: usize,
) -> std::io::Result<Vec<u8>> {
    let file = match file {
        Some(file) => file,
        none => none.insert(File::open(path)?),
    };
    let mut bytes = vec![0; length];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_in_order_from_memory_and_disk() {
        let scratch = tempfile::tempdir().unwrap();
        for most in [0, 300_000, usize::MAX] {
            let mut store = Store::new(3, most, scratch.path()).unwrap();
            let mut wanted = vec![Vec::new(); 3];
            for i in 0..20_000_u32 {
                let row = vec![(i % 251) as u8; (i % 97) as usize + 1];
                let part = (i % 2) as usize;
                store.push(part, &row).unwrap();
                wanted[part].extend_from_slice(&row);
            }
            let long = vec![7; 3 * PIECE_BYTES];
            store.push(2, &long).unwrap();
            wanted[2] = long;
            store.hand_out().unwrap();
            assert_eq!(store.spill.is_some(), most < usize::MAX);
            let mut parts = store.finish().unwrap();
            assert_eq!([0, 1, 2].map(|part| parts.rows(part)), [10_000, 10_000, 1]);
            for (part, wanted) in wanted.iter().enumerate() {
                assert_eq!(&parts.take(part).read().unwrap().concat(), wanted);
            }
        }
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
    }
}
