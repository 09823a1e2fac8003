//! Which encoding a sample of bytes is in.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs as codec;

/// The encoding of a file's text: one of the WHATWG's Encoding Standard, UTF-16
/// included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Encoding(&'static codec::Encoding);

impl Encoding {
    /// UTF-8, ASCII included.
    pub const UTF_8: Encoding = Encoding(codec::UTF_8);
    /// UTF-16, little end first.
    pub const UTF_16LE: Encoding = Encoding(codec::UTF_16LE);
    /// UTF-16, big end first.
    pub const UTF_16BE: Encoding = Encoding(codec::UTF_16BE);
    /// Windows-1252, Latin-1 included.
    pub const WINDOWS_1252: Encoding = Encoding(codec::WINDOWS_1252);
    /// GB18030, GBK and GB2312 included.
    pub const GB18030: Encoding = Encoding(codec::GB18030);

    /// The encoding that a name means, such as `gbk`, `big5` or `latin1`; case
    /// and blanks around it do not matter.
    pub fn named(name: &str) -> Option<Self> {
        let found = codec::Encoding::for_label_no_replacement(name.as_bytes())?;
        // GBK is a part of GB18030, which differs in one character of its own.
        Some(if found == codec::GBK {
            Encoding::GB18030
        } else {
            Encoding(found)
        })
    }

    /// The name as written in settings.
    pub fn name(self) -> String {
        self.0.name().to_ascii_lowercase()
    }

    /// The decoder; none for UTF-8, which passes as it is.
    pub(crate) fn codec(self) -> Option<&'static codec::Encoding> {
        (self.0 != codec::UTF_8).then_some(self.0)
    }
}

/// The encoding that an XML text declares, by its first bytes; the likeliest if it
/// declares none, or UTF-8, which is then mostly so.
pub(crate) fn declared(start: &[u8]) -> Encoding {
    match start {
        [0xff, 0xfe, ..] | [b'<', 0, ..] => return Encoding::UTF_16LE,
        [0xfe, 0xff, ..] | [0, b'<', ..] => return Encoding::UTF_16BE,
        _ => {}
    }
    let declaration = start.split(|byte| *byte == b'>').next().unwrap_or(&[]);
    let named = memchr::memmem::find(declaration, b"encoding").and_then(|at| {
        let rest = declaration.get(at..)?;
        let quote = memchr::memchr2(b'"', b'\'', rest)?;
        let mark = *rest.get(quote)?;
        let name = rest.get(quote + 1..)?;
        let end = memchr::memchr(mark, name)?;
        Encoding::named(std::str::from_utf8(name.get(..end)?).ok()?)
    });
    // UTF-16 would have been seen by its zero bytes.
    let is_wide = |found: &Encoding| [Encoding::UTF_16LE, Encoding::UTF_16BE].contains(found);
    match named.filter(|found| !is_wide(found) && *found != Encoding::UTF_8) {
        Some(declared) => declared,
        None => guess(start).0,
    }
}

