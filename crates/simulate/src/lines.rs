//! What is in an order, drawn when the order is handed out.

use crate::catalogue::GROUPS;
use crate::customer::Traits;
use crate::incident::Incident;
use crate::random::{Purpose, Random};
use crate::shop::Shop;

/// Lines of one order at most.
const LINES_MAX: usize = 40;
/// Favourite products of a customer.
const FAVOURITES: u32 = 4;
/// Share of lines that are a favourite product, and a favourite or another of
/// the favourite group.
const FAVOURITE_SHARE: f64 = 0.45;
const GROUP_SHARE: f64 = 0.65;
/// How often a customer at the end of the price levels compares two things.
const COMPARE_SHARE: f64 = 0.8;
/// Share of returns that are a single line; the others are the whole order.
const SINGLE_RETURN_SHARE: f64 = 0.7;

/// One line of an order or return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    pub line: u32,
    pub product: u32,
    pub quantity: i32,
    pub unit_price_cents: i64,
}

/// Draws the lines of an order made on `day` into `lines`: different products,
/// numbered from 1.
pub(crate) fn draw_lines(
    shop: &Shop,
    customer: u64,
    index: u32,
    day: u32,
    traits: &Traits,
    lines: &mut Vec<Line>,
) {
    lines.clear();
    let seed = shop.settings.seed;
    let mut random = Random::keyed(seed, Purpose::Lines, customer, u64::from(index));
    let more = (shop.lines_per_order_mean - 1.0) * traits.basket_factor;
    let most = LINES_MAX.min(shop.settings.products as usize / 4).max(1);
    let count = (1 + random.poisson(more) as usize).min(most);
    for line in 1..=count as u32 {
        let wanted = choose(shop, customer, traits, &mut random);
        let product = available(shop, wanted, day, lines);
        lines.push(Line {
            line,
            product,
            quantity: quantity(&mut random),
            unit_price_cents: shop.price_cents(product, day),
        });
    }
}

/// Turns the lines of an order into the lines of its return: one line or all,
/// quantities negative, at the price paid.
pub(crate) fn turn_back(shop: &Shop, customer: u64, index: u32, lines: &mut Vec<Line>) {
    let seed = shop.settings.seed;
    let mut random = Random::keyed(seed, Purpose::Return, customer, u64::from(index));
    if random.chance(SINGLE_RETURN_SHARE) {
        let kept = random.below(lines.len() as u32) as usize;
        lines.swap(0, kept);
        lines.truncate(1);
    }
    for (number, line) in lines.iter_mut().enumerate() {
        line.line = number as u32 + 1;
        line.quantity = -line.quantity;
    }
}

/// What the customer would like.
fn choose(shop: &Shop, customer: u64, traits: &Traits, random: &mut Random) -> u32 {
    let where_from = random.uniform();
    if where_from < FAVOURITE_SHARE {
        let slot = u64::from(random.below(FAVOURITES));
        let mut own = Random::keyed(shop.settings.seed, Purpose::Favourite, customer, slot);
        let in_group = own.chance(0.5);
        return by_price_level(shop, traits, in_group, &mut own);
    }
    by_price_level(shop, traits, where_from < GROUP_SHARE, random)
}

/// A product after its popularity; the further a customer's price level is from
/// the middle, the more often the dearer or cheaper of two is taken.
fn by_price_level(shop: &Shop, traits: &Traits, in_group: bool, random: &mut Random) -> u32 {
    let draw = |random: &mut Random| {
        if in_group {
            shop.catalogue.draw_in_group(traits.group, random)
        } else {
            shop.catalogue.draw(random)
        }
    };
    let first = draw(random);
    if !random.chance(COMPARE_SHARE * traits.price_level.abs()) {
        return first;
    }
    let second = draw(random);
    let price = |product| shop.catalogue.list_price_cents(product);
    if (price(second) > price(first)) == (traits.price_level > 0.0) {
        second
    } else {
        first
    }
}

/// The product wanted, or the next one of its group, then of any, that can be
/// had and is not yet in the basket.
fn available(shop: &Shop, wanted: u32, day: u32, lines: &[Line]) -> u32 {
    let gone = |product: &u32| {
        let out = |incident: &Incident| incident.is_on(day) && incident.takes_away(*product);
        lines.iter().any(|line| line.product == *product) || shop.incidents.iter().any(out)
    };
    let products = shop.settings.products;
    let groups = GROUPS as u32;
    // A basket holds at most a quarter of the catalogue, and stock-outs leave
    // half of each group: the search ends early. Were all that is left in the
    // basket already, what is wanted would be sold all the same.
    let in_group = (0..products / groups).map(|step| (wanted + step * groups) % products);
    let any = (1..products).map(|step| (wanted + step) % products);
    in_group
        .chain(any)
        .find(|product| !gone(product))
        .unwrap_or(wanted)
}

/// One mostly, a few sometimes, a dozen rarely.
fn quantity(random: &mut Random) -> i32 {
    match random.below(100) {
        0..72 => 1,
        72..90 => 2,
        90..96 => 3,
        _ => 4 + random.below(9) as i32,
    }
}
