//! One number column: cut, perhaps logged, standardised, with a missing indicator.

use super::PrepareSettings;
use crate::random::Random;
use crate::special::quantile_sorted;
use serde::{Deserialize, Serialize};

/// Quantiles, mean and deviation are read from at most this many values, drawn
/// evenly: of 32,768 some 160 lie beyond the 0.5 % quantile, and the mean is off
/// by 0.6 % of a deviation.
const QUANTILE_ROWS_MAX: usize = 32_768;

/// How a number becomes terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberPlan {
    /// Values below are raised to this training quantile.
    pub low: f64,
    /// Values above are lowered to this training quantile.
    pub high: f64,
    /// With a scale s the value is sign(x) ln(1 + |x| / s); s is the median of
    /// the absolute values other than 0.
    pub log_scale: Option<f64>,
    /// Mean after cutting and logarithm; what a missing value counts as.
    pub mean: f64,
    /// Standard deviation (divisor n) after cutting and logarithm; like `mean`
    /// from an even sample where there are very many rows.
    pub sd: f64,
    /// Mean of the present training values as given.
    pub raw_mean: f64,
    /// Median of the present training values as given.
    pub raw_median: f64,
    /// Share of training rows without a value.
    pub missing_share: f64,
    /// The dense term; `None` if all present values are equal.
    pub value_term: Option<u16>,
    /// The indicator term of missing values; `None` if there were none.
    pub missing_term: Option<u16>,
}

struct Moments {
    mean: f64,
    sd: f64,
    skewness: f64,
}

impl NumberPlan {
    /// `None` if the column is constant: always missing, or always one value.
    pub(super) fn fit(values: &[f64], settings: &PrepareSettings) -> Option<NumberPlan> {
        let (mut present, mut sum) = (0_usize, 0.0);
        let (mut smallest, mut largest) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.iter().filter(|value| !value.is_nan()) {
            present += 1;
            sum += value;
            smallest = smallest.min(*value);
            largest = largest.max(*value);
        }
        let missing = values.len() - present;
        let varies = present > 0 && smallest < largest;
        if present == 0 || !(varies || missing > 0) {
            return None;
        }
        let sample = sorted_sample(values, present);
        let cut = |share| quantile_sorted(&sample, share).unwrap_or(smallest);
        let (mut low, mut high) = (cut(settings.winsor_share), cut(1.0 - settings.winsor_share));
        if low >= high {
            (low, high) = (smallest, largest);
        }
        let mut plan = NumberPlan {
            low,
            high,
            log_scale: None,
            mean: low,
            sd: 1.0,
            // A sum of huge values may overflow; halfway is then as good a word.
            raw_mean: finite_or(sum / present as f64, smallest / 2.0 + largest / 2.0),
            raw_median: cut(0.5),
            missing_share: missing as f64 / values.len() as f64,
            value_term: varies.then_some(0),
            missing_term: (missing > 0).then_some(0),
        };
        if varies {
            plan.choose_scale(&sample, settings.log_skewness_min);
        }
        (plan.value_term.is_some() || plan.missing_term.is_some()).then_some(plan)
    }

    /// Chooses the scale, then mean and deviation on it.
    fn choose_scale(&mut self, sample: &[f64], skew_min: f64) {
        let median = |plan: &NumberPlan| plan.scaled(plan.raw_median);
        let plain = self.moments(sample.iter().copied(), median(self));
        if plain.skewness.abs() > skew_min || !plain.sd.is_finite() {
            self.log_scale = median_size(sample);
            let logged = self.moments(sample.iter().copied(), median(self));
            let better = logged.skewness.abs() <= plain.skewness.abs() / 2.0;
            if plain.sd.is_finite() && !better {
                self.log_scale = None;
            }
        }
        let moments = self.moments(sample.iter().copied(), median(self));
        if moments.sd > 0.0 && moments.sd.is_finite() && moments.mean.is_finite() {
            self.mean = moments.mean;
            self.sd = moments.sd;
        } else {
            self.value_term = None;
        }
    }

