//! One source: its files, how they are written, what their columns are.

use perennial_lake::sources::dialect::{Delimiter, Dialect, Form};
use perennial_lake::sources::files::{Compression, Format, SourceFile, expand};
use perennial_lake::sources::read::open;
use serde::Serialize;

use super::columns::{ColumnCheck, columns_of};
use super::{CheckProblem, Findings};
use crate::answer::{aligned, bytes, counted, nearest, pick};
use crate::project::Project;
use crate::settings::{Language, Source};
use crate::stages::ingest::spec::Reading;
use crate::stages::ingest::{mapped_otherwise, recorded_path, source_name};
use crate::{Error, Result};

/// Files of one source whose samples are looked at.
const LOOKED_AT_MAX: usize = 8;
/// Files of one source that are named.
const NAMED_MAX: usize = 5;
/// Below this, whether there is a header is called unsure.
const HEADER_CONFIDENCE_MIN: f64 = 0.8;

/// Whether a file was read before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FileState {
    /// It was not there before.
    New,
    /// It was read, and its size or time has changed since.
    Changed,
    /// It was read as it is.
    Read,
}

/// A file of a source.
#[derive(Debug, Clone, Serialize)]
pub struct FileCheck {
    /// Its name.
    pub name: String,
    /// Its size on disk.
    pub size_bytes: u64,
    /// Whether it was read before.
    pub state: FileState,
}

/// A source looked at.
#[derive(Debug, Clone, Serialize)]
pub struct SourceCheck {
    /// The path, as the settings say it.
    pub path: String,
    /// The table it becomes.
    pub table: &'static str,
    /// How its first file is written: kind, compression, encoding, delimiter.
    pub written: Option<String>,
    /// Its files, by path.
    pub files: Vec<FileCheck>,
    /// Files whose samples were looked at.
    pub files_looked_at: usize,
    /// The columns of its first file.
    pub columns: Vec<ColumnCheck>,
}

impl SourceCheck {
    /// Files in a state, and their size.
    pub(super) fn count(&self, state: FileState) -> (usize, u64) {
        let some = || self.files.iter().filter(|file| file.state == state);
        (some().count(), some().map(|file| file.size_bytes).sum())
    }

    pub(super) fn lines(&self, language: Language) -> Vec<String> {
        let size = bytes(self.files.iter().map(|file| file.size_bytes).sum());
        let written = self.written.as_deref().unwrap_or("?");
        let mut lines = vec![pick(
            language,
            format!(
                "`{}` -> {}: {}, {size}, {written}",
                self.path,
                self.table,
                counted(self.files.len() as u64, "file")
            ),
            format!(
                "`{}` -> {}：{} 个文件，{size}，{written}",
                self.path,
                self.table,
                self.files.len()
            ),
        )];
        for file in self.files.iter().take(NAMED_MAX) {
            let state = match file.state {
                FileState::New => pick(language, "new", "新文件"),
                FileState::Changed => pick(language, "changed", "有变化"),
                FileState::Read => pick(language, "read before", "已读过"),
            };
            lines.push(format!(
                "  {}  {}  {state}",
                file.name,
                bytes(file.size_bytes)
            ));
        }
        if self.files.len() > NAMED_MAX {
            let more = self.files.len() - NAMED_MAX;
            lines.push(pick(
                language,
                format!("  ... and {more} more"),
                format!("  ……另有 {more} 个"),
            ));
        }
        let titles = pick(
            language,
            ["column", "kind", "missing", "used for"],
            ["列", "类型", "缺失", "用途"],
        );
        let mut rows = vec![titles.map(str::to_owned).to_vec()];
        rows.extend(self.columns.iter().map(|column| column.cells(language)));
        if rows.len() > 1 {
            lines.extend(aligned(&rows).into_iter().map(|line| format!("  {line}")));
        }
        lines
    }
}

/// Looks at the source at `index` of the settings.
pub(super) async fn look_at(
    project: &Project,
    index: usize,
    findings: &mut Findings,
) -> Result<SourceCheck> {
    let source = &project.settings.sources[index];
    let mut check = SourceCheck {
        path: source.shown(),
        table: source.table.as_str(),
        written: None,
        files: Vec::new(),
        files_looked_at: 0,
        columns: Vec::new(),
    };
    let files = match expand(&project.dir, &source.path) {
        Ok(files) => files,
        Err(error) => {
            let error = Error::from(perennial_lake::Error::from(error));
            findings.problem(CheckProblem::new(&error, &source.shown()));
            return Ok(check);
        }
    };
    let name = source_name(project, index);
    let is_other = mapped_otherwise(project).await?;
    for file in &files {
        let path = recorded_path(project, &file.path);
        let size = i64::try_from(file.size).unwrap_or(i64::MAX);
        let ledger = &project.ledger;
        let seen = ledger.file_seen(&name, &path, size, file.mtime_us).await?;
        let state = match seen {
            _ if is_other => FileState::New,
            Some(_) => FileState::Read,
            None if ledger.file_versions(&name, &path).await?.is_empty() => FileState::New,
            None => FileState::Changed,
        };
        check.files.push(FileCheck {
            name: file.name(),
            size_bytes: file.size,
            state,
        });
    }
    for place in sampled(files.len(), LOOKED_AT_MAX) {
        look_into(project, source, &files[place], &mut check, findings);
        check.files_looked_at += 1;
    }
    Ok(check)
}

