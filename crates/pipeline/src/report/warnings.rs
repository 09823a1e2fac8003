//! What a reader should know before the conclusions: each warning says what was
//! seen and what to do about it, in both languages.

use perennial_web::format::{count, percent};
use perennial_web::report::{Part, Warning};
use perennial_web::{Language, Text};

use super::actions::Chosen;
use super::lists;
use super::material::Material;
use super::risk::{Survey, horizon_limit};
use crate::answer::listed;
use crate::stages::features;
use crate::stages::ingest::Book;
use crate::stages::model;

/// Share of a file's rows that other files have too from which the files likely
/// overlap.
const OVERLAP_SERIOUS: f64 = 0.2;
/// Share of rows set aside from which conclusions may be wrong.
const QUARANTINED_SERIOUS: f64 = 0.05;
/// Share of rows without a customer from which conclusions may be wrong.
const ANONYMOUS_SERIOUS: f64 = 0.5;

/// All warnings, serious ones first.
pub(super) fn warnings(
    m: &Material<'_>,
    survey: &Part<Survey>,
    chosen: &Part<Chosen>,
) -> Vec<Warning> {
    let books = m.ingest.current();
    let mut found = rows(&books);
    found.extend(overlapping_files(&books));
    found.extend(changed_files(&books));
    if m.settings_hash != m.project.settings.settings_hash().to_hex().as_str() {
        found.push(settings_changed());
    }
    if let Some(notes) = &m.features {
        found.extend(history(notes));
    }
    if let Some(notes) = &m.model {
        found.extend(columns(notes));
    }
    let at_risk = survey.as_ref().map_or(0, |survey| survey.order.len());
    let actions = chosen.as_ref().map_or(0, |chosen| chosen.order.len());
    found.extend(cut_list(lists::AT_RISK, at_risk));
    found.extend(cut_list(lists::ACTIONS, actions));
    found.extend(m.project.warnings.iter().map(|warning| opening(warning)));
    found.sort_by_key(|warning| !warning.serious);
    found
}

fn warning(code: &str, serious: bool, message: Text, hint: Text) -> Warning {
    Warning {
        code: code.to_owned(),
        message,
        hint: Some(hint),
        serious,
    }
}

/// What the books say about rows.
fn rows(books: &[Book]) -> Vec<Warning> {
    let sum = |of: fn(&Book) -> u64| books.iter().map(of).sum::<u64>();
    let (read, kept) = (sum(|b| b.rows_read), sum(|b| b.kept));
    // What was let go in its time is no fault of a file.
    let faulty = |b: &Book| b.quarantined.saturating_sub(b.past_keeping);
    let (quarantined, anonymous) = (sum(faulty), sum(|b| b.without_customer));
    let (duplicates, repeats) = (sum(|b| b.duplicates), sum(|b| b.repeats));
    let share = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
    let mut found = Vec::new();
    if quarantined > 0 {
        let share = share(quarantined, read);
        found.push(warning(
            "rows/quarantined",
            share >= QUARANTINED_SERIOUS,
            Text::new(
                format!(
                    "Rows set aside because they could not be used: {} of {} ({}).",
                    count(quarantined), count(read), percent(share, Language::En)
                ),
                format!(
                    "共 {} 行中有 {} 行（{}）无法使用，已隔离。",
                    count(read), count(quarantined), percent(share, Language::Zh)
                ),
            ),
            Text::new(
                "Look at them with `perennial query \"select file, row, column_name, reason from quarantine join ingests using (ingest_id)\"`, mend the file or its mapping, and run again.",
                "请用 `perennial query \"select file, row, column_name, reason from quarantine join ingests using (ingest_id)\"` 查看文件、行号、列和原因，修正文件或映射后重新运行。",
            ),
        ));
    }
    let past = sum(|b| b.past_keeping);
    if past > 0 {
        found.push(past_keeping(past));
    }
    if anonymous > 0 {
        found.push(without_customer(anonymous, share(anonymous, kept)));
    }
    if duplicates > 0 {
        found.push(warning(
            "rows/duplicate",
            false,
            Text::new(
                format!(
                    "Rows left out because they repeat others: {}.",
                    count(duplicates)
                ),
                format!("有 {} 行与其他行重复，已剔除。", count(duplicates)),
            ),
            Text::new(
                "Usually an export that overlaps another; check that no file was exported twice.",
                "通常是导出文件之间有重叠；请检查是否有文件重复导出。",
            ),
        ));
    }
    if repeats > 0 {
        found.push(warning(
            "rows/repeated",
            false,
            Text::new(
                format!("Rows kept although they equal another of their file: {}. Without an order number nobody can tell a repeat from a second purchase.", count(repeats)),
                format!("有 {} 行与同一文件中的其他行完全相同，已保留：没有订单号，无法区分重复记录和再次购买。", count(repeats)),
            ),
            Text::new(
                "Map a column as `order_id` in the settings if there is one.",
                "如有订单号列，请在设置中映射为 `order_id`。",
            ),
        ));
    }
    found
}