    /// Moments after cutting and logarithm in one pass, about `centre` lest the
    /// squares of large means drown the spread.
    fn moments(&self, values: impl Iterator<Item = f64>, centre: f64) -> Moments {
        let (mut count, mut sums) = (0_usize, [0.0; 3]);
        for value in values {
            let centred = self.scaled(value) - centre;
            count += 1;
            sums[0] += centred;
            sums[1] += centred * centred;
            sums[2] += centred * centred * centred;
        }
        let [first, second, third] = sums.map(|sum| sum / count.max(1) as f64);
        let variance = second - first * first;
        let sd = variance.max(0.0).sqrt();
        let skewness = if sd > 0.0 {
            (third - 3.0 * first * second + 2.0 * first * first * first) / (sd * sd * sd)
        } else {
            0.0
        };
        Moments {
            mean: centre + first,
            sd,
            skewness,
        }
    }

    #[inline]
    fn scaled(&self, value: f64) -> f64 {
        let cut = value.clamp(self.low, self.high);
        match self.log_scale {
            None => cut,
            // Not `log1p`: its care for tiny values costs twice the time.
            Some(scale) => libm::log(1.0 + cut.abs() / scale).copysign(cut),
        }
    }

    /// The dense term's value: 0 for a missing one.
    #[inline]
    pub fn value(&self, value: f64) -> f64 {
        if value.is_nan() {
            0.0
        } else {
            (self.scaled(value) - self.mean) / self.sd
        }
    }

    pub(super) fn terms(&self) -> usize {
        usize::from(self.value_term.is_some()) + usize::from(self.missing_term.is_some())
    }

    pub(super) fn number_terms(&mut self, dense: &mut usize, indicators: &mut usize) {
        for (term, next) in [
            (&mut self.value_term, dense),
            (&mut self.missing_term, indicators),
        ] {
            if term.is_some() {
                *term = Some(*next as u16);
                *next += 1;
            }
        }
    }

    /// How many dense and indicator terms, if the plan is sound and its terms
    /// come next.
    pub(super) fn check(&self, dense: usize, indicators: usize) -> Option<(usize, usize)> {
        let numbers = [
            self.low,
            self.high,
            self.mean,
            self.sd,
            self.raw_mean,
            self.raw_median,
            self.missing_share,
            self.log_scale.unwrap_or(1.0),
        ];
        let next = |term: Option<u16>, at: usize| term.is_none_or(|term| usize::from(term) == at);
        let sound = numbers.iter().all(|number| number.is_finite())
            && self.low <= self.high
            && self.sd > 0.0
            && self.log_scale.unwrap_or(1.0) > 0.0
            && next(self.value_term, dense)
            && next(self.missing_term, indicators);
        sound.then(|| {
            (
                usize::from(self.value_term.is_some()),
                usize::from(self.missing_term.is_some()),
            )
        })
    }
}

fn finite_or(value: f64, otherwise: f64) -> f64 {
    if value.is_finite() { value } else { otherwise }
}

/// The present values, sorted; an even sample of them where there are many, one
/// drawn at random (with a fixed seed) from each stretch of equal length.
pub(crate) fn sorted_sample(values: &[f64], present: usize) -> Vec<f64> {
    let mut sample: Vec<f64> = if present <= QUANTILE_ROWS_MAX {
        values
            .iter()
            .copied()
            .filter(|value| !value.is_nan())
            .collect()
    } else {
        let mut random = Random::new(0);
        let stretch = values.len() as f64 / QUANTILE_ROWS_MAX as f64;
        (0..QUANTILE_ROWS_MAX)
            .filter_map(|index| {
                let row = ((index as f64 + random.uniform()) * stretch) as usize;
                values.get(row).copied().filter(|value| !value.is_nan())
            })
            .collect()
    };
    if sample.is_empty() {
        sample.extend(values.iter().copied().find(|value| !value.is_nan()));
    }
    sample.sort_unstable_by(f64::total_cmp);
    sample
}

/// The median absolute value among those that are not 0.
fn median_size(sample: &[f64]) -> Option<f64> {
    let mut sizes: Vec<f64> = sample
        .iter()
        .filter(|value| **value != 0.0)
        .map(|value| value.abs())
        .collect();
    sizes.sort_unstable_by(f64::total_cmp);
    quantile_sorted(&sizes, 0.5).filter(|size| size.is_normal())
}
