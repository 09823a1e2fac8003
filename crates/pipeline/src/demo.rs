//! `demo`: a simulated shop, taken through the whole loop.
//!
//! The shop's last day is fixed, so that the same options give the same numbers
//! whenever they are run. What is assumed of the offers is a guess made without
//! looking at how the simulated customers would answer.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use perennial_simulate::{OFFERS, Shop, ShopSettings};
use serde::Serialize;

use crate::answer::pick;
use crate::progress::Progress;
use crate::project::Project;
use crate::run::{RunOptions, RunSummary, run};
use crate::settings::{FILE_NAME, Language};
use crate::simulate::{SimulatedFormat, write_shop};
use crate::{Error, Result};

/// The file that says that a folder is a demo, and of which shop.
const MARK: &str = ".perennial-demo";
/// The folder of the shop's files.
const DATA: &str = "data";
/// The first midnight after the shop's last day, on its own clock.
const END_LOCAL_US: i64 = 1_735_689_600_000_000;
const DAY_US: i64 = 86_400_000_000;
/// Order lines a customer buys in two years.
const LINES_IN_TWO_YEARS: f64 = 40.0;
/// What is assumed of each of the simulator's offers: its name in Chinese, and
/// the share of those who would leave that it keeps.
const ASSUMED: [(&str, f64); OFFERS.len()] = [("优惠券", 0.15), ("包邮", 0.12), ("电话回访", 0.05)];

/// Which shop, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoOptions {
    /// The folder to make it in.
    pub folder: PathBuf,
    /// How many customers it has.
    pub customers: u64,
    /// How many days are simulated.
    pub days: u64,
    /// Another seed, another shop.
    pub seed: u64,
    /// The language of the project: an English shop in pounds or a Chinese one
    /// in yuan.
    pub language: Language,
}

/// What the demo made.
#[derive(Debug, Clone, Serialize)]
pub struct DemoSummary {
    /// The project's folder.
    pub folder: PathBuf,
    /// The report, one HTML file.
    pub report: PathBuf,
    /// Whether the shop was there already.
    pub reused: bool,
    /// What the run says.
    pub run: RunSummary,
}

impl DemoSummary {
    /// The run's lines, where the report is, and what to try next.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let mut lines = self.run.lines(language);
        let report = self.report.display().to_string();
        if !lines.iter().any(|line| line.contains(&report)) {
            lines.push(pick(
                language,
                format!("report: {report}"),
                format!("报告：{report}"),
            ));
        }
        let folder = self.folder.display();
        lines.push(String::new());
        lines.push(pick(
            language,
            "everything here is simulated; the project is an ordinary one, so try:".to_owned(),
            "以上均为模拟数据；这是一个普通的项目，可以试试：".to_owned(),
        ));
        lines.push(format!("  perennial query -C {folder} \"select * from decisions where offer is not null order by net desc limit 10\""));
        lines.push(format!("  perennial model list -C {folder}"));
        lines.push(format!(
            "  perennial run -C {folder} --set policy.budget=500"
        ));
        lines
    }
}

/// Makes the shop, unless it is there, and runs every stage.
///
/// # Errors
/// `demo/folder-taken` for a folder with something else in it, `demo/other-shop`
/// for a demo of another shop, and those of simulating and running.
pub async fn demo(options: DemoOptions, progress: &dyn Progress) -> Result<DemoSummary> {
    let folder = &options.folder;
    let there = what_is_there(folder, &mark_of(&options))?;
    if there != There::Whole {
        make(&options, progress)?;
    }
    let project = Project::open(folder, &[], &[]).await?;
    let summary = run(&project, RunOptions::default(), progress).await?;
    let mut report = project.reports().join("report.html");
    if !report.is_file() {
        report = crate::report::report(&project, options.language, None)
            .await?
            .path;
    }
    Ok(DemoSummary {
        report,
        reused: there == There::Whole,
        run: summary,
        folder: options.folder,
    })
}

/// What a demo's folder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum There {
    Nothing,
    /// The shop was begun and not finished.
    Half,
    Whole,
}

fn what_is_there(folder: &Path, mark: &str) -> Result<There> {
    let begun = match std::fs::read_to_string(folder.join(MARK)) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(Error::io("read", &folder.join(MARK))(error)),
    };
    let Some(begun) = begun else {
        let empty = match std::fs::read_dir(folder) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
            Err(error) => return Err(Error::io("read", folder)(error)),
        };
        return if empty {
            Ok(There::Nothing)
        } else {
            Err(folder_taken(folder))
        };
    };
    if begun.trim() != mark {
        return Err(Error::cannot(
            "demo/other-shop",
            format!(
                "`{}` holds the demo of another shop: {}",
                folder.display(),
                begun.trim()
            ),
            "name another folder, as in `perennial demo other-shop`, or remove this one",
        ));
    }
    Ok(if folder.join(FILE_NAME).is_file() {
        There::Whole
    } else {
        There::Half
    })
}

fn folder_taken(folder: &Path) -> Error {
    Error::cannot(
        "demo/folder-taken",
        format!("`{}` is not empty, and no demo", folder.display()),
        "name a folder that does not exist yet, as in `perennial demo my-demo`",
    )
}

/// The options by which two demos are told apart, in a line.
fn mark_of(options: &DemoOptions) -> String {
    let DemoOptions {
        customers,
        days,
        seed,
        language,
        ..
    } = options;
    format!("customers={customers} days={days} seed={seed} language={language}")
}

