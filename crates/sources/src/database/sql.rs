//! How each kind of database writes names and texts.

/// The ways of one kind of database.
pub(super) struct Sql {
    /// Stands around names.
    quote: char,
    /// Within texts a backslash begins an escape.
    escapes: bool,
    /// The type of texts, as `CAST` names it.
    text: &'static str,
}

pub(super) const POSTGRES: Sql = Sql {
    quote: '"',
    escapes: false,
    text: "text",
};

pub(super) const MYSQL: Sql = Sql {
    quote: '`',
    escapes: true,
    text: "char",
};

pub(super) const SQLITE: Sql = Sql {
    quote: '"',
    escapes: false,
    text: "text",
};

impl Sql {
    /// A name in quotes.
    pub(super) fn name(&self, name: &str) -> String {
        let quote = self.quote;
        let doubled = name.replace(quote, &format!("{quote}{quote}"));
        format!("{quote}{doubled}{quote}")
    }

    /// A table's name in quotes, perhaps with its schema before it.
    pub(super) fn table(&self, table: &str) -> String {
        let parts = table.split('.').map(|part| self.name(part));
        parts.collect::<Vec<_>>().join(".")
    }

    /// A text in quotes; the server takes it for the type it is compared with.
    pub(super) fn literal(&self, text: &str) -> String {
        let text = match self.escapes {
            true => text.replace('\\', "\\\\"),
            false => text.to_owned(),
        };
        format!("'{}'", text.replace('\'', "''"))
    }

    /// The value of an expression as text.
    pub(super) fn as_text(&self, expression: &str) -> String {
        format!("CAST({expression} AS {})", self.text)
    }
}
