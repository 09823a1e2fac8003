//! The few command-line options the chores take.

use anyhow::{Context, Result, bail};

/// Words not yet taken. Each chore takes its options, then calls [`Args::end`].
pub struct Args {
    words: Vec<String>,
}

impl Args {
    pub fn new(words: impl IntoIterator<Item = String>) -> Self {
        Self {
            words: words.into_iter().collect(),
        }
    }

    /// The first word, whatever it is.
    pub fn next_word(&mut self) -> Option<String> {
        (!self.words.is_empty()).then(|| self.words.remove(0))
    }

    /// Whether `--name` was given.
    pub fn flag(&mut self, name: &str) -> bool {
        let found = self.words.iter().position(|word| word == name);
        found.map(|i| self.words.remove(i)).is_some()
    }

    /// The value of `--name VALUE` or `--name=VALUE`.
    pub fn option(&mut self, name: &str) -> Result<Option<String>> {
        let with_sign = format!("{name}=");
        if let Some(i) = self
            .words
            .iter()
            .position(|word| word.starts_with(&with_sign))
        {
            return Ok(self
                .words
                .remove(i)
                .strip_prefix(&with_sign)
                .map(str::to_owned));
        }
        let Some(i) = self.words.iter().position(|word| word == name) else {
            return Ok(None);
        };
        self.words.remove(i);
        if i >= self.words.len() {
            bail!("`{name}` needs a value");
        }
        Ok(Some(self.words.remove(i)))
    }

    /// The value of an option that is a whole number; `_` may part its digits.
    pub fn number(&mut self, name: &str, default: u64) -> Result<u64> {
        match self.option(name)? {
            None => Ok(default),
            Some(text) => text
                .replace('_', "")
                .parse()
                .with_context(|| format!("`{name}` needs a whole number, not `{text}`")),
        }
    }

    /// What is left, none of it an option.
    pub fn rest(self) -> Result<Vec<String>> {
        match self.words.iter().find(|word| word.starts_with('-')) {
            Some(word) => bail!("unknown option `{word}`; `cargo xtask help` lists them"),
            None => Ok(self.words),
        }
    }

    /// Nothing may be left.
    pub fn end(self) -> Result<()> {
        match self.rest()?.first() {
            Some(word) => {
                bail!("`{word}` is not expected here; `cargo xtask help` lists the options")
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Args {
        Args::new(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn takes_options_wherever_they_stand() {
        let mut args = args("retail --rounds 5 --data=a.csv --no-history");
        assert_eq!(args.number("--rounds", 3).unwrap(), 5);
        assert_eq!(args.option("--data").unwrap().as_deref(), Some("a.csv"));
        assert!(args.flag("--no-history"));
        assert!(!args.flag("--no-history"));
        assert_eq!(args.number("--customers", 500_000).unwrap(), 500_000);
        assert_eq!(args.rest().unwrap(), ["retail"]);
    }

    #[test]
    fn a_slip_is_an_error() {
        assert!(args("--rounds").number("--rounds", 3).is_err());
        assert!(args("--rounds x").number("--rounds", 3).is_err());
        assert!(args("--chekc").end().is_err());
        assert!(args("extra").end().is_err());
    }
}
