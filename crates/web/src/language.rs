//! The two languages of every page, and a text that is written in both.

/// The language a page, list or summary is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    En,
    /// Simplified Chinese.
    Zh,
}

impl Language {
    /// Both languages, in a fixed order.
    pub const ALL: [Language; 2] = [Language::En, Language::Zh];

    /// The value of HTML's `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Zh => "zh-Hans",
        }
    }

    /// The language for a settings value (`en` or `zh`, with or without a
    /// region), `None` for any other.
    pub fn from_code(code: &str) -> Option<Language> {
        let primary = code.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("en") {
            Some(Language::En)
        } else if primary.eq_ignore_ascii_case("zh") {
            Some(Language::Zh)
        } else {
            None
        }
    }
}

/// A sentence or name written in both languages by whoever made it.
///
/// Names that belong to the business (an offer, a column, a file) are the same
/// in both: [`Text::same`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

impl Text {
    /// A text in both languages.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Text {
        Text {
            en: en.into(),
            zh: zh.into(),
        }
    }

    /// A name that is the same in both languages.
    pub fn same(name: impl Into<String>) -> Text {
        let name = name.into();
        Text {
            en: name.clone(),
            zh: name,
        }
    }

    /// The text in `language`.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Zh => &self.zh,
        }
    }
}
