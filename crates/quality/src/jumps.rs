//! Units that jump: amounts that become ten, a hundred or a thousand times as
//! large or as small from one month or load to the next, as cents written for
//! euros do. Seasons and prices change by less, and by other factors.

/// How near a power of ten a factor lies, in decimal logarithms: 10 is 7.9 to 12.6.
const NEAR: f64 = 0.1;
/// Powers of ten looked for.
const POWERS: std::ops::RangeInclusive<i32> = 1..=3;

/// The middle of some values in one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// Which period: a month's number, a load's place.
    pub period: i64,
    /// The median, above 0.
    pub median: f64,
    /// Values behind it.
    pub values: u64,
}

/// A change by a power of ten.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jump {
    /// The first period on the other level.
    pub period: i64,
    /// The power: 2 for a hundred times as much, -2 for a hundredth.
    pub power: i32,
}

/// The power of ten near which a factor lies: 2 for about 100, -1 for about a
/// tenth; none for anything else.
pub fn power_of_ten(factor: f64) -> Option<i32> {
    let exponent = factor.log10();
    let nearest = exponent.round();
    let power = nearest as i32;
    let is_near = (exponent - nearest).abs() <= NEAR;
    (is_near && POWERS.contains(&power.abs())).then_some(power)
}

/// Jumps from one period to the next that has at least `values_min` values, and
/// how many changes were looked at. The periods come in order.
pub fn jumps(levels: &[Level], values_min: u64) -> (Vec<Jump>, u64) {
    let known: Vec<&Level> = levels.iter().filter(|l| l.values >= values_min).collect();
    let changes = known.windows(2).map(|pair| {
        let power = power_of_ten(pair[1].median / pair[0].median)?;
        let period = pair[1].period;
        Some(Jump { period, power })
    });
    let looked_at = known.len().saturating_sub(1) as u64;
    (changes.flatten().collect(), looked_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cents_for_euros_jump_and_seasons_do_not() {
        let level = |period, median| Level {
            period,
            median,
            values: 500,
        };
        let medians = [12.0, 14.0, 31.0, 3_050.0, 2_900.0, 26.0];
        let levels: Vec<Level> = (1..).zip(medians).map(|(p, m)| level(p, m)).collect();
        let (found, looked_at) = jumps(&levels, 30);
        let pairs: Vec<(i64, i32)> = found.iter().map(|j| (j.period, j.power)).collect();
        assert_eq!(pairs, [(4, 2), (6, -2)]);
        assert_eq!(looked_at, 5);
    }

    #[test]
    fn thin_periods_are_stepped_over() {
        let level = |period, median, values| Level {
            period,
            median,
            values,
        };
        let levels = [level(1, 5.0, 100), level(2, 500.0, 3), level(3, 5.5, 100)];
        assert_eq!(jumps(&levels, 30), (Vec::new(), 1));
    }

    #[test]
    fn factors_are_told_by_the_nearest_power() {
        assert_eq!(power_of_ten(100.0), Some(2));
        assert_eq!(power_of_ten(0.0011), Some(-3));
        assert_eq!(power_of_ten(8.0), Some(1));
        assert_eq!([1.0, 2.0, 5.0, 30.0, 1e6, 0.0].map(power_of_ten), [None; 6]);
    }
}
