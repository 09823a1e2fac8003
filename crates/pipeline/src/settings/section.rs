//! The one declaration of a section: its struct, its reader and the rows of the
//! generated reference come from the same lines, so they cannot drift apart.

/// One key, as the generated reference shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The section as the file writes it, as in `[value]` or `[[offer]]`; empty
    /// for the top of the file.
    pub section: &'static str,
    /// The key.
    pub name: &'static str,
    /// What may be written, in words.
    pub kind: &'static str,
    /// What holds when the key is absent: TOML text or words; `None` when it must
    /// be there.
    pub default: Option<String>,
    /// What it means.
    pub meaning: &'static str,
}

/// A group of keys that are declared together.
pub(crate) trait Section: Sized {
    /// The rows of the reference.
    fn keys() -> Vec<Key>;
}

/// The default as TOML writes it.
pub(crate) fn shown(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

// `default(value)` is the default itself; `default(value, "words")` says it in
// words; `optional("words")` has none and says what then holds.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        $name:ident in $section:literal {
            $($(#[doc = $doc:literal])+ $key:ident: $type:ty = $how:ident $(($($more:tt)+))?;)+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $key: $crate::settings::section::section!(@field $how $type),)+
        }

        impl $crate::settings::section::Section for $name {
            fn keys() -> Vec<$crate::settings::section::Key> {
                vec![$($crate::settings::section::Key {
                    section: $section,
                    name: stringify!($key),
                    kind: <$type as $crate::settings::read::Setting>::KIND,
                    default: $crate::settings::section::section!(@shown $how $(($($more)+))?),
                    meaning: concat!($($doc),+).trim_ascii(),
                }),+]
            }
        }

        impl $crate::settings::read::Setting for $name {
            const KIND: &'static str = "a table of keys";

            fn read(
                node: &$crate::settings::node::Node,
                path: &str,
                problems: &mut Vec<$crate::settings::error::Problem>,
            ) -> Option<Self> {
                let mut fields = $crate::settings::read::Fields::of(node, path, problems)?;
                $(let $key = $crate::settings::section::section!(@read fields $key $type, $how $(($($more)+))?);)+
                fields.finish(&[$(stringify!($key)),+]);
                Some(Self { $($key: $key?),+ })
            }
        }
    };
    (@field optional $type:ty) => { Option<$type> };
    (@field $how:ident $type:ty) => { $type };
    (@shown required) => { None };
    (@shown optional($words:literal)) => { Some($words.to_owned()) };
    (@shown default($value:expr, $words:literal)) => { Some($words.to_owned()) };
    (@shown default($value:expr)) => { Some($crate::settings::section::shown(&$value)) };
    (@read $fields:ident $key:ident $type:ty, required) => { $fields.required::<$type>(stringify!($key)) };
    (@read $fields:ident $key:ident $type:ty, optional($words:literal)) => { $fields.optional::<$type>(stringify!($key)) };
    (@read $fields:ident $key:ident $type:ty, default($value:expr $(, $words:literal)?)) => {
        $fields.or_else::<$type>(stringify!($key), || $value)
    };
}
pub(crate) use section;
