//! The catalogue: every table and column with what it means, whom it is about,
//! who answers for it, on what ground and for how long.

use serde::Serialize;

use crate::Language;
use crate::class::Class;
use crate::declared::{Source, length, not_declared};
use crate::page::{aligned, cell, count};

/// Characters of a text in an overview.
const SHORT_CHARS: usize = 60;
/// Files of one source that are listed for people; machines get them all.
const FILES_SHOWN: usize = 20;

/// What the project holds.
#[derive(Debug, Clone, Serialize)]
pub struct Catalogue {
    /// The project.
    pub project: String,
    /// Its tables, in the order of the stages; the vault last.
    pub tables: Vec<Table>,
    /// Whether one table was asked for, which is then shown whole.
    #[serde(skip)]
    pub whole: bool,
}

/// One table.
#[derive(Debug, Clone, Serialize)]
pub struct Table {
    /// Its name.
    pub table: String,
    /// The stage that writes it; none of the vault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// What one row is.
    pub about: String,
    /// The strictest class of its columns.
    pub class: Class,
    /// The version that readers see; none where there is none yet.
    pub version: Option<i64>,
    /// Its rows; none where there is no such table yet.
    pub rows: Option<u64>,
    /// The moment of its newest row, where rows have a time.
    pub newest: Option<String>,
    /// Whether it is made anew from other tables, and so holds nothing longer than they do.
    pub is_made: bool,
    /// The sources its rows come from, with what is declared of them.
    pub sources: Vec<FromSource>,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A source behind a table.
#[derive(Debug, Clone, Serialize)]
pub struct FromSource {
    /// What is declared of it.
    #[serde(flatten)]
    pub declared: Source,
    /// The files that were read.
    pub files: Vec<File>,
}

/// A file that was read.
#[derive(Debug, Clone, Serialize)]
pub struct File {
    /// Its name, as the settings have it.
    pub file: String,
    /// BLAKE3 of its bytes, in hexadecimal.
    pub hash: String,
    /// Rows of it that are in the table.
    pub kept: u64,
    /// Rows that were let go because they were past their time.
    pub past_keeping: u64,
}

/// A column.
#[derive(Debug, Clone, Serialize)]
pub struct Column {
    /// Its name.
    pub column: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whom it is about.
    pub class: Class,
    /// What it means.
    pub meaning: String,
    /// The columns of files it comes from, where it is read from one.
    pub from: Vec<String>,
}

impl Catalogue {
    /// The catalogue for people: a line a table, or one table whole.
    pub fn lines(&self, language: Language) -> Vec<String> {
        if self.whole {
            return self.tables.iter().flat_map(|t| t.lines(language)).collect();
        }
        let titles = language.pick(
            [
                "table",
                "rows",
                "newest",
                "class",
                "owner",
                "ground",
                "kept for",
                "one row is",
            ],
            [
                "表",
                "行数",
                "最新",
                "类别",
                "负责人",
                "法律依据",
                "保存期限",
                "一行是",
            ],
        );
        let mut rows = vec![titles.map(str::to_owned).to_vec()];
        rows.extend(self.tables.iter().map(|table| table.cells(language)));
        let mut lines = aligned(&rows);
        lines.push(String::new());
        lines.push(
            language
                .pick(
                    "`perennial catalogue TABLE` shows columns and files",
                    "`perennial catalogue TABLE` 可查看某个表的列和文件",
                )
                .to_owned(),
        );
        lines
    }
}

impl Table {
    fn cells(&self, language: Language) -> Vec<String> {
        let of = |pick: fn(&Source) -> Option<String>| self.said(pick, language);
        let keep = match self.is_made {
            true => language.pick("made anew", "随运行重新生成").to_owned(),
            false => of(|source| source.keep.clone()),
        };
        [
            self.table.clone(),
            self.rows.map_or("-".to_owned(), count),
            day(self.newest.as_deref()),
            self.class.word(language).to_owned(),
            of(|source| source.owner.clone()),
            of(|source| source.legal_ground.clone()),
            keep,
            short(&self.about),
        ]
        .to_vec()
    }

