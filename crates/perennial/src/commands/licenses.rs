//! `perennial licenses`: the packages in this program and their licences.

use serde::Serialize;

use super::{Context, Failure};
use crate::args::LicensesArgs;
use crate::print::{Output, table};

/// What `cargo xtask codegen` gathered.
const GATHERED: &str = include_str!("../../assets/licenses.txt");
/// What stands between the list and the texts, and between texts.
const SEPARATOR: &str = "\n\u{c}\n";

/// One package.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Package<'a> {
    name: &'a str,
    version: &'a str,
    license: &'a str,
    repository: &'a str,
}

/// The packages of the list: four fields a line, parted by tabs.
fn packages(gathered: &str) -> Vec<Package<'_>> {
    let list = gathered.split(SEPARATOR).next().unwrap_or_default();
    let package = |line| {
        let mut fields = str::split(line, '\t');
        Some(Package {
            name: fields.next()?,
            version: fields.next()?,
            license: fields.next()?,
            repository: fields.next()?,
        })
    };
    list.lines().filter_map(package).collect()
}

/// Prints the packages, and the texts of their licences when asked.
pub(crate) fn licenses(context: &Context, args: &LicensesArgs) -> Result<(), Failure> {
    let packages = packages(GATHERED);
    let mut output = Output::standard();
    if context.printer.json {
        output.line(&serde_json::to_string(&packages).map_err(std::io::Error::from)?)?;
        return Ok(output.finish()?);
    }
    output.line(&format!(
        "perennial {} is licensed under Apache-2.0 and leans on the work of others:\n",
        env!("CARGO_PKG_VERSION")
    ))?;
    let rows: Vec<Vec<String>> = packages
        .iter()
        .map(|package| {
            [
                package.name,
                package.version,
                package.license,
                package.repository,
            ]
            .map(str::to_owned)
            .to_vec()
        })
        .collect();
    output.line(&table(&["package", "version", "license", "source"], &rows))?;
    if args.texts {
        for text in GATHERED.split(SEPARATOR).skip(1) {
            output.line(&format!("\n{}\n{text}", "-".repeat(72)))?;
        }
    }
    Ok(output.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gathered_list_has_a_licence_for_every_package() {
        let packages = packages(GATHERED);
        assert!(packages.iter().any(|package| package.name == "clap"));
        for package in &packages {
            assert!(
                !package.license.is_empty(),
                "{} has no licence",
                package.name
            );
        }
    }

    #[test]
    fn lines_are_packages_and_texts_are_not() {
        let gathered = format!(
            "a\t1.0.0\tMIT\thttps://a.example\nb\t2.0.0\tMIT\t{SEPARATOR}For: a, b\n\tcopyright\tof\tall"
        );
        let packages = packages(&gathered);
        assert_eq!(packages.len(), 2);
        assert_eq!(
            packages[0],
            Package {
                name: "a",
                version: "1.0.0",
                license: "MIT",
                repository: "https://a.example"
            }
        );
    }
}
