//! From what the lake sees in files to a draft: every guess with its doubt.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use perennial_lake::sources::database;
use perennial_lake::sources::dialect::Dialect;
use perennial_lake::sources::guess::{Guess, QuestionKind};
use perennial_lake::sources::infer::ColumnProfile;
use perennial_lake::sources::{OtherList, Role as SeenRole, TableKind};

use super::doubts::{KIND_CONFIDENCE_MIN, doubt_about, joined, table_doubt};
use super::draft::{DraftColumn, DraftLost, DraftSource, Found, Guessed};
use super::error::Error;
use super::people;
use super::render::toml_text;
use super::seen::{Seen, seen_at};
use super::words::Text;
use crate::settings::{Per, Role, Table};

/// Below this a header, or that there is none, is called a guess.
const HEADER_CONFIDENCE_MIN: f64 = 0.8;

/// The day that stands in where days are counted from one that nobody told.
const DAY_ZERO: &str = "2000-01-01";

/// Where the new project will be.
pub(super) struct Here {
    folder: PathBuf,
}

impl Here {
    pub(super) fn of(folder: &Path) -> Self {
        Self {
            folder: canonical(folder),
        }
    }

    /// The name of the folder.
    pub(super) fn name(&self) -> String {
        self.folder.file_name().map_or_else(
            || "project".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        )
    }

    /// A file as the settings should call it: relative to the project when it lies
    /// inside or was given as relative, so that both can be moved together; as it
    /// was given otherwise.
    fn call(&self, file: &Path) -> PathBuf {
        if file.to_str().is_some_and(database::is_address) {
            return file.to_owned();
        }
        let whole = canonical(file);
        if let Ok(inside) = whole.strip_prefix(&self.folder) {
            return inside.to_owned();
        }
        if file.is_absolute() {
            file.to_owned()
        } else {
            relative(&self.folder, &whole)
        }
    }
}

/// The path without links, as far as it exists.
fn canonical(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let known = whole
        .ancestors()
        .find_map(|ancestor| Some((ancestor, ancestor.canonicalize().ok()?)));
    match known {
        Some((ancestor, known)) => match whole.strip_prefix(ancestor) {
            // Joining nothing would add a slash.
            Ok(rest) if rest.as_os_str().is_empty() => known,
            Ok(rest) => known.join(rest),
            Err(_) => known,
        },
        None => whole,
    }
}

/// The way from one folder to a path; both whole.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let shared = from
        .components()
        .zip(to.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}

/// What the files are, in the order given.
pub(super) fn at_files(paths: &[PathBuf], here: &Here) -> Result<Found, Error> {
    let mut sources = Vec::new();
    let mut lost = None;
    let mut amount = None;
    let mut purchases_seen = BTreeSet::new();
    let mut price_per = None;
    for seen in paths.iter().map(|path| seen_at(path)) {
        for seen in seen? {
            let called = here.call(&seen.path);
            let Some(called) = called.to_str() else {
                return Err(Error::PathNotText { path: called });
            };
            let mut drafted = source(called, seen.dialect.as_ref(), &seen.columns, &seen.guess);
            drafted.path.doubt = path_doubt(called, &seen);
            sources.push(drafted);
            purchases_seen.extend(seen.guess.purchases.iter().cloned());
            if seen.guess.kind == TableKind::Subscriptions {
                price_per = price_per.or(seen.guess.value_amount_per.and_then(Per::from_word));
            }
            if seen.guess.kind == TableKind::Customers {
                lost = lost.or_else(|| Some(lost_of(&seen.guess)));
                amount = amount.or_else(|| amount_of(&seen.guess));
            }
        }
    }
    // Purchases and contracts say more than a label that was set once, and a label
    // more than events: where there are several, the first of them decides.
    let has = |table| {
        let mut sources = sources.iter();
        sources.any(|source: &DraftSource| source.table.value == table)
    };
    let purchases = has(Table::OrderLines);
    let lost = match lost {
        _ if purchases => DraftLost::NoPurchase,
        _ if has(Table::Subscriptions) => DraftLost::Contract { price_per },
        Some(label) => label,
        None if has(Table::Events) => no_event_of(purchases_seen),
        None => DraftLost::NoPurchase,
    };
    let is_label = matches!(lost, DraftLost::Label { .. });
    let amount = amount.filter(|_| is_label || !(purchases || has(Table::Subscriptions)));
    Ok((sources, lost, amount, None))
}

