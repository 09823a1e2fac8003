//! Draws keyed by what they are for, so that no draw depends on another.
//!
//! A generator is splitmix64 (Steele, Lea, Flood 2014) started from a hash of
//! (seed, purpose, customer, number); asking for the same key again gives the
//! same draws. Logarithms and the like come from `libm`, so that the rows do
//! not depend on the platform.

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// What a draw is for: part of its key.
#[derive(Debug, Clone, Copy)]
#[repr(u64)]
pub(crate) enum Purpose {
    Catalogue = 1,
    Incidents,
    Traits,
    Rhythm,
    Hazard,
    Arrival,
    Touch,
    Response,
    Order,
    Lines,
    Return,
    Favourite,
    Household,
    Person,
    Record,
    Mistake,
    Shuffle,
}

/// A stream of draws.
pub(crate) struct Random(u64);

impl Random {
    /// The stream of one key.
    pub fn keyed(seed: u64, purpose: Purpose, a: u64, b: u64) -> Random {
        let first = mix(seed.wrapping_add((purpose as u64).wrapping_mul(GOLDEN)));
        let second = mix(first ^ a.wrapping_mul(0xd1b5_4a32_d192_ed03));
        Random(mix(second ^ b.wrapping_mul(0xaef1_7502_108e_f2d9)))
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// Uniform in the open interval (0, 1).
    pub fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) * (1.0 / (1_u64 << 53) as f64)
    }

    /// Uniform in 0..count; 0 where count is 0.
    pub fn below(&mut self, count: u32) -> u32 {
        ((u128::from(self.bits()) * u128::from(count)) >> 64) as u32
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Standard exponential.
    pub fn exponential(&mut self) -> f64 {
        -libm::log(self.uniform())
    }

    /// Standard normal (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let radius = (2.0 * self.exponential()).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.uniform())
    }

    /// Gamma with scale 1 (Marsaglia and Tsang 2000); shapes below one are
    /// lifted by one and scaled back.
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape == 1.0 {
            return self.exponential();
        }
        if shape < 1.0 {
            let lift = libm::pow(self.uniform(), 1.0 / shape);
            return lift * self.gamma(shape + 1.0);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let root = 1.0 + c * x;
            if root <= 0.0 {
                continue;
            }
            let v = root * root * root;
            let u = self.uniform();
            let x2 = x * x;
            if u < 1.0 - 0.0331 * x2 * x2 || libm::log(u) < 0.5 * x2 + d * (1.0 - v + libm::log(v))
            {
                return d * v;
            }
        }
    }

    /// Poisson by inversion, for small means.
    pub fn poisson(&mut self, mean: f64) -> u32 {
        let mut left = self.uniform();
        let mut mass = libm::exp(-mean);
        let mut count = 0;
        while left > mass && count < 100 {
            left -= mass;
            count += 1;
            mass *= mean / f64::from(count);
        }
        count
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Draws from a fixed distribution in constant time (Walker 1977, Vose 1991).
pub(crate) struct AliasTable {
    cells: Vec<(f32, u32)>,
}

impl AliasTable {
    /// A table of weights above zero.
    pub fn new(weights: &[f64]) -> AliasTable {
        let total: f64 = weights.iter().sum();
        let count = weights.len() as f64;
        let mut scaled: Vec<f64> = weights
            .iter()
            .map(|weight| weight * count / total)
            .collect();
        let mut cells: Vec<(f32, u32)> = (0..weights.len() as u32).map(|i| (1.0, i)).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) =
            (0..weights.len()).partition(|&i| scaled[i] < 1.0);
        while let (Some(low), Some(&high)) = (small.pop(), large.last()) {
            cells[low] = (scaled[low] as f32, high as u32);
            scaled[high] -= 1.0 - scaled[low];
            if scaled[high] < 1.0 {
                large.pop();
                small.push(high);
            }
        }
        AliasTable { cells }
    }

    pub fn draw(&self, random: &mut Random) -> u32 {
        let bits = random.bits();
        let cell = ((u128::from(bits) * self.cells.len() as u128) >> 64) as usize;
        let (threshold, alias) = self.cells[cell];
        // The low bits say nothing about the cell.
        let share = (bits & 0xff_ffff) as f32 / (1_u32 << 24) as f32;
        if share < threshold {
            cell as u32
        } else {
            alias
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(mut draw: impl FnMut(&mut Random) -> f64) -> (f64, f64) {
        let mut random = Random::keyed(5, Purpose::Order, 1, 2);
        let draws: Vec<f64> = (0..200_000).map(|_| draw(&mut random)).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance =
            draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / draws.len() as f64;
        (mean, variance)
    }

    #[test]
    fn distributions_have_their_moments() {
        let near = |found: (f64, f64), mean: f64, variance: f64| {
            let error = 5.0 * (variance / 200_000.0).sqrt();
            assert!(
                (found.0 - mean).abs() < error,
                "mean {found:?}, expected {mean}"
            );
            assert!(
                (found.1 / variance - 1.0).abs() < 0.05,
                "{found:?}, expected {variance}"
            );
        };
        near(moments(Random::uniform), 0.5, 1.0 / 12.0);
        near(moments(Random::exponential), 1.0, 1.0);
        near(moments(Random::normal), 0.0, 1.0);
        for shape in [0.4, 1.0, 1.4, 7.5] {
            near(moments(|random| random.gamma(shape)), shape, shape);
        }
        near(moments(|random| f64::from(random.poisson(1.8))), 1.8, 1.8);
        near(moments(|random| f64::from(random.below(10))), 4.5, 8.25);
    }

    #[test]
    fn an_alias_table_follows_its_weights() {
        let weights = [5.0, 1.0, 3.0, 0.5, 0.5];
        let table = AliasTable::new(&weights);
        let mut random = Random::keyed(1, Purpose::Catalogue, 0, 0);
        let mut counts = [0_u32; 5];
        for _ in 0..100_000 {
            counts[table.draw(&mut random) as usize] += 1;
        }
        for (count, weight) in counts.iter().zip(weights) {
            assert!(
                (f64::from(*count) - weight * 1e4).abs() < 700.0,
                "{counts:?}"
            );
        }
    }

    #[test]
    fn keys_are_independent() {
        let first = |a, b| Random::keyed(9, Purpose::Order, a, b).uniform();
        let n = 20_000;
        for pair in [|i| (i, 0), |i| (0, i), |i| (i, i)] as [fn(u64) -> (u64, u64); 3] {
            let draws: Vec<f64> = (0..n).map(|i| first(pair(i).0, pair(i).1)).collect();
            let covariance: f64 = draws
                .windows(2)
                .map(|w| (w[0] - 0.5) * (w[1] - 0.5))
                .sum::<f64>()
                / n as f64;
            assert!(
                (covariance * 12.0).abs() < 4.0 / (n as f64).sqrt(),
                "{covariance}"
            );
        }
    }
}
