//! The shop's order lines in time order, a block of days at a time.

use crate::customer::Traits;
use crate::lines::{Line, draw_lines, turn_back};
use crate::orders::{Header, OrderDraw, State, advance};
use crate::shop::Shop;

/// Most rows of a batch.
pub const BATCH_ROWS_MAX: usize = 65_536;
/// Orders a block should hold at most, about (16 bytes each).
const BLOCK_ORDERS: f64 = 4_000_000.0;
/// Longest block in days.
const BLOCK_DAYS_MAX: u32 = 366;

/// Order lines as columns, in time order over all batches; lines of an order
/// stand together, though not always in one batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderLineBatch {
    /// The order, unique over the shop. A return is an order of its own, its id
    /// odd; print it with [`order_code`](crate::order_code).
    pub order_id: Vec<u64>,
    /// Number of the line within the order, from 1.
    pub line: Vec<u32>,
    /// The customer's number, from 0.
    pub customer: Vec<u64>,
    /// UTC microseconds, whole seconds.
    pub time_us: Vec<i64>,
    /// The product's number, from 0.
    pub product: Vec<u32>,
    /// Pieces; negative in a return.
    pub quantity: Vec<i32>,
    /// Price of one piece in hundredths of the currency.
    pub unit_price_cents: Vec<i64>,
    /// For a return, the order it belongs to; 0 otherwise.
    pub return_of: Vec<u64>,
    /// The channel's number ([`channel_name`](crate::channel_name)).
    pub channel: Vec<u8>,
    /// The country's number ([`country_code`](crate::country_code)).
    pub country: Vec<u8>,
}

impl OrderLineBatch {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.order_id.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.order_id.is_empty()
    }

    fn clear(&mut self) {
        self.order_id.clear();
        self.line.clear();
        self.customer.clear();
        self.time_us.clear();
        self.product.clear();
        self.quantity.clear();
        self.unit_price_cents.clear();
        self.return_of.clear();
        self.channel.clear();
        self.country.clear();
    }

    fn push(&mut self, order: Header, channel: u8, country: u8, line: &Line) {
        self.order_id.push(order.order_id);
        self.line.push(line.line);
        self.customer.push(order.customer());
        self.time_us.push(order.time_us);
        self.product.push(line.product);
        self.quantity.push(line.quantity);
        self.unit_price_cents.push(line.unit_price_cents);
        self.return_of.push(if order.is_return() {
            order.order_id & !1
        } else {
            0
        });
        self.channel.push(channel);
        self.country.push(country);
    }
}

/// How far a stream has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Rows handed out so far.
    pub rows: u64,
    /// Share of the period done, 0 to 1.
    pub share_done: f64,
}

/// What a stream handed out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StreamTotals {
    /// Rows: lines of orders and of returns.
    pub rows: u64,
    /// Orders, returns not counted.
    pub orders: u64,
    /// Returns.
    pub returns: u64,
}

/// How to stream; nothing here changes the rows.
#[derive(Default)]
pub struct StreamOptions<'a> {
    /// Days in a block; none: about four million orders' worth.
    pub block_days: Option<u32>,
    /// Rows in a batch, at most [`BATCH_ROWS_MAX`]; none: that many.
    pub batch_rows: Option<usize>,
    /// Called after each block, and while a block is handed out after each batch.
    pub progress: Option<&'a mut dyn FnMut(Progress)>,
}

impl Shop {
    /// Hands out every order line in time order (time, order, line). The batch
    /// is used again for the next call.
    ///
    /// # Errors
    /// The first error of `take`, which ends the stream.
    pub fn for_each_batch<E>(
        &self,
        take: impl FnMut(&OrderLineBatch) -> Result<(), E>,
    ) -> Result<StreamTotals, E> {
        self.for_each_batch_with(StreamOptions::default(), take)
    }

