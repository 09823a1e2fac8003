//! The shop itself: settings made into calendar, catalogue, incidents and the
//! rate of orders; a customer's life from its number.

use crate::calendar::{Calendar, DAY_US};
use crate::catalogue::Catalogue;
use crate::customer::{Rhythm, Traits, leaving_factor};
use crate::error::Error;
use crate::incident::{Incident, IncidentKind, PRICE_RISE};
use crate::leaving::{Hazard, NEWCOMER_DAYS, NEWCOMER_FACTOR, Window};
use crate::offer::{OFFERS, responses};
use crate::orders::{OrderDraw, State, advance};
use crate::random::{Purpose, Random};
use crate::settings::ShopSettings;
use crate::truth::Truth;

/// Customers looked at to set the rate of orders.
const SAMPLE_MAX: u64 = 8_192;
/// Rounds of setting it; each divides the error by about ten.
const ROUNDS: u32 = 4;
/// Customers of before the period joined up to this many days before it.
const BEFORE_DAYS_MAX: f64 = 730.0;
/// Shortest mean gap between orders, in days.
const GAP_MEAN_DAYS_MIN: f64 = 0.02;
const DAYS_PER_YEAR: f64 = 365.25;

/// A simulated shop. Making one is cheap; no customer is stored in it.
pub struct Shop {
    pub(crate) settings: ShopSettings,
    pub(crate) calendar: Calendar,
    pub(crate) catalogue: Catalogue,
    pub(crate) incidents: Vec<Incident>,
    pub(crate) lines_per_order_mean: f64,
    /// Arrivals before each day, added up; the last is the total.
    arrivals: Vec<f64>,
    /// Mean over customers of the rate of orders per day of season time.
    orders_per_day: f64,
}

/// Where a customer's life is drawn to.
pub(crate) struct Life {
    pub traits: Traits,
    pub rhythm: Rhythm,
    pub joined_us: i64,
    pub was_customer_at_start: bool,
    pub hazard: Hazard,
    /// Exponential draw: leaving is where the hazard added up reaches it.
    pub exposure: f64,
    /// Days since the start from which the hazard counts.
    pub hazard_from_days: f64,
    /// Bit i: incident i touched the customer.
    pub touched: u32,
    pub state: State,
}

impl Shop {
    /// Makes a shop.
    ///
    /// # Errors
    /// Settings out of range ([`ShopSettings::check`]).
    pub fn new(settings: ShopSettings) -> Result<Shop, Error> {
        settings.check()?;
        let calendar = Calendar::new(&settings);
        let mut shop = Shop {
            catalogue: Catalogue::new(&settings),
            incidents: Incident::draw_all(&settings),
            lines_per_order_mean: settings.lines_per_order_mean(),
            arrivals: arrivals(&settings, &calendar),
            orders_per_day: 0.0,
            calendar,
            settings,
        };
        shop.set_rate();
        Ok(shop)
    }

    /// The settings the shop was made from.
    pub fn settings(&self) -> &ShopSettings {
        &self.settings
    }

    /// First moment of the period, UTC microseconds.
    pub fn start_us(&self) -> i64 {
        self.settings.start_us
    }

    /// First moment after the period, UTC microseconds.
    pub fn end_us(&self) -> i64 {
        self.settings.start_us + i64::from(self.settings.days) * DAY_US
    }

    /// The incidents of the period, by day.
    pub fn incidents(&self) -> &[Incident] {
        &self.incidents
    }

    /// A product's price on the first day, in hundredths of the currency; 0 for
    /// a product that is not sold.
    pub fn list_price_cents(&self, product: u32) -> i64 {
        self.catalogue.list_price_cents(product)
    }

    /// Number of products.
    pub fn products(&self) -> u32 {
        self.catalogue.products()
    }

    /// What an offer costs per customer contacted, in hundredths of the currency.
    ///
    /// # Errors
    /// An offer number that does not exist.
    pub fn offer_cost_cents(&self, offer: usize) -> Result<i64, Error> {
        let given = OFFERS.get(offer).ok_or(Error::NoSuchOffer {
            offer,
            offers: OFFERS.len(),
        })?;
        Ok((given.cost_cents as f64 * self.settings.price_factor).round() as i64)
    }

