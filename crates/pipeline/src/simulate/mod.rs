//! `simulate`: a shop of any size with known truth, as files.
//!
//! Order lines go to `order_lines-000.parquet` (or `.csv`) and so on, in time
//! order; what no business knows goes to `truth/customers.parquet`, where a
//! pattern over the order lines does not meet it.

mod files;
mod truth;

use std::path::{Path, PathBuf};

use perennial_history::DAY_US;
use perennial_simulate::{Shop, ShopSettings, StreamOptions};
use serde::Serialize;

use crate::answer::{counted, pick};
use crate::progress::Progress;
use crate::settings::Language;
use crate::{Error, Result};

use files::OrderLineFiles;

/// Most files the order lines can be spread over.
pub const FILES_MAX: u64 = 10_000;
/// How the files of order lines begin.
const FILE_STEM: &str = "order_lines-";
/// The folder of the truth.
const TRUTH_FOLDER: &str = "_truth";

/// What to simulate, and where to.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulateOptions {
    /// How many customers the shop has.
    pub customers: u64,
    /// How many days are simulated.
    pub days: u64,
    /// Another seed, another shop.
    pub seed: u64,
    /// Mean number of order lines that a customer buys within the period.
    pub lines_per_customer: f64,
    /// Over how many files the order lines are spread, by time.
    pub files: u64,
    /// How files are written.
    pub format: SimulatedFormat,
    /// The folder to write to.
    pub out: PathBuf,
}

impl SimulateOptions {
    /// Order lines a customer buys on the mean, when nobody says otherwise.
    pub fn lines_per_customer_usual() -> f64 {
        ShopSettings::default().order_lines_per_customer_mean
    }
}

/// How simulated files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SimulatedFormat {
    /// Apache Parquet.
    Parquet,
    /// Comma-separated, with a header.
    Csv,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SimulateSummary {
    /// The files of order lines, in time order.
    pub files: Vec<PathBuf>,
    /// The file of the truth.
    pub truth: PathBuf,
    /// Order lines, lines of returns included.
    pub order_lines: u64,
    /// Orders.
    pub orders: u64,
    /// Returns.
    pub returns: u64,
    /// Customers.
    pub customers: u64,
    /// Customers who had left by the end.
    pub customers_left: u64,
    /// First moment of the period, as RFC 3339 in UTC.
    pub from: String,
    /// First moment after it.
    pub until: String,
}

impl SimulateSummary {
    /// What `init --from` takes for all files; in quotes where the shell would
    /// spread it.
    fn pattern(&self) -> String {
        match self.files.as_slice() {
            [] => String::new(),
            [one] => one.display().to_string(),
            [first, ..] => {
                let end = first.extension().unwrap_or_default().to_string_lossy();
                let all = first.with_file_name(format!("{FILE_STEM}*.{end}"));
                format!("\"{}\"", all.display())
            }
        }
    }

    /// What was written in a few lines, and what to do with it.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let count = perennial_web::format::count;
        let [lines, customers, left] = [
            count(self.order_lines),
            count(self.customers),
            count(self.customers_left),
        ];
        let first = self
            .files
            .first()
            .map(|f| f.display().to_string())
            .unwrap_or_default();
        let truth = self.truth.display();
        let next = self.pattern();
        let files = self.files.len();
        let files_en = counted(files as u64, "file");
        pick(
            language,
            vec![
                format!(
                    "{lines} order lines of {customers} customers in {files_en}, the first `{first}`"
                ),
                format!("the truth, {left} of them having left, is in `{truth}`"),
                format!("next: perennial init shop --from {next}"),
            ],
            vec![
                format!(
                    "已写入 {customers} 位客户的 {lines} 行订单明细，共 {files} 个文件，第一个为 `{first}`"
                ),
                format!("其中 {left} 位已离开，真实情况见 `{truth}`"),
                format!("下一步：perennial init shop --from {next}"),
            ],
        )
    }
}

/// Writes a shop. Memory stays flat in the number of lines; it grows with the
/// customers by some hundred bytes each.
///
/// # Errors
/// Settings out of range, a folder that holds a shop already, and where a file
/// cannot be written.
pub async fn simulate(
    options: SimulateOptions,
    progress: &dyn Progress,
) -> Result<SimulateSummary> {
    let days = u32::try_from(options.days).unwrap_or(u32::MAX);
    let settings = ShopSettings {
        customers: options.customers,
        days,
        start_us: start_us(days),
        seed: options.seed,
        order_lines_per_customer_mean: options.lines_per_customer,
        ..ShopSettings::default()
    };
    let shop = Shop::new(settings)?;
    refuse_shop(&options.out)?;
    write_shop(&shop, &options.out, options.files, options.format, progress)
}

/// The shop's first midnight: 2023-01-01, or as much earlier as keeps its last
/// day within 2025, since lines of the future would be set aside when read.
fn start_us(days: u32) -> i64 {
    const THREE_YEARS: i64 = 1_096;
    let usual = ShopSettings::default().start_us;
    usual - (i64::from(days) - THREE_YEARS).max(0) * DAY_US
}