/// What is to be said beside the path of a source.
fn path_doubt(called: &str, seen: &Seen) -> Option<Text> {
    let mut doubts = Vec::new();
    if holds_password(called) {
        doubts.push(Text::new(
            "holds a password: put it into a variable of the environment and write `${NAME}`",
            "含有密码：请放入环境变量，并在此写作 `${NAME}`",
        ));
    }
    if !seen.left_out.is_empty() {
        let names = seen.left_out.iter().map(String::as_str);
        let names = crate::answer::listed(names, 5);
        doubts.push(Text::new(
            format!("not used, since its columns are others: {names}"),
            format!("以下各表的列不同，未使用：{names}"),
        ));
    }
    if !seen.other_lists.is_empty() {
        let lists: Vec<String> = seen.other_lists.iter().map(OtherList::to_string).collect();
        let lists = lists.join(", ");
        doubts.push(Text::new(
            format!("of its lists of records one is read; set aside: {lists}"),
            format!("文件中有多个记录列表，只读取其中一个；其余不读取：{lists}"),
        ));
    }
    joined(&doubts)
}

/// Whether a path is the address of a database with a password in clear.
fn holds_password(path: &str) -> bool {
    let Some((_, rest)) = path.split_once("://") else {
        return false;
    };
    let who = rest.rsplit_once('@').map(|(who, _)| who);
    let password = who.and_then(|who| who.split_once(':'));
    password.is_some_and(|(_, password)| !password.is_empty() && !password.starts_with("${"))
}

/// The draft of one source.
pub(super) fn source(
    path: &str,
    dialect: Option<&Dialect>,
    columns: &[ColumnProfile],
    guess: &Guess,
) -> DraftSource {
    let table = table_of(guess.kind);
    let played = played(guess, table);
    let personal: Vec<String> = guess
        .columns(SeenRole::Personal)
        .into_iter()
        .map(str::to_owned)
        .collect();
    // Every column of a table of customers is used; of histories only those named.
    let mut traits = match table {
        Table::OrderLines | Table::Events | Table::Subscriptions => traits(guess),
        Table::Customers => Vec::new(),
    };
    let people = people::of(guess, &personal, &played, columns);
    let is_of_person = |column: &str| {
        let mut parts = people.iter().filter(|part| !part.is_proposed);
        parts.any(|part| part.column.value == column)
    };
    traits.retain(|(_, column)| !is_of_person(&column.value));
    let named = |column: &str| {
        played.iter().any(|part| part.column.value == column)
            || is_of_person(column)
            || personal.iter().any(|other| other == column)
            || traits.iter().any(|(_, other)| other.value == column)
    };
    let unused = columns
        .iter()
        .map(|column| column.name.clone())
        .filter(|column| !named(column))
        .collect();
    DraftSource {
        path: Guessed::sure(path.to_owned()),
        table: Guessed {
            value: table,
            doubt: table_doubt(guess),
        },
        missing: (missing(guess, table).into_iter())
            .chain(held_back(guess, table))
            .collect(),
        columns: played,
        traits,
        personal: Guessed {
            value: personal,
            doubt: doubt_about(guess, SeenRole::Personal, None),
        },
        people,
        unused,
        overrides: overrides(dialect, columns, guess),
    }
}

/// The table that a kind of file becomes.
pub(super) fn table_of(kind: TableKind) -> Table {
    match kind {
        TableKind::OrderLines => Table::OrderLines,
        TableKind::Events => Table::Events,
        TableKind::Subscriptions => Table::Subscriptions,
        TableKind::Customers => Table::Customers,
    }
}

/// The part of settings that a seen role is, if it is one.
fn part(role: SeenRole, guess: &Guess) -> Option<Role> {
    match role {
        SeenRole::CustomerId => Some(Role::CustomerId),
        SeenRole::OrderId => Some(Role::OrderId),
        SeenRole::ProductId => Some(Role::ProductId),
        SeenRole::Time => Some(Role::Time),
        SeenRole::Quantity => Some(Role::Quantity),
        SeenRole::UnitPrice => Some(Role::UnitPrice),
        SeenRole::Amount => Some(Role::Amount),
        SeenRole::Cost => Some(Role::Cost),
        SeenRole::Discount => Some(Role::Discount),
        SeenRole::Channel => Some(Role::Channel),
        SeenRole::EventName => Some(Role::Name),
        SeenRole::MessageId => Some(Role::MessageId),
        SeenRole::SubscriptionId => Some(Role::SubscriptionId),
        SeenRole::Start => Some(Role::Start),
        SeenRole::End => Some(Role::End),
        SeenRole::Due => Some(Role::Due),
        SeenRole::Plan => Some(Role::Plan),
        // Without what it is paid per a price cannot be used: see `missing`.
        SeenRole::Price => guess.value_amount_per.map(|_| Role::Price),
        SeenRole::Label => Some(Role::Label),
        SeenRole::Trait | SeenRole::Personal | SeenRole::ProductTrait => None,
    }
}