/// Writes the shop and its settings; the settings last, so that what looks
/// whole is whole.
fn make(options: &DemoOptions, progress: &dyn Progress) -> Result<()> {
    let folder = &options.folder;
    let shop = Shop::new(shop_settings(options))?;
    std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(Error::io("write", &path))
    };
    write(MARK, &format!("{}\n", mark_of(options)))?;
    write_shop(
        &shop,
        &folder.join(DATA),
        1,
        SimulatedFormat::Parquet,
        progress,
    )?;
    write(FILE_NAME, &project_settings(&shop, options.language)?)
}

fn shop_settings(options: &DemoOptions) -> ShopSettings {
    let chinese = options.language == Language::Chinese;
    let utc_offset_minutes = if chinese { 480 } else { 0 };
    let days = u32::try_from(options.days).unwrap_or(u32::MAX);
    let end_us = END_LOCAL_US - i64::from(utc_offset_minutes) * 60_000_000;
    let lines = LINES_IN_TWO_YEARS * f64::from(days) / 730.0;
    ShopSettings {
        customers: options.customers,
        seed: options.seed,
        start_us: end_us - i64::from(days) * DAY_US,
        days,
        order_lines_per_customer_mean: lines.clamp(1.5, 2_000.0),
        currency: if chinese { "CNY" } else { "GBP" }.to_owned(),
        price_factor: if chinese { 9.0 } else { 1.0 },
        utc_offset_minutes,
        ..ShopSettings::default()
    }
}

/// The text of the project's settings.
fn project_settings(shop: &Shop, language: Language) -> Result<String> {
    let say = |en: &'static str, zh: &'static str| pick(language, en, zh);
    let settings = shop.settings();
    let mut text = format!(
        "# {}\nformat = 1\n\n[project]\nname = \"{}\"\ncurrency = \"{}\"\ntime_zone = \"{}\"\nlanguage = \"{language}\"\n",
        say(
            "A simulated shop, made by `perennial demo`.",
            "由 `perennial demo` 生成的模拟店铺。"
        ),
        say("tea-house", "茶舍"),
        settings.currency,
        say("Europe/London", "Asia/Shanghai"),
    );
    text.push_str(&format!(
        "\n[[source]]\npath = \"{DATA}/*.parquet\"\ntable = \"order_lines\"\n\
         columns = {{ order_id = \"order_id\", customer_id = \"customer_id\", product_id = \"product_id\", time = \"time\", quantity = \"quantity\", unit_price = \"unit_price\", channel = \"channel\" }}\n\
         traits = {{ country = \"country\" }}\n\
         \n[lost]\nkind = \"no_purchase\"\nhorizon = \"auto\"\n\
         \n[value]\nhorizon = \"1y\"\nmargin = 0.45  # {}\ndiscount_rate_per_year = 0.10\n",
        say("assumed", "假定值"),
    ));
    let assumed = say(
        "cost as the shop knows it; effects assumed, not measured",
        "成本为店铺已知，效果为假定值，尚未测量",
    );
    let _ = write!(text, "\n# {assumed}\n");
    for (number, (offer, (name_zh, effect))) in OFFERS.iter().zip(ASSUMED).enumerate() {
        let cost = shop.offer_cost_cents(number)? as f64 / 100.0;
        let name = say(offer.name, name_zh);
        let _ = write!(
            text,
            "[[offer]]\nname = \"{name}\"\ncost_per_use = {cost:.2}\nassumed_effect = {effect}\neffect_lasts = \"1y\"\n\n"
        );
    }
    let budget = (settings.customers as f64 * settings.price_factor).max(100.0);
    let _ = write!(text, "[policy]\nbudget = {budget:.0}\nhold_out = 0.05\n");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn options(folder: &Path, language: Language) -> DemoOptions {
        DemoOptions {
            folder: folder.to_owned(),
            customers: 50,
            days: 120,
            seed: 1,
            language,
        }
    }

    #[test]
    fn the_settings_are_understood_in_both_languages() {
        for language in [Language::English, Language::Chinese] {
            let shop = Shop::new(shop_settings(&options(Path::new("x"), language))).unwrap();
            let text = project_settings(&shop, language).unwrap();
            let read = Settings::parse(&text, Path::new(FILE_NAME), std::iter::empty(), &[]);
            let read = read.unwrap_or_else(|e| panic!("{e}\n{text}"));
            assert_eq!(read.offers.len(), OFFERS.len());
            assert_eq!(read.project.language, language);
            assert_eq!(read.sources.len(), 1);
            let yuan = read.project.currency.as_str() == "CNY";
            assert_eq!(yuan, language == Language::Chinese);
            assert_eq!(
                read.offers[0].cost_per_use.get(),
                if yuan { 45.0 } else { 5.0 }
            );
        }
    }

    #[test]
    fn the_last_day_is_the_same_whatever_is_asked() {
        for (language, offset_us) in [(Language::English, 0), (Language::Chinese, 28_800_000_000)] {
            let shop = Shop::new(shop_settings(&options(Path::new("x"), language))).unwrap();
            assert_eq!(shop.end_us() + offset_us, END_LOCAL_US);
        }
    }

    #[test]
    fn a_folder_is_made_taken_up_again_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("demo");
        let wanted = options(&place, Language::English);
        let mark = mark_of(&wanted);
        assert_eq!(what_is_there(&place, &mark).unwrap(), There::Nothing);
        make(&wanted, &crate::progress::Silent).unwrap();
        assert_eq!(what_is_there(&place, &mark).unwrap(), There::Whole);
        std::fs::remove_file(place.join(FILE_NAME)).unwrap();
        assert_eq!(what_is_there(&place, &mark).unwrap(), There::Half);
        let code = |folder: &Path, mark: &str| what_is_there(folder, mark).unwrap_err().code();
        assert_eq!(code(&place, "customers=7"), "demo/other-shop");
        assert_eq!(code(folder.path(), &mark), "demo/folder-taken");
    }
}
