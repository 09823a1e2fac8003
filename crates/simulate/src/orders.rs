//! When a customer orders, and when something comes back.
//!
//! A customer's whole state between two blocks of days is [`State`]; an order
//! waiting for its block to be sorted is a [`Header`] of 16 bytes.

use crate::customer::{CHANNELS, STORE};
use crate::incident::{BAD_DELIVERY_RETURNS, IncidentKind};
use crate::random::{Purpose, Random};
use crate::shop::Shop;

/// Bits of an order id below the customer: 19 for the order, 1 for the return.
const ORDER_BITS: u32 = 20;
/// Orders of one customer at most.
const ORDERS_MAX: u32 = 1 << 19;
/// Days before something comes back: from, and how many more at most.
const RETURN_DAYS_MIN: u32 = 2;
const RETURN_DAYS_SPREAD: u32 = 27;
/// Share of orders that come through the customer's own channel, the others
/// through any.
const OWN_CHANNEL_SHARE: f64 = 0.8;

/// What is kept of a customer between two blocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct State {
    /// Season time of the next order; infinite when there is none.
    pub next_season: f64,
    /// From this moment on there is no order.
    pub leave_us: i64,
    pub gap_mean: f32,
    pub gap_shape: f32,
    pub return_chance: f32,
    /// Number of the next order.
    pub index: u32,
    pub channel: u8,
    pub country: u8,
}

// Ten million customers are 400 MB.
const _: () = assert!(size_of::<State>() <= 40);

/// An order or return that waits to be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Header {
    pub time_us: i64,
    pub order_id: u64,
}

const _: () = assert!(size_of::<Header>() == 16);

impl Header {
    pub fn is_return(self) -> bool {
        self.order_id & 1 == 1
    }

    pub fn customer(self) -> u64 {
        (self.order_id >> ORDER_BITS) - 1
    }

    /// The order's number among the customer's.
    pub fn index(self) -> u32 {
        ((self.order_id >> 1) as u32) & (ORDERS_MAX - 1)
    }
}

/// The draws of one order, the same whenever they are asked for.
pub(crate) struct OrderDraw {
    pub channel: u8,
    return_draw: f64,
    pub return_delay_days: u32,
    return_share: f64,
    random: Random,
}

impl OrderDraw {
    pub fn of(seed: u64, customer: u64, index: u32, own_channel: u8) -> OrderDraw {
        let mut random = Random::keyed(seed, Purpose::Order, customer, u64::from(index));
        let any = random.below(CHANNELS as u32) as u8;
        let channel = if random.chance(OWN_CHANNEL_SHARE) {
            own_channel
        } else {
            any
        };
        OrderDraw {
            channel,
            return_draw: random.uniform(),
            return_delay_days: RETURN_DAYS_MIN + random.below(RETURN_DAYS_SPREAD + 1),
            return_share: random.uniform(),
            random,
        }
    }
}

/// Hands out a customer's orders and returns up to a season time, in the order
/// of the orders (a return may lie far ahead), and moves the state there.
pub(crate) fn advance(
    shop: &Shop,
    customer: u64,
    state: &mut State,
    season_until: f64,
    mut sink: impl FnMut(Header),
) {
    while state.next_season < season_until {
        let Some((day, share)) = shop.calendar.day_of(state.next_season) else {
            break;
        };
        let mut draw = OrderDraw::of(shop.settings.seed, customer, state.index, state.channel);
        let time_us = shop.calendar.time_us(day, share, draw.channel);
        if time_us >= state.leave_us || state.index >= ORDERS_MAX - 1 {
            state.next_season = f64::INFINITY;
            break;
        }
        let order_id = (customer + 1) << ORDER_BITS | u64::from(state.index) << 1;
        sink(Header { time_us, order_id });
        if draw.return_draw < return_chance(shop, state, day, draw.channel) {
            let back = day + draw.return_delay_days;
            let time_us = shop.calendar.time_us(back, draw.return_share, STORE);
            sink(Header {
                time_us,
                order_id: order_id | 1,
            });
        }
        let shape = f64::from(state.gap_shape);
        let gap = f64::from(state.gap_mean) * draw.random.gamma(shape) / shape;
        state.next_season += gap.max(1e-6);
        state.index += 1;
    }
}

fn return_chance(shop: &Shop, state: &State, day: u32, channel: u8) -> f64 {
    let bad = channel != STORE
        && shop.incidents.iter().any(|incident| {
            incident.kind == IncidentKind::BadDelivery
                && incident.country == Some(state.country)
                && incident.is_on(day)
        });
    let factor = if bad { BAD_DELIVERY_RETURNS } else { 1.0 };
    (f64::from(state.return_chance) * factor).min(0.9)
}
