//! Some records of a file, split into cells, with their text and what is wrong
//! with those that could not be split.

use xxhash_rust::xxh3::xxh3_64;

/// Why a record could not be split into cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Fewer cells than columns.
    Short,
    /// More cells than columns (empty ones at the end are forgiven).
    Long,
    /// A quote that does not close, or text after a closing quote.
    Quote,
    /// Not a JSON object.
    Json,
    /// A record of another list than the one that is read.
    OtherList,
    /// Not a request, in a log of them.
    Log,
    /// A total of the rows above, by its first word.
    Total,
    /// Longer than [`crate::RECORD_BYTES_MAX`].
    RecordTooLong,
    /// A cell longer than [`crate::CELL_BYTES_MAX`].
    CellTooLong,
    /// Bytes that are not valid in the file's encoding.
    Encoding,
    /// A NUL byte.
    Nul,
}

impl Fault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Fault::Short => "row/short",
            Fault::Long => "row/long",
            Fault::Quote => "row/quote-broken",
            Fault::Json => "row/not-json",
            Fault::OtherList => "row/other-list",
            Fault::Log => "row/not-a-request",
            Fault::Total => "row/total",
            Fault::RecordTooLong => "row/too-long",
            Fault::CellTooLong => "cell/too-long",
            Fault::Encoding => "row/encoding-invalid",
            Fault::Nul => "row/nul-byte",
        }
    }
}

/// Most cells of a block, so that its index stays at a few MiB.
pub(super) const BLOCK_CELLS_MAX: usize = 1 << 19;
/// Least bytes of a block's text that are asked for.
pub(super) const BLOCK_BYTES_MIN: usize = 64 << 10;
/// Bytes after which a block is full, unless one record is longer.
pub(super) const BLOCK_BYTES_MAX: usize = 4 << 20;

/// Where a cell lies: in the block's text, or (bit 31 of `len` set) in the
/// block's side buffer of unescaped cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    start: u32,
    len: u32,
}

const IN_EXTRA: u32 = 1 << 31;

impl Cell {
    /// A cell of the block's text.
    pub(super) fn new(start: usize, end: usize) -> Self {
        // Blocks stay far below 2 GiB: see `BLOCK_BYTES_MAX`.
        Cell {
            start: start as u32,
            len: (end - start) as u32,
        }
    }

    /// A cell of the side buffer.
    pub(super) fn extra(start: usize, end: usize) -> Self {
        let cell = Cell::new(start, end);
        Cell {
            len: cell.len | IN_EXTRA,
            ..cell
        }
    }

    /// Its length in bytes.
    pub(super) fn len(self) -> usize {
        (self.len & !IN_EXTRA) as usize
    }

    pub(super) fn bytes<'a>(self, text: &'a [u8], extra: &'a [u8]) -> &'a [u8] {
        let start = self.start as usize;
        let from = if self.len & IN_EXTRA == 0 {
            text
        } else {
            extra
        };
        from.get(start..start + self.len()).unwrap_or(&[])
    }
}

/// One record of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Where its text begins and ends in the block's.
    pub(super) start: u32,
    pub(super) end: u32,
    /// Line (1-based) on which the record begins.
    pub line: u64,
    /// Why it has no cells, if it has none.
    pub fault: Option<Fault>,
    /// Where several records share one text, as the items of an order do: a hash of the
    /// text and of the item.
    pub(super) own_hash: Option<u64>,
}

/// How far the cells of a block had come before those of a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    cells: usize,
    extra: usize,
}

/// Records of a file, with their text.
#[derive(Debug, Default)]
pub struct Block {
    pub(super) text: Vec<u8>,
    pub(super) extra: Vec<u8>,
    pub(super) cells: Vec<Cell>,
    pub(super) records: Vec<Record>,
    pub(super) columns: usize,
}

impl Block {
    /// Number of records, faulty ones included.
    pub fn rows(&self) -> usize {
        self.records.len()
    }