/// Writes the shop's files into the folder `out`, over files of the same names.
pub(crate) fn write_shop(
    shop: &Shop,
    out: &Path,
    files: u64,
    format: SimulatedFormat,
    progress: &dyn Progress,
) -> Result<SimulateSummary> {
    if !(1..=FILES_MAX).contains(&files) {
        return Err(Error::cannot(
            "simulate/files",
            format!("the order lines cannot be spread over {files} files"),
            format!("choose from 1 to {FILES_MAX}"),
        ));
    }
    let truth_folder = out.join(TRUTH_FOLDER);
    std::fs::create_dir_all(&truth_folder).map_err(Error::io("create", &truth_folder))?;
    let days = f64::from(shop.settings().days);
    progress.start("simulate", Some(u64::from(shop.settings().days)), "days");
    let mut days_done = 0;
    let mut told = |share_done: f64| {
        let done = (share_done * days) as u64;
        progress.advance(done.saturating_sub(days_done));
        days_done = days_done.max(done);
    };
    let mut on_progress = |p: perennial_simulate::Progress| told(p.share_done);
    let stream = StreamOptions {
        progress: Some(&mut on_progress),
        ..StreamOptions::default()
    };
    let mut writer = OrderLineFiles::new(shop, out, files, format);
    let totals = shop.for_each_batch_with(stream, |batch| writer.write(batch))?;
    let written = writer.close()?;
    progress.finish(&format!(
        "{} order lines",
        perennial_web::format::count(totals.rows)
    ));
    let truth = truth_folder.join("customers.parquet");
    let customers_left = truth::write(shop, &truth, progress)?;
    Ok(SimulateSummary {
        files: written,
        truth,
        order_lines: totals.rows,
        orders: totals.orders,
        returns: totals.returns,
        customers: shop.settings().customers,
        customers_left,
        from: crate::answer::moment(shop.start_us()),
        until: crate::answer::moment(shop.end_us()),
    })
}

/// Two shops in one folder would be read as one.
fn refuse_shop(out: &Path) -> Result<()> {
    let Ok(entries) = std::fs::read_dir(out) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry.map_err(Error::io("read", out))?;
        if entry.file_name().to_string_lossy().starts_with(FILE_STEM) {
            return Err(Error::cannot(
                "simulate/folder-taken",
                format!("`{}` holds order lines already", out.display()),
                "name another folder, or remove what is there",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use perennial_lake::tables::parquet_rows;

    use super::*;
    use crate::progress::Silent;

    fn small_shop() -> Shop {
        let settings = ShopSettings {
            customers: 60,
            days: 200,
            ..ShopSettings::default()
        };
        Shop::new(settings).unwrap()
    }

    #[test]
    fn a_long_period_begins_earlier_and_ends_with_2025() {
        let usual = ShopSettings::default().start_us;
        assert_eq!([1, 730, 1_096].map(start_us), [usual; 3]);
        let end_us = 1_767_225_600_000_000; // 2026-01-01
        assert_eq!(start_us(4_000) + 4_000 * DAY_US, end_us);
    }

    #[test]
    fn files_follow_each_other_in_time_and_hold_every_line() {
        let folder = tempfile::tempdir().unwrap();
        let shop = small_shop();
        let csv = SimulatedFormat::Csv;
        let whole = write_shop(&shop, &folder.path().join("one"), 1, csv, &Silent).unwrap();
        let parts = write_shop(&shop, &folder.path().join("four"), 4, csv, &Silent).unwrap();
        assert_eq!((whole.files.len(), parts.files.len()), (1, 4));
        assert_eq!(parts.files[3].file_name().unwrap(), "order_lines-003.csv");
        let whole = fs::read_to_string(&whole.files[0]).unwrap();
        let mut joined = String::new();
        for file in &parts.files {
            let text = fs::read_to_string(file).unwrap();
            let (header, rows) = text.split_once('\n').unwrap();
            assert_eq!(
                header,
                "order_id,line,customer_id,time,product_id,quantity,unit_price,channel,country"
            );
            joined.push_str(rows);
        }
        assert_eq!(whole.split_once('\n').unwrap().1, joined);
        assert_eq!(joined.lines().count() as u64, parts.order_lines);
        let times: Vec<&str> = joined
            .lines()
            .map(|l| l.split(',').nth(3).unwrap())
            .collect();
        assert!(times.is_sorted() && times[0].ends_with('Z'), "{}", times[0]);
    }

    #[test]
    fn parquet_and_truth_have_their_rows() {
        let folder = tempfile::tempdir().unwrap();
        let shop = small_shop();
        let format = SimulatedFormat::Parquet;
        let made = write_shop(&shop, folder.path(), 2, format, &Silent).unwrap();
        let rows: u64 = made.files.iter().map(|f| parquet_rows(f).unwrap()).sum();
        assert_eq!(rows, made.order_lines);
        assert_eq!(parquet_rows(&made.truth).unwrap(), 60);
        let left = shop.truths().filter(|t| t.left_us.is_some()).count() as u64;
        assert_eq!(made.customers_left, left);
        assert_eq!(
            refuse_shop(folder.path()).unwrap_err().code(),
            "simulate/folder-taken"
        );
        assert!(made.lines(Language::Chinese)[0].contains("60 位客户"));
        let next = made.lines(Language::English)[2].clone();
        assert!(next.ends_with("order_lines-*.parquet\""), "{next}");
    }

    #[test]
    fn no_file_at_all_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let made = write_shop(
            &small_shop(),
            folder.path(),
            0,
            SimulatedFormat::Csv,
            &Silent,
        );
        assert_eq!(made.unwrap_err().code(), "simulate/files");
    }
}