/// The encoding and whether it is certain.
pub(super) fn guess(raw: &[u8]) -> (Encoding, bool) {
    match raw {
        [0xff, 0xfe, ..] => return (Encoding::UTF_16LE, true),
        [0xfe, 0xff, ..] => return (Encoding::UTF_16BE, true),
        [0xef, 0xbb, 0xbf, ..] => return (Encoding::UTF_8, true),
        _ => {}
    }
    if let Some(wide) = unmarked_utf16(raw) {
        return (wide, false);
    }
    let (valid, invalid) = utf8_sequences(raw);
    if invalid == 0 {
        return (Encoding::UTF_8, true);
    }
    // UTF-8 with a few broken rows: the rows are quarantined, not the file.
    if valid >= 10 * invalid {
        return (Encoding::UTF_8, false);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(raw, false);
    let found = detector.guess(None, Utf8Detection::Deny);
    let found = Encoding::named(found.name()).unwrap_or(Encoding::WINDOWS_1252);
    // A few characters say too little for statistics; then what is at home in
    // GB 2312 is taken for it.
    if found != Encoding::GB18030 && is_chinese(raw) {
        let few = raw.iter().filter(|byte| **byte >= 0x80).count() < FEW_BYTES;
        if few || found.codec().is_none_or(codec::Encoding::is_single_byte) {
            return (Encoding::GB18030, false);
        }
    }
    (found, false)
}

/// Bytes above ASCII that statistics need.
const FEW_BYTES: usize = 24;

/// UTF-16 without its mark: in a text with any ASCII half of the bytes there are
/// zero, all on the same side.
fn unmarked_utf16(raw: &[u8]) -> Option<Encoding> {
    let pairs = raw.len() / 2;
    let zeros = |side: usize| {
        raw.iter()
            .skip(side)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (left, right) = (zeros(0), zeros(1));
    if pairs < 2 || left.max(right) * 4 < pairs || left.min(right) * 20 > left.max(right) {
        return None;
    }
    Some(if left > right {
        Encoding::UTF_16BE
    } else {
        Encoding::UTF_16LE
    })
}

/// Multi-byte sequences that are valid UTF-8, and places that are not. A
/// sequence cut by the end of the sample counts as neither.
fn utf8_sequences(raw: &[u8]) -> (usize, usize) {
    let (mut valid, mut invalid) = (0, 0);
    let mut rest = raw;
    loop {
        let (good, skip) = match std::str::from_utf8(rest) {
            Ok(_) => (rest.len(), None),
            Err(error) => (error.valid_up_to(), error.error_len()),
        };
        let text = rest.get(..good).unwrap_or(&[]);
        valid += text.iter().filter(|byte| **byte >= 0xc0).count();
        let Some(skip) = skip else {
            return (valid, invalid);
        };
        invalid += 1;
        rest = rest.get(good + skip..).unwrap_or(&[]);
    }
}

/// Whether the bytes above ASCII are Chinese in GB18030: they come in pairs of
/// the region of GB 2312 (rows 1 to 9 signs, 16 to 87 characters). In a
/// Western text a letter above ASCII mostly stands alone before an ASCII one.
fn is_chinese(raw: &[u8]) -> bool {
    let (mut pairs, mut others) = (0_usize, 0_usize);
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte < 0x80 {
            continue;
        }
        match bytes.peek() {
            Some(0xa1..=0xfe) if matches!(byte, 0xa1..=0xa9 | 0xb0..=0xf7) => {
                pairs += 1;
                bytes.next();
            }
            Some(0x40..=0xfe) => {
                others += 1;
                bytes.next();
            }
            _ => others += 1,
        }
    }
    let decoded = codec::GB18030
        .new_decoder()
        .decode_to_utf8_without_replacement(raw, &mut vec![0; raw.len() * 3 + 16], false)
        .0;
    pairs > 4 * others && !matches!(decoded, codec::DecoderResult::Malformed(..))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str, codec: &'static codec::Encoding) -> Vec<u8> {
        codec.encode(text).0.into_owned()
    }

    #[test]
    fn encodings_by_their_bytes() {
        let chinese = "订单号,客户,金额\n1001,张三,25.5\n1002,李四,12\n";
        let western = "name,city\nJosé,Málaga\nZoë,Köln\nFrançois,Besançon\nCafé,Genève\n";
        assert_eq!(guess(b"a,b\n1,2\n"), (Encoding::UTF_8, true));
        assert_eq!(guess(chinese.as_bytes()), (Encoding::UTF_8, true));
        assert_eq!(
            guess(&chinese.as_bytes()[..chinese.len() - 17]),
            (Encoding::UTF_8, true)
        );
        assert_eq!(
            guess(&bytes(chinese, codec::GB18030)),
            (Encoding::GB18030, false)
        );
        assert_eq!(
            guess(&bytes(western, codec::WINDOWS_1252)),
            (Encoding::WINDOWS_1252, false)
        );
        assert_eq!(guess(b"\xff\xfea\0").0, Encoding::UTF_16LE);
        let mut broken = chinese.repeat(3).into_bytes();
        broken.extend(b"1003,\xff,3\n");
        assert_eq!(guess(&broken), (Encoding::UTF_8, false));
    }
}
