//! What the first offer would have brought on rows whose outcome is known: from
//! which probability it pays, and the profit by share contacted.

use perennial_learn::ColumnData;
use perennial_learn::evaluate::{profit_curve, profit_threshold};

use super::data::Labelled;
use crate::Result;
use crate::settings::Settings;
use crate::stages::ingest::table_name;
use crate::stages::people::{YEAR_DAYS, margin_per_year, periods_per_year};

/// Points of the profit curve kept for drawing.
const CURVE_POINTS: usize = 120;

/// The first offer, made to the rows of a test.
pub(super) struct Campaign {
    cost: f64,
    effect: f64,
    /// What keeping each row's customer is worth while the effect lasts; NaN
    /// where that is not known.
    kept: Vec<f64>,
}

impl Campaign {
    /// The campaign for rows of a history; none without an offer.
    pub fn of_history(settings: &Settings, rows: &Labelled, horizon_days: u32) -> Option<Self> {
        let margin = settings.value.margin.get();
        if let Some(price) = numbers(rows, "price") {
            let yearly = margin * periods_per_year(settings);
            return Self::new(settings, price.iter().map(|price| price * yearly).collect());
        }
        let (year, tenure) = (numbers(rows, "amount_365d")?, numbers(rows, "tenure_days")?);
        let yearly = year.iter().zip(tenure).map(|(amount, tenure)| {
            margin_per_year(margin, *amount, *tenure, f64::from(horizon_days))
        });
        Self::new(settings, yearly.collect())
    }

    /// The campaign for rows of a labelled table; none without an offer or a
    /// column that says what a customer pays.
    pub fn of_table(settings: &Settings, rows: &Labelled) -> Option<Self> {
        let paid = numbers(rows, &table_name(settings.value.amount.as_ref()?))?;
        let yearly = settings.value.margin.get() * periods_per_year(settings);
        Self::new(settings, paid.iter().map(|paid| paid * yearly).collect())
    }

    fn new(settings: &Settings, margin_per_year: Vec<f64>) -> Option<Self> {
        let offer = settings.offers.first()?;
        let years = offer.effect_lasts.as_days() / YEAR_DAYS;
        let kept: Vec<f64> = margin_per_year.iter().map(|money| money * years).collect();
        kept.iter().any(|v| v.is_finite()).then(|| Self {
            cost: offer.cost_per_use.get(),
            effect: offer.assumed_effect.get(),
            kept,
        })
    }

    /// The churn probability from which the offer pays for a customer of mean
    /// value; none where it never does or always would.
    pub fn threshold(&self) -> Option<f64> {
        let known = || self.kept.iter().filter(|v| v.is_finite());
        let mean = known().sum::<f64>() / known().count().max(1) as f64;
        profit_threshold(self.cost, self.effect, mean).filter(|p| *p > 0.0 && *p < 1.0)
    }

    /// Profit by share contacted, the likeliest to leave first. Customers whose
    /// value is not known get no offer and are left out.
    pub fn curve(&self, probabilities: &[f64], lost: &[bool]) -> Result<Vec<(f64, f64)>> {
        let rows = probabilities.iter().zip(lost).zip(&self.kept);
        let (mut p, mut outcome, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for ((probability, lost), value) in rows.filter(|(_, value)| value.is_finite()) {
            p.push(*probability);
            outcome.push(*lost);
            kept.push(*value);
        }
        let points = profit_curve(&p, &outcome, &kept, self.cost, self.effect, CURVE_POINTS)?;
        Ok(points.into_iter().map(|x| (x.share, x.profit)).collect())
    }
}

/// A column of numbers of the rows.
fn numbers<'a>(rows: &'a Labelled, name: &str) -> Option<&'a [f64]> {
    match rows.matrix.column(name).map(|c| &c.data) {
        Some(ColumnData::Number(values)) => Some(values.as_slice()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use perennial_learn::{Column, Matrix};

    use super::*;

    const SETTINGS: &str = "format = 1\n[project]\ncurrency = \"EUR\"\n[[source]]\n\
        path = \"a.csv\"\ntable = \"customers\"\ncolumns = { label = \"gone\" }\n[lost]\n\
        kind = \"label\"\nlost_when = \"yes\"\n[value]\namount = \"paid\"\namount_per = \"year\"\n\
        margin = 0.5\n";
    const OFFER: &str = "[[offer]]\nname = \"voucher\"\ncost_per_use = 10.0\nassumed_effect = 0.2\n\
        effect_lasts = \"365d\"\n";

    fn read(text: &str) -> Settings {
        Settings::parse(text, Path::new("perennial.toml"), std::iter::empty(), &[]).unwrap()
    }

    fn rows(paid: &[f64]) -> Labelled {
        Labelled {
            matrix: Matrix::new(vec![Column::number("paid", paid.to_vec())]).unwrap(),
            lost: vec![true; paid.len()],
            groups: (0..paid.len() as u64).collect(),
        }
    }

    #[test]
    fn a_campaign_reckons_with_what_is_known() {
        let settings = read(&format!("{SETTINGS}{OFFER}"));
        let rows = rows(&[200.0, f64::NAN, 400.0]);
        let campaign = Campaign::of_table(&settings, &rows).unwrap();
        // 10 = p * 0.2 * 150 at the mean of what is kept.
        assert!((campaign.threshold().unwrap() - 1.0 / 3.0).abs() < 1e-12);
        let curve = campaign
            .curve(&[0.9, 0.8, 0.1], &[true, true, false])
            .unwrap();
        let expected = [(0.0, 0.0), (0.5, 10.0), (1.0, 0.0)];
        assert_eq!(curve.len(), expected.len());
        for (found, expected) in curve.iter().zip(expected) {
            assert!((found.0 - expected.0).abs() < 1e-12 && (found.1 - expected.1).abs() < 1e-9);
        }
    }

    #[test]
    fn without_an_offer_or_a_value_there_is_no_campaign() {
        let with_offer = read(&format!("{SETTINGS}{OFFER}"));
        assert!(Campaign::of_table(&read(SETTINGS), &rows(&[200.0])).is_none());
        assert!(Campaign::of_table(&with_offer, &rows(&[f64::NAN])).is_none());
    }
}