    /// Season time between two moments in days: what a customer's rate of
    /// orders is to be multiplied by to expect the orders between them.
    pub fn season_days(&self, from_us: i64, to_us: i64) -> f64 {
        self.calendar.season_at(to_us) - self.calendar.season_at(from_us)
    }

    /// What is true of a customer.
    ///
    /// # Errors
    /// A customer number at or above the number of customers.
    pub fn truth(&self, customer: u64) -> Result<Truth, Error> {
        let customers = self.settings.customers;
        if customer < customers {
            Ok(self.truth_of(customer))
        } else {
            Err(Error::NoSuchCustomer {
                customer,
                customers,
            })
        }
    }

    /// What is true of every customer, by number.
    pub fn truths(&self) -> impl Iterator<Item = Truth> + '_ {
        (0..self.settings.customers).map(|customer| self.truth_of(customer))
    }

    fn truth_of(&self, customer: u64) -> Truth {
        let life = self.life(customer);
        let responses = responses(self.settings.seed, customer, &life.traits, &life.rhythm);
        Truth::new(customer, self.start_us(), self.end_us(), life, responses)
    }

    /// The price of a product on a day, in hundredths.
    pub(crate) fn price_cents(&self, product: u32, day: u32) -> i64 {
        let group = (product as usize % crate::GROUPS) as u8;
        let rises = self.incidents.iter().filter(|incident| {
            incident.kind == IncidentKind::PriceRise
                && incident.day <= day
                && incident.group == Some(group)
        });
        let list = self.catalogue.list_price_cents(product);
        match rises.count() {
            0 => list,
            count => (list as f64 * libm::pow(PRICE_RISE, count as f64)).round() as i64,
        }
    }

    /// The state of a customer at the start of the period.
    pub(crate) fn first_state(&self, customer: u64) -> State {
        self.life(customer).state
    }

    /// A customer's life, from the number alone.
    pub(crate) fn life(&self, customer: u64) -> Life {
        let seed = self.settings.seed;
        let traits = Traits::of(seed, customer);
        let rhythm = Rhythm::of(seed, customer);
        let gap_mean =
            (1.0 / (self.orders_per_day * rhythm.rate_factor)).max(GAP_MEAN_DAYS_MIN) as f32;
        let gap_shape = rhythm.gap_shape as f32;
        let mut random = Random::keyed(seed, Purpose::Arrival, customer, 0);
        let was_customer_at_start = random.chance(self.settings.share_at_start);
        let (joined_us, next_season) = if was_customer_at_start {
            let age = random.uniform();
            let before_s = (age * age * BEFORE_DAYS_MAX * 86_400.0) as i64 + 1;
            // What is left of a gap looked into at a random moment.
            let shape = f64::from(gap_shape);
            let gap = f64::from(gap_mean) * random.gamma(shape + 1.0) / shape;
            (
                self.settings.start_us - before_s * 1_000_000,
                random.uniform() * gap,
            )
        } else {
            let (day, share) = self.arrival(&mut random);
            let channel = OrderDraw::of(seed, customer, 0, traits.channel).channel;
            let season = self.calendar.season_at_day(day) + share * self.calendar.day_length(day);
            // Read back from season time, as the order itself will be.
            let (day, share) = self.calendar.day_of(season).unwrap_or((day, share));
            (self.calendar.time_us(day, share, channel), season)
        };
        let (hazard, touched) = self.hazard(customer, &traits, &rhythm, joined_us);
        let exposure = Random::keyed(seed, Purpose::Hazard, customer, 0).exponential();
        let hazard_from_days = self.calendar.days_at(joined_us).max(0.0);
        let leave_days = hazard.reaches(exposure, hazard_from_days);
        let state = State {
            next_season,
            leave_us: self
                .moment_us(leave_days)
                .max(joined_us.saturating_add(1_000_000)),
            gap_mean,
            gap_shape,
            return_chance: (self.settings.return_share * traits.return_factor) as f32,
            index: 0,
            channel: traits.channel,
            country: traits.country,
        };
        Life {
            traits,
            rhythm,
            joined_us,
            was_customer_at_start,
            hazard,
            exposure,
            hazard_from_days,
            touched,
            state,
        }
    }

    fn moment_us(&self, days: f64) -> i64 {
        moment_us(self.settings.start_us, days)
    }

    /// The day of an arrival within the period, and the share of the day.
    fn arrival(&self, random: &mut Random) -> (u32, f64) {
        let total = self.arrivals.last().copied().unwrap_or(0.0);
        let at = random.uniform() * total;
        let day = self
            .arrivals
            .partition_point(|&before| before <= at)
            .saturating_sub(1);
        ((day as u32).min(self.calendar.days() - 1), random.uniform())
    }

    fn hazard(
        &self,
        customer: u64,
        traits: &Traits,
        rhythm: &Rhythm,
        joined_us: i64,
    ) -> (Hazard, u32) {
        let seed = self.settings.seed;
        let joined_days = self.calendar.days_at(joined_us);
        let factor = leaving_factor(seed, customer, traits, rhythm);
        let mut windows = Vec::new();
        if joined_days + NEWCOMER_DAYS > 0.0 {
            windows.push(Window {
                from: joined_days,
                to: joined_days + NEWCOMER_DAYS,
                factor: NEWCOMER_FACTOR,
            });
        }
        let mut touched = 0;
        for (index, incident) in self.incidents.iter().enumerate() {
            let from = f64::from(incident.day);
            if joined_days < from && incident.touches(seed, index, customer, traits) {
                touched |= 1 << index;
                let to = from + f64::from(incident.leaving_days);
                windows.push(Window {
                    from,
                    to,
                    factor: incident.leaving_factor,
                });
            }
        }
        let per_day = self.settings.leaving_per_year / DAYS_PER_YEAR * factor;
        (Hazard { per_day, windows }, touched)
    }

    /// Sets the rate of orders so that the mean number of lines is met, on a
    /// sample of customers: orders after the first grow with the rate.
    fn set_rate(&mut self) {
        let settings = &self.settings;
        let sample = settings.customers.min(SAMPLE_MAX);
        let wanted = settings.order_lines_per_customer_mean / self.lines_per_order_mean;
        self.orders_per_day = wanted * 2.0 / f64::from(settings.days);
        for _ in 0..ROUNDS {
            let (mut orders, mut first) = (0.0, 0.0);
            for customer in 0..sample {
                let life = self.life(customer);
                let mut state = life.state;
                advance(
                    self,
                    customer,
                    &mut state,
                    self.calendar.season_end(),
                    |header| {
                        orders += if header.is_return() { 0.0 } else { 1.0 };
                    },
                );
                first += if life.was_customer_at_start { 0.0 } else { 1.0 };
            }
            let (orders, first) = (orders / sample as f64, first / sample as f64);
            let factor = (wanted - first).max(0.05) / (orders - first).max(0.05);
            self.orders_per_day *= factor.clamp(0.05, 20.0);
        }
    }
}

/// A moment given in days since the start; far away is the end of time.
pub(crate) fn moment_us(start_us: i64, days: f64) -> i64 {
    if days < 1e7 {
        start_us + (days * DAY_US as f64) as i64
    } else {
        i64::MAX
    }
}

/// Arrivals before each day, added up: growing over the years, more of them on
/// busy days.
fn arrivals(settings: &ShopSettings, calendar: &Calendar) -> Vec<f64> {
    let mut sum = 0.0;
    let mut before = Vec::with_capacity(settings.days as usize + 1);
    before.push(sum);
    for day in 0..settings.days {
        let growth = settings.arrival_growth_per_year * f64::from(day) / DAYS_PER_YEAR;
        sum += (1.0 + growth) * calendar.day_length(day).sqrt();
        before.push(sum);
    }
    before
}