fn played(guess: &Guess, table: Table) -> Vec<DraftColumn> {
    let mut played: Vec<DraftColumn> = Vec::new();
    for seen in &guess.roles {
        let Some(role) = part(seen.role, guess).filter(|role| table.roles().contains(role)) else {
            continue;
        };
        let again = played
            .iter()
            .any(|other| other.role == role || other.column.value == seen.column);
        if !again {
            let doubt = doubt_about(guess, seen.role, Some(&seen.column));
            played.push(DraftColumn {
                role,
                column: Guessed {
                    value: seen.column.clone(),
                    doubt,
                },
            });
        }
    }
    played.sort_by_key(|column| column.role);
    played
}

fn traits(guess: &Guess) -> Vec<(String, Guessed<String>)> {
    let mut traits: Vec<(String, Guessed<String>)> = Vec::new();
    for column in guess.columns(SeenRole::Trait) {
        let name = plain_name(column);
        let taken = |name: &str| traits.iter().any(|(other, _)| other == name);
        let free = if taken(&name) {
            (2..)
                .map(|n| format!("{name}_{n}"))
                .find(|name| !taken(name))
        } else {
            None
        };
        let doubt = doubt_about(guess, SeenRole::Trait, Some(column));
        traits.push((
            free.unwrap_or(name),
            Guessed {
                value: column.to_owned(),
                doubt,
            },
        ));
    }
    traits
}

/// A column's name in small letters and underscores: `PaymentMethod` becomes
/// `payment_method`, `CustomerID` becomes `customer_id`.
pub(super) fn plain_name(column: &str) -> String {
    let letters: Vec<char> = column.chars().collect();
    let mut name = String::new();
    for (at, letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            name.push('_');
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins_word = letter.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit())
                || (before.is_some_and(|before| before.is_uppercase())
                    && after.is_some_and(|after| after.is_lowercase())));
        if begins_word {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        "trait".to_owned()
    } else {
        words.join("_")
    }
}

/// The parts that a table needs and that no column was found for.
pub(super) fn missing(guess: &Guess, table: Table) -> Vec<(Role, Text)> {
    let has = |role| guess.column(role).is_some();
    let mut missing = Vec::new();
    match table {
        Table::OrderLines | Table::Events => {
            if !has(SeenRole::CustomerId) {
                missing.push(Role::CustomerId);
            }
            if !has(SeenRole::Time) {
                missing.push(Role::Time);
            }
            let has_money = has(SeenRole::Amount) || has(SeenRole::UnitPrice);
            if table == Table::OrderLines && !has_money {
                missing.push(Role::Amount);
            }
        }
        Table::Subscriptions => {
            if !has(SeenRole::CustomerId) {
                missing.push(Role::CustomerId);
            }
            if !has(SeenRole::Start) {
                missing.push(Role::Start);
            }
            if !has(SeenRole::End) && !has(SeenRole::Due) {
                missing.push(Role::End);
            }
        }
        Table::Customers => {
            if !has(SeenRole::Label) {
                missing.push(Role::Label);
            }
        }
    }
    let doubt = || {
        Text::new(
            "no column was found: name it and take away the first `#`",
            "没有找到对应的列：请填写列名并去掉行首的 #",
        )
    };
    let of_role = |role| match role {
        Role::CustomerId => doubt_about(guess, SeenRole::CustomerId, None),
        _ => None,
    };
    let doubt_of = |role| of_role(role).unwrap_or_else(doubt);
    missing
        .into_iter()
        .map(|role| (role, doubt_of(role)))
        .collect()
}

/// What the reader would find itself, where that is in doubt.
fn overrides(
    dialect: Option<&Dialect>,
    columns: &[ColumnProfile],
    guess: &Guess,
) -> Vec<(&'static str, Guessed<String>)> {
    let mut overrides = Vec::new();
    if let Some(dialect) = dialect {
        if !dialect.encoding_sure {
            let doubt = Text::new(
                "the likeliest; look whether names are spelt right",
                "可能性最大的编码，请检查文字是否正确",
            );
            overrides.push((
                "encoding",
                Guessed::unsure(toml_text(&dialect.encoding.name()), doubt),
            ));
        }
        if dialect.header_confidence < HEADER_CONFIDENCE_MIN {
            let doubt = if dialect.header {
                Text::new(
                    "the first line seems to name the columns",
                    "首行看起来是列名",
                )
            } else {
                Text::new(
                    "the first line seems to be data; columns are called c1, c2 and so on",
                    "首行看起来是数据；各列依次称为 c1、c2……",
                )
            };
            overrides.push(("header", Guessed::unsure(dialect.header.to_string(), doubt)));
        }
    }
    if guess.relative_days {
        let doubt = Text::new(
            "days are counted from a day that the file does not tell: put it here; each group of rows may have its own, as in { column = \"term\", \"2024A\" = \"2024-02-01\" }",
            "天数从哪一天起算，文件中没有说明：请填写；各组可有各自的起点，如 { column = \"term\", \"2024A\" = \"2024-02-01\" }",
        );
        overrides.push(("time_format", Guessed::sure("\"days\"".to_owned())));
        overrides.push(("day_zero", Guessed::unsure(toml_text(DAY_ZERO), doubt)));
        return overrides;
    }
    let moments = [SeenRole::Time, SeenRole::Start, SeenRole::End];
    let time = (moments.into_iter())
        .find_map(|role| guess.column(role))
        .and_then(|name| columns.iter().find(|column| column.name == name));
    if let Some(format) = time
        .filter(|time| time.day_month_unsure)
        .and_then(|time| time.kind.time_format())
    {
        let doubt = Text::new(
            "day and month could be the other way round",
            "日与月的先后无法确定",
        );
        overrides.push((
            "time_format",
            Guessed::unsure(toml_text(format.name()), doubt),
        ));
    }
    overrides
}

