//! What the shop sells: groups, popularity after Zipf, prices.

use crate::random::{AliasTable, Purpose, Random};
use crate::settings::ShopSettings;

/// Number of product groups; product p belongs to group `p % GROUPS`.
pub const GROUPS: usize = 8;

/// Typical price of each group in hundredths, before the price factor.
const GROUP_CENTS: [f64; GROUPS] = [550.0, 900.0, 2_900.0, 380.0, 650.0, 480.0, 1_250.0, 1_900.0];

pub(crate) struct Catalogue {
    cents: Vec<i64>,
    everything: AliasTable,
    groups: Vec<AliasTable>,
}

impl Catalogue {
    pub fn new(settings: &ShopSettings) -> Catalogue {
        let count = settings.products as usize;
        let mut random = Random::keyed(settings.seed, Purpose::Catalogue, 0, 0);
        // Rank by rank: the popular products are anywhere in the catalogue.
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            order.swap(last, random.below(last as u32 + 1) as usize);
        }
        let mut weights = vec![0.0; count];
        for (rank, &product) in order.iter().enumerate() {
            weights[product] = 1.0 / (rank as f64 + 2.5);
        }
        let cents = (0..count)
            .map(|product| {
                let spread = libm::exp(0.5 * random.normal());
                // Prices end in 9, as prices do.
                let tens = (GROUP_CENTS[product % GROUPS] * spread * settings.price_factor / 10.0)
                    .round()
                    .max(1.0);
                tens as i64 * 10 - 1
            })
            .collect();
        let groups = (0..GROUPS)
            .map(|group| {
                let own: Vec<f64> = weights
                    .iter()
                    .skip(group)
                    .step_by(GROUPS)
                    .copied()
                    .collect();
                AliasTable::new(&own)
            })
            .collect();
        Catalogue {
            cents,
            everything: AliasTable::new(&weights),
            groups,
        }
    }

    pub fn products(&self) -> u32 {
        self.cents.len() as u32
    }

    /// Price on the first day in hundredths; 0 for a product that is not sold.
    pub fn list_price_cents(&self, product: u32) -> i64 {
        self.cents.get(product as usize).copied().unwrap_or(0)
    }

    pub fn draw(&self, random: &mut Random) -> u32 {
        self.everything.draw(random)
    }

    pub fn draw_in_group(&self, group: u8, random: &mut Random) -> u32 {
        let group = usize::from(group) % GROUPS;
        self.groups[group].draw(random) * GROUPS as u32 + group as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn popularity_follows_zipf() {
        let settings = ShopSettings {
            products: 400,
            ..ShopSettings::default()
        };
        let catalogue = Catalogue::new(&settings);
        let mut random = Random::keyed(1, Purpose::Lines, 0, 0);
        let mut counts = vec![0_u32; 400];
        for _ in 0..400_000 {
            counts[catalogue.draw(&mut random) as usize] += 1;
        }
        counts.sort_unstable_by(|a, b| b.cmp(a));
        // Ranks 1 and 11 weigh 1/2.5 and 1/12.5.
        let ratio = f64::from(counts[0]) / f64::from(counts[10]);
        assert!((ratio - 5.0).abs() < 0.4, "{ratio}");
        for group in 0..GROUPS as u8 {
            for _ in 0..100 {
                let product = catalogue.draw_in_group(group, &mut random);
                assert_eq!(product % GROUPS as u32, u32::from(group));
                assert!(product < 400);
            }
        }
        assert!((0..400).all(|p| catalogue.list_price_cents(p) % 10 == 9));
        assert_eq!(catalogue.list_price_cents(400), 0);
    }
}