/// That rows were let go in their time.
fn past_keeping(rows: u64) -> Warning {
    warning(
        "rows/past-keeping",
        false,
        Text::new(
            format!(
                "Rows that are no longer kept, older than their source's `keep`: {}.",
                count(rows)
            ),
            format!(
                "有 {} 行超过其数据源的保存期限（`keep`），已不再保存。",
                count(rows)
            ),
        ),
        Text::new(
            "To keep them for longer, write a longer `keep` and read the files again with `perennial run --fresh`.",
            "如需保存更久，请延长 `keep`，并用 `perennial run --fresh` 重新读取文件。",
        ),
    )
}

/// Files that may say the same twice.
fn overlapping_files(books: &[Book]) -> Option<Warning> {
    let rows = books.iter().map(|book| book.overlaps).sum::<u64>();
    let share = |book: &Book| book.overlaps as f64 / book.kept.max(1) as f64;
    let files: Vec<&str> = books
        .iter()
        .filter(|book| share(book) >= OVERLAP_SERIOUS)
        .map(|book| book.file.as_str())
        .collect();
    let names = listed(files.iter().copied(), 3);
    (rows > 0).then(|| {
        warning(
            "rows/overlap",
            !files.is_empty(),
            Text::new(
                format!(
                    "Rows that equal a row of another file and count beside it: {}{}. Without an order number nobody can tell files that overlap from a second purchase.",
                    count(rows),
                    if files.is_empty() { String::new() } else { format!(", many of them in {names}") }
                ),
                format!(
                    "有 {} 行与其他文件中的行完全相同，均已计入{}：没有订单号，无法区分文件重叠和再次购买。",
                    count(rows),
                    if files.is_empty() { String::new() } else { format!("，主要在 {names} 中") }
                ),
            ),
            Text::new(
                "Map a column as `order_id` if there is one; or take what overlaps out of the files and run `perennial run --fresh`.",
                "如有订单号列，请映射为 `order_id`；否则请从文件中去掉重叠部分，再运行 `perennial run --fresh`。",
            ),
        )
    })
}

/// Files whose content is another than it was.
fn changed_files(books: &[Book]) -> Vec<Warning> {
    let mut found = Vec::new();
    for book in books.iter().filter(|book| book.gone > 0) {
        let (file, rows) = (&book.file, count(book.gone));
        found.push(if book.taken_out > 0 {
            warning(
                "rows/taken-out",
                false,
                Text::new(
                    format!("`{file}` changed: {rows} rows that it had before are not in it any more, and do not count any more."),
                    format!("`{file}` 已更改：之前的 {rows} 行已不在文件中，不再计入。"),
                ),
                Text::new(
                    "Nothing to do where the file was corrected.",
                    "如果文件是经过更正的，则无需处理。",
                ),
            )
        } else {
            warning(
                "rows/written-anew",
                true,
                Text::new(
                    format!("`{file}` was written anew: {rows} rows that it had before are not in it any more, and count beside the new ones."),
                    format!("`{file}` 已重写：之前的 {rows} 行已不在文件中，仍与新的行一并计入。"),
                ),
                Text::new(
                    "Nothing to do where the file is written anew with the latest rows only; otherwise run `perennial run --fresh`, which counts what the files hold now.",
                    "如果该文件每次只写入最新的行，则无需处理；否则请运行 `perennial run --fresh`，只按文件当前内容计算。",
                ),
            )
        });
    }
    found
}

