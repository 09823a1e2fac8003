//! Writes every report of the fixtures in both languages to a folder, to be
//! looked at: `cargo run -p perennial-web --example gallery -- FOLDER`.

#[path = "../tests/common/mod.rs"]
mod common;

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use perennial_web::report::{Activity, Charts, render_with};
use perennial_web::{Language, lists, terminal};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("name a folder to write to")?);
    fs::create_dir_all(&folder)?;
    for (name, report) in common::all() {
        for language in Language::ALL {
            let stem = format!("{name}.{}", language.tag());
            for (kind, charts) in [("", Charts::Interactive), (".still", Charts::Still)] {
                let html = render_with(&report, language, charts)?;
                fs::write(folder.join(format!("{stem}{kind}.html")), html)?;
            }
            let text = terminal::summary(&report, language, 80);
            fs::write(folder.join(format!("{stem}.txt")), text)?;
            let currency = report.currency.as_deref();
            if let Ok(risk) = &report.risk {
                let list = match report.activity {
                    Activity::Contracts => lists::at_risk_contracts,
                    Activity::Purchases | Activity::Events => lists::at_risk,
                };
                let list = list(&risk.top, language, currency, report.made_at);
                fs::write(folder.join(format!("{stem}.xlsx")), lists::to_xlsx(&list)?)?;
                fs::write(folder.join(format!("{stem}.csv")), lists::to_csv(&list))?;
            }
        }
    }
    println!("{}", folder.display());
    Ok(())
}