    /// What the sources declare, each thing once; a dash for a table of no source.
    fn said(&self, pick: fn(&Source) -> Option<String>, language: Language) -> String {
        let mut said: Vec<String> = Vec::new();
        for source in &self.sources {
            let text = pick(&source.declared);
            let text = text.map_or(not_declared(language).to_owned(), |text| short(&text));
            if !said.contains(&text) {
                said.push(text);
            }
        }
        if said.is_empty() {
            return "-".to_owned();
        }
        said.join(language.pick(", ", "、"))
    }

    /// The table whole.
    fn lines(&self, language: Language) -> Vec<String> {
        let colon = language.pick(": ", "：");
        let pair = |name: &str, value: String| format!("{name}{colon}{value}");
        let mut lines = vec![format!("{}{colon}{}", self.table, self.about)];
        lines.push(pair(
            language.pick("class", "类别"),
            self.class.word(language).to_owned(),
        ));
        if let Some(stage) = &self.stage {
            lines.push(pair(
                language.pick("written by the stage", "写入阶段"),
                stage.clone(),
            ));
        }
        if let Some(rows) = self.rows {
            let version = self.version.map_or_else(String::new, |version| {
                language.pick(
                    format!(" (version {version})"),
                    format!("（版本 {version}）"),
                )
            });
            lines.push(pair(
                language.pick("rows", "行数"),
                format!("{}{version}", count(rows)),
            ));
        }
        if let Some(newest) = &self.newest {
            lines.push(pair(
                language.pick("newest row", "最新一行"),
                newest.clone(),
            ));
        }
        if self.is_made {
            lines.push(
                language
                    .pick(
                        "made anew from other tables: it holds nothing longer than they do",
                        "由其他表重新生成，保存时间不超过其来源",
                    )
                    .to_owned(),
            );
        }
        for source in &self.sources {
            lines.push(String::new());
            lines.extend(source.lines(language));
        }
        lines.push(String::new());
        let titles = language.pick(
            ["column", "type", "class", "from", "meaning"],
            ["列", "类型", "类别", "来自", "含义"],
        );
        let mut rows = vec![titles.map(str::to_owned).to_vec()];
        rows.extend(self.columns.iter().map(|column| {
            vec![
                column.column.clone(),
                column.kind.clone(),
                column.class.word(language).to_owned(),
                cell(&column.from.join(", ")),
                cell(&column.meaning),
            ]
        }));
        lines.extend(aligned(&rows));
        lines
    }
}

impl FromSource {
    fn lines(&self, language: Language) -> Vec<String> {
        let declared = &self.declared;
        let (colon, comma) = (language.pick(": ", "："), language.pick(", ", "，"));
        let or_not = |value: &Option<String>| {
            let not = || not_declared(language).to_owned();
            value.as_deref().map_or_else(not, cell)
        };
        let time = |value: &Option<String>| {
            let not = || not_declared(language).to_owned();
            value
                .as_deref()
                .map_or_else(not, |text| length(text, language))
        };
        let mut lines = vec![format!(
            "{}{colon}{}",
            language.pick("source", "数据源"),
            cell(&declared.source)
        )];
        let mut facts = vec![
            (language.pick("owner", "负责人"), or_not(&declared.owner)),
            (
                language.pick("legal ground", "法律依据"),
                or_not(&declared.legal_ground),
            ),
            (language.pick("purpose", "目的"), or_not(&declared.purpose)),
            (language.pick("kept for", "保存期限"), time(&declared.keep)),
        ];
        if declared.must_keep.is_some() {
            facts.push((
                language.pick("kept at least, by law", "法定最短保存期限"),
                time(&declared.must_keep),
            ));
        }
        let facts: Vec<String> = facts
            .into_iter()
            .map(|(name, value)| format!("{name}{colon}{value}"))
            .collect();
        lines.push(format!("  {}", facts.join(comma)));
        for file in self.files.iter().take(FILES_SHOWN) {
            lines.push(format!("  {}", file.line(language)));
        }
        if self.files.len() > FILES_SHOWN {
            let more = self.files.len() - FILES_SHOWN;
            lines.push(language.pick(
                format!("  and {more} more files; `--json` lists all"),
                format!("  另有 {more} 个文件；`--json` 可列出全部"),
            ));
        }
        lines
    }
}

impl File {
    fn line(&self, language: Language) -> String {
        let (file, kept) = (cell(&self.file), count(self.kept));
        let hash: String = self.hash.chars().take(12).collect();
        let gone = match self.past_keeping {
            0 => String::new(),
            rows => language.pick(
                format!(", {} let go past their time", count(rows)),
                format!("，另有 {} 行已到期清除", count(rows)),
            ),
        };
        language.pick(
            format!("{file}: {kept} rows{gone} (BLAKE3 {hash}…)"),
            format!("{file}：{kept} 行{gone}（BLAKE3 {hash}…）"),
        )
    }
}

/// The day of a moment.
fn day(moment: Option<&str>) -> String {
    let day = moment.and_then(|moment| moment.split('T').next());
    day.unwrap_or("-").to_owned()
}

/// A text cut to what an overview has room for.
fn short(text: &str) -> String {
    let text = cell(text);
    if text.chars().count() <= SHORT_CHARS {
        return text;
    }
    let kept: String = text.chars().take(SHORT_CHARS - 1).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declared::tests::orders;

    fn table() -> Table {
        let column = |name: &str, class| Column {
            column: name.to_owned(),
            kind: "text".to_owned(),
            class,
            meaning: "what | it means".to_owned(),
            from: vec!["File column".to_owned()],
        };
        Table {
            table: "order_lines".to_owned(),
            stage: Some("ingest".to_owned()),
            about: "One line of an order".to_owned(),
            class: Class::Sensitive,
            version: Some(3),
            rows: Some(1_200),
            newest: Some("2024-03-05T10:00:00Z".to_owned()),
            is_made: false,
            sources: vec![FromSource {
                declared: orders(),
                files: vec![File {
                    file: "orders.csv".to_owned(),
                    hash: "0123456789abcdef".to_owned(),
                    kept: 1_200,
                    past_keeping: 34,
                }],
            }],
            columns: vec![
                column("customer_id", Class::Pseudonymous),
                column("diet", Class::Sensitive),
            ],
        }
    }

    #[test]
    fn an_overview_has_a_line_a_table() {
        let mut bare = table();
        bare.table = "events".to_owned();
        bare.sources[0].declared.owner = None;
        (bare.rows, bare.newest) = (None, None);
        let catalogue = Catalogue {
            project: "shop".to_owned(),
            tables: vec![table(), bare],
            whole: false,
        };
        let lines = catalogue.lines(Language::En);
        assert_eq!(
            lines[1].split_whitespace().collect::<Vec<_>>(),
            [
                "order_lines",
                "1,200",
                "2024-03-05",
                "sensitive",
                "sales",
                "contract",
                "3y",
                "One",
                "line",
                "of",
                "an",
                "order"
            ]
        );
        assert!(
            lines[2].contains("not declared") && lines[2].contains(" - "),
            "{lines:?}"
        );
        assert!(catalogue.lines(Language::Zh)[2].contains("未声明"));
    }

    #[test]
    fn a_table_is_shown_with_sources_files_and_columns() {
        let catalogue = Catalogue {
            project: "shop".to_owned(),
            tables: vec![table()],
            whole: true,
        };
        let page = catalogue.lines(Language::En).join("\n");
        for wanted in [
            "class: sensitive",
            "rows: 1,200 (version 3)",
            "owner: sales, legal ground: contract, purpose: to deliver what was ordered, kept for: 3 years",
            "orders.csv: 1,200 rows, 34 let go past their time (BLAKE3 0123456789ab…)",
            "customer_id  text  pseudonymous  File column",
        ] {
            assert!(page.contains(wanted), "{wanted}\n{page}");
        }
        let json = serde_json::to_value(&catalogue).unwrap_or_default();
        assert_eq!(json["tables"][0]["sources"][0]["keep"], "3y");
        assert_eq!(json["tables"][0]["columns"][1]["class"], "sensitive");
    }
}
