//! What is ordinary, told by the median and the median absolute deviation, which
//! half of the values would have to be wrong to move.

/// What makes the median absolute deviation of normal values their standard
/// deviation: 1 / the 75 % quantile of the standard normal.
pub const MAD_TO_SIGMA: f64 = 1.482_602_218_505_602;
/// The same for the mean absolute deviation from the median: sqrt(pi / 2).
pub const MEAN_AD_TO_SIGMA: f64 = 1.253_314_137_315_500_3;
/// Below so many standard deviations nothing is called odd (Iglewicz and Hoaglin,
/// *How to Detect and Handle Outliers*, 1993, section 3.3: 3.5).
const SIGMAS_MIN: f64 = 3.5;

/// How many robust standard deviations of `n` values are ordinary: the universal
/// threshold sqrt(2 ln n) (Donoho and Johnstone, 1994), above which about none of
/// `n` normal values lies, and at least 3.5. A fixed 3.5 would call hundreds of a
/// million good values odd.
pub fn sigmas(n: u64) -> f64 {
    (2.0 * (n.max(1) as f64).ln()).sqrt().max(SIGMAS_MIN)
}

/// The lower median of sorted values; none where there is none.
pub fn median(sorted: &[f64]) -> Option<f64> {
    sorted.get(sorted.len().checked_sub(1)? / 2).copied()
}

/// The limits between which values are ordinary.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fences {
    /// What lies below is odd.
    pub low: f64,
    /// What lies above is odd.
    pub high: f64,
    /// The middle.
    pub median: f64,
}

/// The fences of some values; none of fewer than 20, or where all are equal.
/// Values that are not finite are left out. Where more than half are equal, the
/// mean absolute deviation stands in for the median one, which is zero then.
pub fn fences(values: &[f64]) -> Option<Fences> {
    const VALUES_MIN: usize = 20;
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    if sorted.len() < VALUES_MIN {
        return None;
    }
    sorted.sort_by(f64::total_cmp);
    let middle = median(&sorted)?;
    let mut away: Vec<f64> = sorted.iter().map(|v| (v - middle).abs()).collect();
    away.sort_by(f64::total_cmp);
    let mean = away.iter().sum::<f64>() / away.len() as f64;
    let mad = median(&away)?;
    let sigma = match mad > 0.0 {
        true => mad * MAD_TO_SIGMA,
        false => mean * MEAN_AD_TO_SIGMA,
    };
    let reach = sigmas(sorted.len() as u64) * sigma;
    (sigma > 0.0).then_some(Fences {
        low: middle - reach,
        high: middle + reach,
        median: middle,
    })
}

impl Fences {
    /// Whether a value lies outside.
    pub fn is_odd(&self, value: f64) -> bool {
        value < self.low || value > self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_median_and_mad_worked_by_hand() {
        // 1 to 21 and one far away: median 11, deviations 0, 1, 1, 2, 2, ... MAD 5.
        let mut values: Vec<f64> = (1..=21).map(f64::from).collect();
        values.push(1_000.0);
        let found = fences(&values).unwrap();
        assert_eq!(found.median, 11.0);
        let reach = 3.5 * 5.0 * 1.482_602_218_505_602;
        assert!((found.high - (11.0 + reach)).abs() < 1e-9, "{found:?}");
        assert!(found.is_odd(1_000.0) && !found.is_odd(21.0));
        // The far value moves the mean by 45 and the limits not at all.
        values[21] = 1e9;
        assert_eq!(fences(&values).unwrap(), found);
    }

    #[test]
    fn equal_values_have_no_limits_and_mostly_equal_ones_have() {
        assert_eq!(fences(&[5.0; 50]), None);
        assert_eq!(fences(&[1.0, 2.0, 3.0]), None);
        let mut mostly = vec![5.0; 40];
        mostly.extend([6.0, 4.0, 500.0]);
        let found = fences(&mostly).unwrap();
        assert!(found.is_odd(500.0) && !found.is_odd(6.0), "{found:?}");
    }

    #[test]
    fn more_values_reach_further() {
        assert_eq!(sigmas(10), 3.5);
        assert!((sigmas(1_000_000) - 5.256_521_769_756_932).abs() < 1e-12);
    }
}