    /// As [`Shop::for_each_batch`], with options.
    ///
    /// # Errors
    /// The first error of `take`, which ends the stream.
    pub fn for_each_batch_with<E>(
        &self,
        mut options: StreamOptions<'_>,
        take: impl FnMut(&OrderLineBatch) -> Result<(), E>,
    ) -> Result<StreamTotals, E> {
        let block_days = options
            .block_days
            .unwrap_or_else(|| self.block_days())
            .max(1);
        let days = self.calendar.days();
        let mut states: Vec<State> = (0..self.settings.customers)
            .map(|customer| self.first_state(customer))
            .collect();
        let mut out = Output {
            shop: self,
            batch: OrderLineBatch::default(),
            lines: Vec::new(),
            rows_max: options
                .batch_rows
                .unwrap_or(BATCH_ROWS_MAX)
                .clamp(1, BATCH_ROWS_MAX),
            totals: StreamTotals::default(),
            take,
        };
        let mut block: Vec<Header> = Vec::new();
        // Returns whose day lies in a later block.
        let mut later: Vec<Header> = Vec::new();
        let mut day = 0;
        while day < days {
            let done = f64::from(day) / f64::from(days);
            day = day.saturating_add(block_days).min(days);
            let until_us = self.day_start_us(day);
            block.clear();
            later.retain(|&header| {
                let due = header.time_us < until_us;
                if due {
                    block.push(header);
                }
                !due
            });
            let season_until = self.calendar.season_at_day(day);
            for (customer, state) in states.iter_mut().enumerate() {
                advance(self, customer as u64, state, season_until, |header| {
                    let queue = if header.time_us < until_us {
                        &mut block
                    } else {
                        &mut later
                    };
                    queue.push(header);
                });
            }
            block.sort_unstable();
            out.hand_out(&block, &mut options.progress, done)?;
            if let Some(progress) = &mut options.progress {
                let share_done = f64::from(day) / f64::from(days);
                progress(Progress {
                    rows: out.totals.rows,
                    share_done,
                });
            }
        }
        out.flush()?;
        Ok(out.totals)
    }

    fn day_start_us(&self, day: u32) -> i64 {
        self.start_us() + i64::from(day) * crate::calendar::DAY_US
    }

    /// Days that hold about [`BLOCK_ORDERS`] orders where business is brisk.
    fn block_days(&self) -> u32 {
        let settings = &self.settings;
        let orders = settings.order_lines_per_customer_mean / self.lines_per_order_mean
            * settings.customers as f64;
        let brisk_day = 2.0 * orders / f64::from(settings.days);
        (BLOCK_ORDERS / brisk_day).clamp(1.0, f64::from(BLOCK_DAYS_MAX)) as u32
    }
}

/// Turns sorted orders into batches of lines.
struct Output<'a, F> {
    shop: &'a Shop,
    batch: OrderLineBatch,
    lines: Vec<Line>,
    rows_max: usize,
    totals: StreamTotals,
    take: F,
}

impl<E, F: FnMut(&OrderLineBatch) -> Result<(), E>> Output<'_, F> {
    fn hand_out(
        &mut self,
        orders: &[Header],
        progress: &mut Option<&mut dyn FnMut(Progress)>,
        share_done: f64,
    ) -> Result<(), E> {
        for &order in orders {
            let (channel, country) = self.draw(order);
            let lines = std::mem::take(&mut self.lines);
            for line in &lines {
                self.batch.push(order, channel, country, line);
                if self.batch.len() == self.rows_max {
                    self.flush()?;
                    if let Some(progress) = progress {
                        progress(Progress {
                            rows: self.totals.rows,
                            share_done,
                        });
                    }
                }
            }
            self.lines = lines;
        }
        Ok(())
    }

    /// Draws the lines of an order or return; answers its channel and country.
    fn draw(&mut self, order: Header) -> (u8, u8) {
        let (shop, customer, index) = (self.shop, order.customer(), order.index());
        let traits = Traits::of(shop.settings.seed, customer);
        let draw = OrderDraw::of(shop.settings.seed, customer, index, traits.channel);
        let day = shop.calendar.day_at(order.time_us).max(0) as u32;
        if order.is_return() {
            let bought = day.saturating_sub(draw.return_delay_days);
            draw_lines(shop, customer, index, bought, &traits, &mut self.lines);
            turn_back(shop, customer, index, &mut self.lines);
            self.totals.returns += 1;
        } else {
            draw_lines(shop, customer, index, day, &traits, &mut self.lines);
            self.totals.orders += 1;
        }
        (draw.channel, traits.country)
    }

    fn flush(&mut self) -> Result<(), E> {
        if !self.batch.is_empty() {
            self.totals.rows += self.batch.len() as u64;
            (self.take)(&self.batch)?;
            self.batch.clear();
        }
        Ok(())
    }
}
