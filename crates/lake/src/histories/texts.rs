//! Text columns as they are read, and the numbers of those that recur.

use arrow::array::{Array, ArrayRef, AsArray, Int32Array, StringArray};
use arrow::datatypes::Int32Type;

use super::codes::Codes;
use crate::{Error, Result};

/// Number of a text that is missing, and of one that is written out.
pub(super) const MISSING: u16 = 0;
pub(super) const WRITTEN: u16 = u16::MAX;

/// The cells of one text column.
#[derive(Clone, Copy)]
pub(super) struct Texts<'a> {
    texts: &'a StringArray,
    keys: Option<&'a Int32Array>,
}

impl<'a> Texts<'a> {
    pub fn of(array: &'a ArrayRef) -> Result<Self> {
        let wrong = || Error::Caller(format!("a text column of type {}", array.data_type()).into());
        if let Some(texts) = array.as_string_opt::<i32>() {
            return Ok(Self { texts, keys: None });
        }
        let dictionary = array.as_dictionary_opt::<Int32Type>().ok_or_else(wrong)?;
        let texts = dictionary.values().as_string_opt::<i32>();
        Ok(Self {
            texts: texts.ok_or_else(wrong)?,
            keys: Some(dictionary.keys()),
        })
    }

    /// Where the text of a row stands; none where it is missing.
    #[inline]
    fn place(&self, row: usize) -> Option<usize> {
        let at = match self.keys {
            None => row,
            Some(keys) if keys.is_null(row) => return None,
            Some(keys) => keys.value(row) as usize,
        };
        self.texts.is_valid(at).then_some(at)
    }

    #[inline]
    pub fn get(&self, row: usize) -> Option<&'a str> {
        self.place(row).map(|at| self.texts.value(at))
    }

    /// The numbers of the texts of `rows`. Only texts that a row uses get one:
    /// a dictionary may hold more.
    pub fn numbers(&self, rows: &[u32], codes: &mut Codes) -> Vec<u16> {
        // 0 stands for "not looked up yet".
        let mut known = vec![MISSING; self.texts.len()];
        let mut number = |row: &u32| {
            let Some(at) = self.place(*row as usize) else {
                return MISSING;
            };
            if known[at] == MISSING {
                known[at] = codes.code(self.texts.value(at)).map_or(WRITTEN, |c| c + 1);
            }
            known[at]
        };
        rows.iter().map(&mut number).collect()
    }
}

/// A text column with numbers: the number of each line, and the texts for
/// those without one.
pub(super) struct Numbered<'a> {
    pub numbers: Vec<u16>,
    pub texts: Texts<'a>,
}