    /// Cells per record.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The records.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// One cell, unquoted; empty outside the block and in faulty records.
    pub fn cell(&self, row: usize, column: usize) -> &[u8] {
        match self.cells.get(row * self.columns + column) {
            Some(cell) if column < self.columns => cell.bytes(&self.text, &self.extra),
            _ => &[],
        }
    }

    /// The cells of one column, top to bottom.
    pub fn column(&self, column: usize) -> impl ExactSizeIterator<Item = &[u8]> {
        let from = self
            .cells
            .get(column.min(self.cells.len())..)
            .unwrap_or(&[]);
        from.iter()
            .step_by(self.columns.max(1))
            .map(|cell| cell.bytes(&self.text, &self.extra))
    }

    /// The text of a record as it stands in the file (decoded), without its
    /// line end.
    pub fn raw(&self, row: usize) -> &[u8] {
        let Some(record) = self.records.get(row) else {
            return &[];
        };
        self.text
            .get(record.start as usize..record.end as usize)
            .unwrap_or(&[])
    }

    /// A hash of a record: of its text, unless several records share it.
    pub fn hash(&self, row: usize) -> u64 {
        let own = self.records.get(row).and_then(|record| record.own_hash);
        own.unwrap_or_else(|| xxh3_64(self.raw(row)))
    }

    /// How far the cells have come.
    #[inline]
    pub(super) fn mark(&self) -> Mark {
        Mark {
            cells: self.cells.len(),
            extra: self.extra.len(),
        }
    }

    /// The cells appended since `mark`.
    #[inline]
    pub(super) fn since(&self, mark: Mark) -> &[Cell] {
        self.cells.get(mark.cells..).unwrap_or(&[])
    }

    /// Takes back the cells appended since `mark`.
    #[inline]
    pub(super) fn take_back(&mut self, mark: Mark) {
        self.cells.truncate(mark.cells);
        self.extra.truncate(mark.extra);
    }

    /// Adds the record that lies from `start` to `end` of the text, whose cells are
    /// those appended since `mark`; one with a fault has empty cells instead.
    #[inline]
    pub(super) fn push(
        &mut self,
        mark: Mark,
        (start, end): (usize, usize),
        line: u64,
        fault: Option<Fault>,
    ) {
        if fault.is_some() {
            self.take_back(mark);
        }
        self.cells
            .resize(mark.cells + self.columns, Cell::default());
        self.records.push(Record {
            start: start as u32,
            end: end as u32,
            line,
            fault,
            own_hash: None,
        });
    }

    /// Adds one of the several records that lie from `start` to `end` of the text; its
    /// cells are there.
    pub(super) fn push_sharing(&mut self, (start, end): (usize, usize), line: u64, hash: u64) {
        self.records.push(Record {
            start: start as u32,
            end: end as u32,
            line,
            fault: None,
            own_hash: Some(hash),
        });
    }

    pub(super) fn clear(&mut self, columns: usize) {
        self.text.clear();
        self.extra.clear();
        self.cells.clear();
        self.records.clear();
        self.columns = columns;
    }

    /// Marks records with invalid UTF-8 or NUL bytes.
    pub(super) fn check_bytes(&mut self) {
        let valid = std::str::from_utf8(&self.text).is_ok();
        let nul = memchr::memchr(0, &self.text).is_some();
        if valid && !nul {
            return;
        }
        let columns = self.columns;
        for (row, record) in self.records.iter_mut().enumerate() {
            let raw = self
                .text
                .get(record.start as usize..record.end as usize)
                .unwrap_or(&[]);
            let fault = if !valid && std::str::from_utf8(raw).is_err() {
                Fault::Encoding
            } else if nul && memchr::memchr(0, raw).is_some() {
                Fault::Nul
            } else {
                continue;
            };
            record.fault = record.fault.or(Some(fault));
            if let Some(cells) = self.cells.get_mut(row * columns..(row + 1) * columns) {
                cells.fill(Cell::default());
            }
        }
    }
}
