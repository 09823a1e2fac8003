//! Which encoding a sample of bytes is in.

use super::Encoding;

/// The encoding and whether it is certain.
pub(super) fn guess(raw: &[u8]) -> (Encoding, bool) {
    match raw {
        [0xff, 0xfe, ..] => return (Encoding::Utf16Le, true),
        [0xfe, 0xff, ..] => return (Encoding::Utf16Be, true),
        [0xef, 0xbb, 0xbf, ..] => return (Encoding::Utf8, true),
        _ => {}
    }
    let (valid, invalid) = utf8_sequences(raw);
    if invalid == 0 {
        return (Encoding::Utf8, true);
    }
    // UTF-8 with a few broken rows: the rows are quarantined, not the file.
    if valid >= 10 * invalid {
        return (Encoding::Utf8, false);
    }
    if is_chinese(raw) {
        (Encoding::Gb18030, false)
    } else {
        (Encoding::Windows1252, false)
    }
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
    let decoded = encoding_rs::GB18030
        .new_decoder()
        .decode_to_utf8_without_replacement(raw, &mut vec![0; raw.len() * 3 + 16], false)
        .0;
    pairs > 4 * others && !matches!(decoded, encoding_rs::DecoderResult::Malformed(..))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str, codec: &'static encoding_rs::Encoding) -> Vec<u8> {
        codec.encode(text).0.into_owned()
    }

    #[test]
    fn encodings_by_their_bytes() {
        let chinese = "订单号,客户,金额\n1001,张三,25.5\n1002,李四,12\n";
        let western = "name,city\nJosé,Málaga\nZoë,Köln\nFrançois,Besançon\nCafé,Genève\n";
        assert_eq!(guess(b"a,b\n1,2\n"), (Encoding::Utf8, true));
        assert_eq!(guess(chinese.as_bytes()), (Encoding::Utf8, true));
        assert_eq!(
            guess(&chinese.as_bytes()[..chinese.len() - 17]),
            (Encoding::Utf8, true)
        );
        assert_eq!(
            guess(&bytes(chinese, encoding_rs::GB18030)),
            (Encoding::Gb18030, false)
        );
        assert_eq!(
            guess(&bytes(western, encoding_rs::WINDOWS_1252)),
            (Encoding::Windows1252, false)
        );
        assert_eq!(guess(b"\xff\xfea\0").0, Encoding::Utf16Le);
        let mut broken = chinese.repeat(3).into_bytes();
        broken.extend(b"1003,\xff,3\n");
        assert_eq!(guess(&broken), (Encoding::Utf8, false));
    }
}
