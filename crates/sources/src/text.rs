//! From a file's bytes to UTF-8: decompression and decoding as one [`Read`].
//!
//! UTF-8 passes untouched (a byte-order mark apart): bytes that are no UTF-8
//! are found by the reader, row by row. Other encodings are decoded here;
//! what cannot be decoded becomes one byte 0xFF, which no UTF-8 text holds, so
//! that its row is reported just the same.

use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;

use super::convert;
use super::dialect::{self, Encoding};
use super::error::Error;
use super::files::{Compression, Format, SliceReader, SourceFile};

const CHUNK: usize = 64 << 10;
/// How many times its size a file may expand to, if that is above
/// [`EXPANDED_BYTES_MIN`]: equal bytes alone pack tighter.
const EXPANSION_MAX: u64 = 300;
const EXPANDED_BYTES_MIN: u64 = 1 << 30;

/// The decompressed, decoded text of a file.
pub struct TextReader {
    input: Box<dyn Read + Send>,
    decoder: Option<Transcoder>,
    compression: Compression,
    /// The first three bytes have been looked at for a byte-order mark.
    started: bool,
    /// Bytes after the mark that are still to be given out.
    ahead: Vec<u8>,
    bytes: u64,
}

/// Opens the bytes of `file` as those of a text, decompressed but not decoded:
/// of a sheet, XML or mail the text that is made of it, UTF-8.
///
/// # Errors
/// [`Error::Io`].
pub fn open_bytes(file: &SourceFile) -> Result<Box<dyn Read + Send>, Error> {
    let failed = |source| Error::Io {
        path: file.path.clone(),
        source,
    };
    if let (Format::Sheet, Some(sheet)) = (file.format, &file.sheet) {
        return convert::sheet(file.bytes.clone(), sheet.clone()).map_err(failed);
    }
    let input = file.bytes.open().map_err(failed)?;
    let raw = BufReader::with_capacity(CHUNK, input);
    let plain = decompress(raw, file.compression).map_err(failed)?;
    match file.format {
        Format::Text | Format::Sheet | Format::Parquet => Ok(plain),
        Format::Mail => convert::mail(BufReader::with_capacity(CHUNK, plain)).map_err(failed),
        Format::Xml => {
            let mut plain = BufReader::with_capacity(CHUNK, plain);
            // Damage comes again where the text is read.
            let start = plain.fill_buf().unwrap_or(&[]);
            let encoding = dialect::declared_encoding(start);
            let text = TextReader::new(Box::new(plain), file.compression, encoding);
            convert::xml(BufReader::with_capacity(CHUNK, text)).map_err(failed)
        }
    }
}

/// Decompresses.
///
/// # Errors
/// Those of setting up a decoder.
pub(crate) fn decompress(
    raw: BufReader<SliceReader>,
    compression: Compression,
) -> io::Result<Box<dyn Read + Send>> {
    let packed = raw.get_ref().length();
    let unpacked: Box<dyn Read + Send> = match compression {
        Compression::None => return Ok(Box::new(raw)),
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(raw)),
        Compression::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(raw)?),
        Compression::Zip(checksum) => Box::new(Checked {
            input: flate2::bufread::DeflateDecoder::new(raw),
            sum: flate2::Crc::new(),
            checksum,
        }),
    };
    Ok(Box::new(Bounded {
        input: unpacked,
        left: packed.saturating_mul(EXPANSION_MAX).max(EXPANDED_BYTES_MIN),
    }))
}

/// Compares the CRC-32 of what was read at its end.
struct Checked<R> {
    input: R,
    sum: flate2::Crc,
    checksum: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(out)?;
        self.sum.update(out.get(..read).unwrap_or(&[]));
        if read == 0 && !out.is_empty() && self.sum.sum() != self.checksum {
            let message = "its checksum differs from the archive's";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(read)
    }
}

/// Stops at what no table expands to.
struct Bounded<R> {
    input: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(out)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => {
                let message = format!("it expands to more than {EXPANSION_MAX} times its size");
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
        }
        Ok(read)
    }
}

/// Opens `file` as UTF-8 text.
///
/// # Errors
/// [`Error::Io`].
pub fn open_text(file: &SourceFile, encoding: Encoding) -> Result<TextReader, Error> {
    Ok(TextReader::new(
        open_bytes(file)?,
        file.compression,
        encoding,
    ))
}

impl TextReader {
    /// A reader over bytes that are already decompressed.
    pub fn new(input: Box<dyn Read + Send>, compression: Compression, encoding: Encoding) -> Self {
        let decoder = encoding.codec().map(Transcoder::new);
        TextReader {
            input,
            decoder,
            compression,
            started: false,
            ahead: Vec::new(),
            bytes: 0,
        }
    }