/// Places of files spread evenly over all, the first and last among them.
fn sampled(files: usize, most: usize) -> Vec<usize> {
    if files <= most {
        return (0..files).collect();
    }
    (0..most).map(|i| i * (files - 1) / (most - 1)).collect()
}

/// Looks at a sample of one file.
fn look_into(
    project: &Project,
    source: &Source,
    file: &SourceFile,
    check: &mut SourceCheck,
    findings: &mut Findings,
) {
    let place = format!("{} ({})", source.shown(), file.name());
    let zone = project.settings.zone_of(source);
    let rows = project.settings.limits.rows_per_batch.get();
    let reading = match Reading::new(file, source, zone.as_str(), rows) {
        Ok(reading) => reading,
        Err(error) if error.is_empty_file() && check.files.len() > 1 => {
            return findings.warn(
                format!("`{place}` is empty and adds nothing"),
                format!("`{place}` 为空文件，不产生任何数据"),
            );
        }
        Err(error) => return findings.problem(CheckProblem::new(&error, &place)),
    };
    let mut sound = true;
    for column in &reading.spec.columns {
        if reading.profile.column(&column.name).is_none() {
            sound = false;
            findings.problem(no_such_column(&reading, file, &column.name, &place));
        }
    }
    if sound && let Err(error) = open(file, &reading.spec) {
        let error = Error::from(perennial_lake::Error::from(error));
        findings.problem(CheckProblem::new(&error, &place));
    }
    if let Some(dialect) = &reading.dialect {
        unsure_of(dialect, source, findings);
    }
    other_lists(&reading, source, findings);
    super::columns::judge(&project.settings, source, &reading, findings);
    if check.columns.is_empty() {
        check.written = Some(written(file, reading.dialect.as_ref()));
        check.columns = columns_of(&reading);
    }
}

/// A column that the settings name and the file does not have.
fn no_such_column(reading: &Reading, file: &SourceFile, column: &str, place: &str) -> CheckProblem {
    let names: Vec<&str> = reading
        .profile
        .columns
        .iter()
        .map(|c| c.name.as_str())
        .collect();
    let hint = match nearest(column, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the file has {}", crate::answer::listed(names, 30)),
    };
    CheckProblem {
        code: "source/column-unknown".to_owned(),
        message: format!("`{}` has no column `{column}`", file.path.display()),
        hint: Some(hint),
        place: Some(place.to_owned()),
    }
}

/// Lists of records in a document that are not the one that is read.
fn other_lists(reading: &Reading, source: &Source, findings: &mut Findings) {
    let lists = &reading.profile.other_lists;
    if lists.is_empty() {
        return;
    }
    let path = &source.shown();
    let lists: Vec<String> = lists.iter().map(ToString::to_string).collect();
    let lists = lists.join(", ");
    findings.warn(
        format!("`{path}`: of its lists of records one is read; set aside as `row/other-list`: {lists}"),
        format!("`{path}`：文件中有多个记录列表，只读取其中一个；其余以 `row/other-list` 放入 `quarantine`：{lists}"),
    );
}

fn unsure_of(dialect: &Dialect, source: &Source, findings: &mut Findings) {
    let path = &source.shown();
    if !dialect.encoding_sure && source.encoding.is_none() {
        let name = dialect.encoding.name();
        findings.unsure(
            format!("`{path}` is read as {name}; set `encoding` if letters look wrong"),
            format!("`{path}` 按 {name} 编码读取；如有乱码请设置 `encoding`"),
        );
    }
    if dialect.header_confidence < HEADER_CONFIDENCE_MIN && source.header.is_none() {
        let (en, zh) = match dialect.header {
            true => (
                "its first line is taken for the names of the columns",
                "首行视为列名",
            ),
            false => ("its first line is taken for data", "首行视为数据"),
        };
        findings.unsure(
            format!("`{path}`: {en}; set `header` if that is wrong"),
            format!("`{path}`：{zh}；如不正确请设置 `header`"),
        );
    }
}

/// How a file is written, in a few words.
fn written(file: &SourceFile, dialect: Option<&Dialect>) -> String {
    let compression = match file.compression {
        Compression::None => String::new(),
        other => format!(" ({})", other.name()),
    };
    let form = match (file.format, dialect) {
        (Format::Parquet, _) | (_, None) => "parquet".to_owned(),
        (Format::Sheet, _) => "a sheet of a workbook".to_owned(),
        (Format::Xml, _) => "xml".to_owned(),
        (Format::Mail, _) => "mail".to_owned(),
        (Format::Text, Some(dialect)) => {
            let encoding = dialect.encoding.name();
            match (&dialect.form, dialect.delimiter) {
                (Form::Json(_), _) => format!("{encoding}, json"),
                (Form::Log, _) => format!("{encoding}, a web server's log"),
                (Form::Fixed(_), _) => format!("{encoding}, columns of fixed width"),
                (_, Delimiter::Byte(b'\t')) => format!("{encoding} by tab"),
                (_, Delimiter::Byte(byte)) => format!("{encoding} by `{}`", char::from(byte)),
                (_, Delimiter::Blanks) => format!("{encoding} by blanks"),
            }
        }
    };
    format!("{form}{compression}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_spread_from_the_first_to_the_last() {
        assert_eq!(sampled(3, 8), [0, 1, 2]);
        assert_eq!(sampled(100, 4), [0, 33, 66, 99]);
        assert_eq!(sampled(0, 4), Vec::<usize>::new());
    }
}