fn without_customer(rows: u64, share: f64) -> Warning {
    warning(
        "rows/without-customer",
        share >= ANONYMOUS_SERIOUS,
        Text::new(
            format!(
                "Kept rows that name no customer: {} ({}). Their revenue counts, their buyers do not.",
                count(rows),
                percent(share, Language::En)
            ),
            format!(
                "保留的行中有 {} 行（{}）没有客户标识：计入收入，但不计入客户。",
                count(rows),
                percent(share, Language::Zh)
            ),
        ),
        Text::new(
            "Whatever is said about customers holds for the others only; a loyalty number at the till would close the gap.",
            "有关客户的结论只适用于其余记录；在收银时登记会员号可以弥补这一缺口。",
        ),
    )
}

fn settings_changed() -> Warning {
    warning(
        "run/settings-changed",
        true,
        Text::new(
            "The settings have changed since this run: its figures follow the earlier ones.",
            "本次运行之后设置已有改动：报告中的数字仍以原设置为准。",
        ),
        Text::new("Run `perennial run` again.", "请重新执行 `perennial run`。"),
    )
}

/// What the features stage noted about the history.
fn history(notes: &features::Notes) -> Vec<Warning> {
    let mut found = Vec::new();
    if let Some(message) = horizon_limit(&notes.horizon) {
        let limit = notes.horizon.limit.as_str();
        let code = match limit {
            "span" => "horizon/span",
            "span_too_short" => "horizon/span-too-short",
            "no_repeats" => "horizon/no-repeats",
            _ => "horizon/longest-candidate",
        };
        found.push(warning(
            code,
            limit == "span_too_short",
            message,
            Text::new(
                "Give a longer history, or set `horizon` under `[lost]` to what the business holds for lost.",
                "请提供更长的历史数据，或在 `[lost]` 下设置 `horizon`，写明业务上认定流失的期限。",
            ),
        ));
    }
    if notes.capped > 0 {
        found.push(warning(
            "history/capped",
            false,
            Text::new(
                format!("Customers with more than a million lines: {}. Only the latest million of each is looked at.", count(notes.capped)),
                format!("有 {} 位客户的记录超过一百万行；每位只使用最近的一百万行。", count(notes.capped)),
            ),
            Text::new(
                "Usually an identifier that stands for walk-in customers; leave it empty in the source.",
                "通常是代表散客的标识；请在数据源中将其留空。",
            ),
        ));
    }
    if notes.last_us >= notes.plan.as_of_us {
        found.push(warning(
            "run/as-of-before-end",
            false,
            Text::new(
                "The data go on after the as-of moment; what comes later is not looked at.",
                "数据在截止时刻之后仍有记录；之后的内容未被使用。",
            ),
            Text::new(
                "Leave out `--as-of` to use all of it.",
                "若要使用全部数据，请去掉 `--as-of`。",
            ),
        ));
    }
    found
}

/// What the model stage noted about columns.
fn columns(notes: &model::Notes) -> Vec<Warning> {
    let names = |columns: &[String]| {
        let quoted: Vec<String> = columns.iter().map(|name| format!("`{name}`")).collect();
        (quoted.join(", "), quoted.join("、"))
    };
    let mut found = Vec::new();
    if !notes.leaks.is_empty() {
        let leaks: Vec<String> = notes.leaks.iter().map(|leak| leak.column.clone()).collect();
        let all_out = leaks.iter().all(|leak| notes.left_out.contains(leak));
        let (en, zh) = names(&leaks);
        let (done_en, done_zh) = if all_out {
            ("left out of the model", "未纳入模型")
        } else {
            (
                "still in the model, for want of others",
                "因没有其他列，仍在模型中",
            )
        };
        found.push(warning(
            "model/leak",
            !all_out,
            Text::new(
                format!("Nearly tells the outcome by itself, and is {done_en}: {en}."),
                format!("单独一列几乎就能说明结果（{done_zh}）：{zh}。"),
            ),
            Text::new(
                "Check whether it is filled in only after a customer has left; if so, drop it from the source.",
                "请检查该列是否在客户流失之后才填写；若是，请从数据源中去掉。",
            ),
        ));
    }
    if !notes.unused_columns.is_empty() {
        let (en, zh) = names(&notes.unused_columns);
        found.push(warning(
            "model/column-unused",
            false,
            Text::new(
                format!(
                    "Not given to the model, since nearly every row has a text of its own: {en}."
                ),
                format!("几乎每行取值都不同的文本列，未纳入模型：{zh}。"),
            ),
            Text::new(
                "If such a column is a number or a category, say so in `types` of the source.",
                "如果该列其实是数字或类别，请在数据源的 `types` 中说明。",
            ),
        ));
    }
    found
}