    /// Decoded bytes given out so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What an I/O error of this reader means for the file at `path`, at
    /// `line` (1-based).
    pub fn explain(&self, error: io::Error, path: &Path, line: u64) -> Error {
        let path = path.to_path_buf();
        match (self.compression, error.kind()) {
            (Compression::None, kind)
                if !matches!(
                    kind,
                    io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
                ) =>
            {
                Error::Io {
                    path,
                    source: error,
                }
            }
            (compression, io::ErrorKind::UnexpectedEof) if compression != Compression::None => {
                Error::Truncated {
                    path,
                    compression: self.compression.name(),
                    bytes: self.bytes,
                    line,
                }
            }
            _ => Error::Corrupt {
                path,
                place: format!("decoded byte {} (line {line})", self.bytes),
                message: error.to_string(),
            },
        }
    }

    fn read_inner(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match &mut self.decoder {
            Some(decoder) => decoder.read(&mut self.input, out),
            None => self.input.read(out),
        }
    }
}

impl Read for TextReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if !self.started {
            self.started = true;
            let mut first = [0_u8; 3];
            let mut have = 0;
            while have < first.len() {
                let Some(rest) = first.get_mut(have..) else {
                    break;
                };
                match self.read_inner(rest)? {
                    0 => break,
                    read => have += read,
                }
            }
            let text = first.get(..have).unwrap_or(&[]);
            self.ahead = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).to_vec();
        }
        if !self.ahead.is_empty() {
            let count = self.ahead.len().min(out.len());
            for (to, from) in out.iter_mut().zip(self.ahead.drain(..count)) {
                *to = from;
            }
            self.bytes += count as u64;
            return Ok(count);
        }
        let count = self.read_inner(out)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

/// Streams one encoding into UTF-8.
struct Transcoder {
    decoder: encoding_rs::Decoder,
    input: Vec<u8>,
    at: usize,
    end: bool,
    /// Decoded bytes not yet given out.
    ready: Vec<u8>,
    given: usize,
}

impl Transcoder {
    fn new(encoding: &'static encoding_rs::Encoding) -> Self {
        Transcoder {
            decoder: encoding.new_decoder_with_bom_removal(),
            input: Vec::new(),
            at: 0,
            end: false,
            ready: Vec::new(),
            given: 0,
        }
    }

    fn read(&mut self, input: &mut dyn Read, out: &mut [u8]) -> io::Result<usize> {
        while self.given >= self.ready.len() {
            if self.end && self.at >= self.input.len() {
                return Ok(0);
            }
            self.fill(input)?;
        }
        let ready = self.ready.get(self.given..).unwrap_or(&[]);
        let count = ready.len().min(out.len());
        for (to, from) in out.iter_mut().zip(ready) {
            *to = *from;
        }
        self.given += count;
        Ok(count)
    }

    /// Decodes the next chunk into `ready`.
    fn fill(&mut self, input: &mut dyn Read) -> io::Result<()> {
        if self.at >= self.input.len() && !self.end {
            self.input.resize(CHUNK, 0);
            let read = input.read(&mut self.input)?;
            self.input.truncate(read);
            self.at = 0;
            self.end = read == 0;
        }
        let pending = self.input.get(self.at..).unwrap_or(&[]);
        let room = self
            .decoder
            .max_utf8_buffer_length_without_replacement(pending.len())
            .unwrap_or(4 * CHUNK)
            + 1;
        self.ready.resize(room, 0);
        let (result, read, written) =
            self.decoder
                .decode_to_utf8_without_replacement(pending, &mut self.ready, self.end);
        self.at += read;
        self.ready.truncate(written);
        self.given = 0;
        if let encoding_rs::DecoderResult::Malformed(..) = result {
            self.ready.push(0xff);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &'static [u8], encoding: Encoding) -> Vec<u8> {
        let mut out = Vec::new();
        TextReader::new(Box::new(bytes), Compression::None, encoding)
            .read_to_end(&mut out)
            .unwrap();
        out
    }

    #[test]
    fn encodings_become_utf8() {
        assert_eq!(decode(b"\xef\xbb\xbfab", Encoding::UTF_8), b"ab");
        assert_eq!(decode(b"a", Encoding::UTF_8), b"a");
        assert_eq!(decode(b"", Encoding::UTF_8), b"");
        assert_eq!(
            decode(b"caf\xe9", Encoding::WINDOWS_1252),
            "caf\u{e9}".as_bytes()
        );
        assert_eq!(
            decode(b"\xd6\xd0\xce\xc4,1", Encoding::GB18030),
            "中文,1".as_bytes()
        );
        assert_eq!(decode(b"\xff\xfea\0,\0", Encoding::UTF_16LE), b"a,");
        // A lone lead byte cannot be decoded: it leaves a mark that is no UTF-8.
        let bad = decode(b"a\xff\xffb\n", Encoding::GB18030);
        assert!(std::str::from_utf8(&bad).is_err());
        assert!(bad.ends_with(b"b\n"));
    }

    #[test]
    fn what_expands_without_end_is_stopped() {
        let mut bounded = Bounded {
            input: io::repeat(b'x'),
            left: 100_000,
        };
        let mut read = Vec::new();
        let error = bounded.read_to_end(&mut read).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(read.len() <= 100_000);
    }
}
