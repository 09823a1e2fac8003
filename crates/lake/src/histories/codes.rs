//! Small numbers for texts that recur, bounded in memory.

use perennial_sources::read::intern::Interner;

/// Texts that get a number of 16 bits, two of which mean something else; the
/// later ones are written out in every row.
const CODES_MAX: usize = 65_534;
/// Longer texts do not get one.
const TEXT_BYTES_MAX: usize = 256;

/// The numbers of one column's texts. A text either always has a number or
/// never: the same within one sorter and its clones, whatever the rows' order.
#[derive(Debug, Clone, Default)]
pub(super) struct Codes {
    known: Interner,
}

impl Codes {
    /// The number of a text, given to it if it has none and there is room.
    #[inline]
    pub fn code(&mut self, text: &str) -> Option<u16> {
        let text = text.as_bytes();
        if text.len() > TEXT_BYTES_MAX {
            return None;
        }
        let code = if self.known.len() >= CODES_MAX {
            self.known.get(text)?
        } else {
            self.known.code(text).0
        };
        u16::try_from(code).ok()
    }

    /// The text of a number.
    #[inline]
    pub fn text(&self, code: u16) -> &[u8] {
        self.known.value(u32::from(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_table_still_knows_what_it_knew() {
        let mut codes = Codes::default();
        for i in 0..CODES_MAX {
            assert_eq!(codes.code(&format!("p{i}")), Some(i as u16));
        }
        assert_eq!(codes.code("one too many"), None);
        assert_eq!(codes.code("p17"), Some(17));
        assert_eq!(codes.text(17), b"p17");
        assert_eq!(Codes::default().code(&"x".repeat(257)), None);
    }
}
