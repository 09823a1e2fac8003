//! `perennial privacy`.

use std::path::{Path, PathBuf};

use perennial_pipeline::govern;
use perennial_pipeline::privacy::{self, Exported};
use perennial_pipeline::settings::Language;

use super::{Context, Failure};
use crate::args::PrivacyAction;

/// Shows everything held of a person, restricts or forgets them; drafts the notice;
/// gives the project another key.
pub(crate) async fn privacy(context: &Context, action: PrivacyAction) -> Result<(), Failure> {
    match action {
        PrivacyAction::Export { customer, out } => export(context, &customer, out.as_deref()).await,
        PrivacyAction::Erase { customer, yes } => erase(context, &customer, yes).await,
        PrivacyAction::Restrict { customer } => restrict(context, &customer).await,
        PrivacyAction::Unrestrict { customer } => unrestrict(context, &customer).await,
        PrivacyAction::Notice { out } => notice(context, out.as_deref()).await,
        PrivacyAction::RotateKey => rotate_key(context).await,
    }
}

async fn restrict(context: &Context, customer: &str) -> Result<(), Failure> {
    let project = context.project(&[]).await?;
    let language = context.language(&project);
    let bars = context.printer.progress();
    let limited = privacy::restrict(&project, customer, &bars).await?;
    context
        .printer
        .answer(&limited, || limited.lines(language))?;
    Ok(())
}

async fn unrestrict(context: &Context, customer: &str) -> Result<(), Failure> {
    let project = context.project(&[]).await?;
    let language = context.language(&project);
    let limited = privacy::unrestrict(&project, customer).await?;
    context
        .printer
        .answer(&limited, || limited.lines(language))?;
    Ok(())
}

async fn notice(context: &Context, out: Option<&Path>) -> Result<(), Failure> {
    let project = context.project(&[]).await?;
    let language = context.language(&project);
    let notice = govern::notice(&project, language, out).await?;
    context.printer.answer(&notice, || notice.lines(language))?;
    Ok(())
}

async fn rotate_key(context: &Context) -> Result<(), Failure> {
    let project = context.project(&[]).await?;
    let language = context.language(&project);
    let rotated = privacy::rotate_key(&project).await?;
    context
        .printer
        .answer(&rotated, || rotated.lines(language))?;
    Ok(())
}

async fn export(context: &Context, customer: &str, out: Option<&Path>) -> Result<(), Failure> {
    let project = context.project(&[]).await?;
    let language = context.language(&project);
    let held = privacy::export(&project, customer).await?;
    let Some(path) = out else {
        context.printer.answer(&held, || held.lines(language))?;
        return Ok(());
    };
    let text = serde_json::to_string_pretty(&held).map_err(std::io::Error::from)?;
    let account = beside(path);
    write_private(path, &text).map_err(unwritable(path))?;
    let readable = held.lines(language).join("\n");
    write_private(&account, &readable).map_err(unwritable(&account))?;
    let document = serde_json::json!({ "path": path, "account": account });
    let (path, account) = (path.display(), account.display());
    context.printer.summary(&document, || {
        vec![match language {
            Language::English => format!("written: {path} for machines, {account} for people"),
            Language::Chinese => format!("已写入：{path}（供机器读取）、{account}（供人阅读）"),
        }]
    })?;
    Ok(())
}

/// Where the account for people stands: beside the file for machines.
fn beside(path: &Path) -> PathBuf {
    let text = path.with_extension("txt");
    match text == path {
        true => path.with_extension("account.txt"),
        false => text,
    }
}

fn unwritable(path: &Path) -> impl FnOnce(std::io::Error) -> perennial_pipeline::Error {
    let path = path.to_owned();
    move |source| perennial_pipeline::Error::Io {
        action: "write",
        path,
        source,
    }
}

/// A file that only its owner can read.
pub(super) fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")
}

async fn erase(context: &Context, customer: &str, yes: bool) -> Result<(), Failure> {
    let project = context.project(&[]).await?;
    let language = context.language(&project);
    if !yes {
        let held = privacy::export(&project, customer).await?;
        return Err(Failure::usage(
            would_erase(&held, language),
            match language {
                Language::English => "it cannot be undone; write `--yes` to do it",
                Language::Chinese => "此操作无法撤销；如确认删除，请加上 `--yes`",
            },
        ));
    }
    let bars = context.printer.progress();
    let erased = privacy::erase(&project, customer, &bars).await?;
    context.printer.answer(&erased, || erased.lines(language))?;
    Ok(())
}

fn would_erase(held: &Exported, language: Language) -> String {
    let tables = held.tables.iter();
    let tables: Vec<String> = tables
        .map(|(table, held)| format!("{table} {}", held.rows.len()))
        .collect();
    let (name, tables) = (&held.identifier, tables.join(", "));
    match language {
        Language::English => format!("would erase everything held of `{name}`: {tables}"),
        Language::Chinese => format!("将删除关于 `{name}` 的全部数据：{tables}"),
    }
}
