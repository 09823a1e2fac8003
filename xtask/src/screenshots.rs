//! `cargo xtask screenshots`: the demo's report as a person sees it, in both languages, in a real browser.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::args::Args;
use crate::house::{House, output};
use crate::needs;

/// Language of the report, and the file it is photographed into.
const SHOTS: &[(&str, &str)] = &[("en", "docs/report-en.png"), ("zh", "docs/report-zh.png")];
/// Width and height of the window, in CSS pixels.
const WINDOW: (u32, u32) = (1200, 1900);

pub fn run(house: &House, args: Args) -> Result<bool> {
    args.end()?;
    let program = house.build_program()?;
    let browser = needs::browser()?;
    let work = house.target.join("screenshots");
    if work.exists() {
        fs::remove_dir_all(&work).with_context(|| format!("clear {}", work.display()))?;
    }
    for (language, file) in SHOTS {
        let folder = work.join(language);
        fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
        let mut demo = Command::new(&program);
        demo.args(["demo", "--no-open", "--language", language])
            .arg(folder.join("shop"));
        output(&mut demo)?;
        let report = folder.join(format!("shop/.perennial/reports/report-{language}.html"));
        if !report.exists() {
            bail!("the demo left no {}", report.display());
        }
        shoot(
            &browser,
            &report,
            &work.join("profile"),
            &house.root.join(file),
        )?;
        eprintln!("wrote {file} from {}", report.display());
    }
    Ok(true)
}

fn shoot(browser: &Path, page: &Path, profile: &Path, picture: &Path) -> Result<()> {
    let mut shot = Command::new(browser);
    shot.args([
        "--headless",
        "--hide-scrollbars",
        "--disable-gpu",
        "--no-first-run",
        "--force-device-scale-factor=1",
    ]);
    if needs::is_root() {
        // Chromium's sandbox does not start as root; the page is our own.
        shot.arg("--no-sandbox");
    }
    shot.arg(format!("--user-data-dir={}", profile.display()));
    shot.arg(format!("--window-size={},{}", WINDOW.0, WINDOW.1));
    // Time for the charts to be drawn.
    shot.arg("--virtual-time-budget=8000");
    shot.arg(format!("--screenshot={}", picture.display()));
    shot.arg(format!("file://{}", page.display()));
    let _ = fs::remove_file(picture);
    output(&mut shot)?;
    if !picture.exists() {
        bail!("the browser took no picture of {}", page.display());
    }
    Ok(())
}