/// A part that a table can do without, and why it is not used as it was found.
fn held_back(guess: &Guess, table: Table) -> Option<(Role, Text)> {
    let column = guess.column(SeenRole::Price)?;
    let is_priced = table == Table::Subscriptions && guess.value_amount_per.is_none();
    is_priced.then(|| {
        let doubt = Text::new(
            format!("`{column}` seems to be the price: name it, and write what it is paid per as `amount_per` under [value]"),
            format!("`{column}` 似为价格：请填写列名，并在 [value] 下用 `amount_per` 写明周期"),
        );
        (Role::Price, doubt)
    })
}

/// What lost means where customers are known by events: that they no longer buy,
/// where events say that somebody bought.
fn no_event_of(purchases: BTreeSet<String>) -> DraftLost {
    let names: Vec<String> = purchases.into_iter().collect();
    let doubt = (!names.is_empty()).then(|| {
        Text::new(
            "whoever no longer buys counts as lost; with [] whoever is no longer seen at all",
            "不再购买即视为流失；若写 []，则完全不再出现才视为流失",
        )
    });
    DraftLost::NoEvent {
        events: Guessed {
            value: names,
            doubt,
        },
    }
}

/// What lost means in a table of customers.
pub(super) fn lost_of(guess: &Guess) -> DraftLost {
    let lost_when = match &guess.lost_when {
        Some(value) => {
            let rarer = guess
                .unsure
                .iter()
                .any(|question| question.kind == QuestionKind::LostWhen);
            let doubt = rarer.then(|| {
                Text::new(
                    "nothing says so: it is the rarer of the two values",
                    "没有明确说明，取了两个值中较少的一个",
                )
            });
            Guessed {
                value: value.clone(),
                doubt,
            }
        }
        None => Guessed::unsure(
            "1".to_owned(),
            Text::new("write the value that means lost", "请填写表示已流失的取值"),
        ),
    };
    DraftLost::Label { lost_when }
}

/// What each customer pays, and per what, as far as it can be told.
pub(super) fn amount_of(guess: &Guess) -> Option<(Guessed<String>, Option<Guessed<Per>>)> {
    let seen = guess.value_amount.as_ref()?;
    let weak = seen.confidence < KIND_CONFIDENCE_MIN;
    let doubt = weak.then(|| Text::new("probably what a customer pays", "可能是客户支付的金额"));
    let per = guess
        .value_amount_per
        .and_then(Per::from_word)
        .map(Guessed::sure);
    Some((
        Guessed {
            value: seen.column.clone(),
            doubt,
        },
        per,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_get_plain_names() {
        for (column, name) in [
            ("Country", "country"),
            ("PaymentMethod", "payment_method"),
            ("CustomerID", "customer_id"),
            ("HTTPStatus", "http_status"),
            ("Online Backup (y/n)", "online_backup_y_n"),
            ("会员 等级", "会员_等级"),
            ("--", "trait"),
        ] {
            assert_eq!(plain_name(column), name);
        }
    }

    #[test]
    fn files_are_called_from_the_project() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("shop/data")).unwrap();
        std::fs::write(root.join("shop/data/a.csv"), "").unwrap();
        std::fs::write(root.join("b.csv"), "").unwrap();
        let here = Here::of(&root.join("shop"));
        assert_eq!(here.name(), "shop");
        // Inside: relative, also through a pattern.
        assert_eq!(
            here.call(&root.join("shop/data/a.csv")),
            Path::new("data/a.csv")
        );
        assert_eq!(
            here.call(&root.join("shop/data/*.csv")),
            Path::new("data/*.csv")
        );
        // Outside and whole: as it was given.
        assert_eq!(here.call(&root.join("b.csv")), root.join("b.csv"));
        // Outside and relative: the way from the project.
        assert_eq!(
            relative(&root.join("new/shop"), &root.join("b.csv")),
            Path::new("../../b.csv")
        );
        assert_eq!(
            relative(&root, &root.join("data/b.csv")),
            Path::new("data/b.csv")
        );
    }
}