/// A list that is longer than a spreadsheet is given.
fn cut_list(name: &str, rows: usize) -> Option<Warning> {
    let (held, all) = (count(lists::XLSX_ROWS_MAX as u64), count(rows as u64));
    (rows > lists::XLSX_ROWS_MAX).then(|| {
        warning(
            "list/cut",
            false,
            Text::new(
                format!("`{name}.xlsx` holds the first {held} of {all} rows, all that a spreadsheet opens with ease."),
                format!("`{name}.xlsx` 只包含 {all} 行中的前 {held} 行，再多电子表格难以打开。"),
            ),
            Text::new(
                format!("`{name}.csv` beside it holds all of them."),
                format!("同一文件夹中的 `{name}.csv` 包含全部内容。"),
            ),
        )
    })
}

/// A warning met while the project was opened, in words of the program: what
/// was seen, then what to do. There is one kind, about the key's rights.
fn opening(text: &str) -> Warning {
    let (message, hint) = text.split_once("; ").unwrap_or((text, ""));
    let key = message.split('`').nth(1).unwrap_or_default();
    let sentence = |text: &str| {
        let mut letters = text.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string());
        format!("{}{}.", first.unwrap_or_default(), letters.as_str())
    };
    Warning {
        code: "key/readable-by-others".to_owned(),
        message: Text::new(sentence(message), format!("其他用户可以读取密钥 `{key}`。")),
        hint: (!hint.is_empty())
            .then(|| Text::new(format!("{hint}."), "请执行 `chmod 600`，只允许所有者读取。")),
        serious: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_warned_of_by_their_share() {
        let book = |quarantined: u64, without_customer: u64| Book {
            rows_read: 1_000,
            kept: 1_000 - quarantined,
            quarantined,
            without_customer,
            ..Book::default()
        };
        assert!(rows(&[book(0, 0)]).is_empty());
        let found = rows(&[book(20, 100), book(20, 100)]);
        let codes: Vec<_> = found.iter().map(|w| (w.code.as_str(), w.serious)).collect();
        assert_eq!(
            codes,
            [
                ("rows/quarantined", false),
                ("rows/without-customer", false)
            ]
        );
        assert!(found[0].message.en.contains("40 of 2,000 (2"));
        assert!(found[0].message.zh.contains("2,000 行中有 40 行"));
        assert!(rows(&[book(50, 475)]).iter().all(|w| w.serious));
    }

    #[test]
    fn a_leak_that_had_to_stay_is_serious() {
        let leak = model::notes::LeakNotes {
            column: "closed".to_owned(),
            roc_auc: 0.999,
        };
        let mut notes = model::Notes {
            leaks: vec![leak],
            ..model::Notes::default()
        };
        assert!(columns(&notes)[0].serious);
        notes.left_out.push("closed".to_owned());
        let found = columns(&notes);
        assert!(!found[0].serious && found[0].message.en.contains("`closed`"));
        assert!(found[0].message.zh.contains("`closed`"));
    }

    #[test]
    fn a_cut_list_says_where_the_rest_is() {
        assert!(cut_list("at-risk", lists::XLSX_ROWS_MAX).is_none());
        let found = cut_list("at-risk", 2_500_000).unwrap();
        assert!(
            found
                .message
                .en
                .contains("first 1,000,000 of 2,500,000 rows")
        );
        assert!(found.hint.unwrap().zh.contains("at-risk.csv"));
    }

    #[test]
    fn the_key_is_named_in_both_languages() {
        let found = opening("the key `shop/.perennial/key` can be read by others; `chmod 600` it");
        assert_eq!(
            found.message.en,
            "The key `shop/.perennial/key` can be read by others."
        );
        assert_eq!(
            found.message.zh,
            "其他用户可以读取密钥 `shop/.perennial/key`。"
        );
        assert_eq!(found.hint.unwrap().en, "`chmod 600` it.");
    }
}
