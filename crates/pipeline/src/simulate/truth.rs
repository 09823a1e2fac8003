//! What is true of each customer, as a file.

use std::path::Path;

use perennial_lake::arrow::array::RecordBatch;
use perennial_lake::arrow::datatypes::SchemaRef;
use perennial_lake::tables::ParquetFile;
use perennial_simulate::{
    OFFERS, Response, Shop, Truth, channel_name, country_code, customer_code,
};

use crate::Result;
use crate::columns::Columns;
use crate::progress::Progress;

/// Customers written at a time.
const BATCH_ROWS: usize = 16_384;
/// How far ahead the probability of leaving looks.
const HORIZON_DAYS: f64 = 90.0;

/// Writes a row for each customer; answers how many had left by the end.
pub(super) fn write(shop: &Shop, path: &Path, progress: &dyn Progress) -> Result<u64> {
    progress.start("truth", Some(shop.settings().customers), "customers");
    let mut file: Option<ParquetFile> = None;
    let mut left = 0;
    let mut truths = shop.truths();
    loop {
        let some: Vec<Truth> = truths.by_ref().take(BATCH_ROWS).collect();
        if some.is_empty() {
            break;
        }
        left += some.iter().filter(|truth| truth.left_us.is_some()).count() as u64;
        let (schema, rows) = rows(shop, &some)?;
        let writer = match &mut file {
            Some(writer) => writer,
            None => file.insert(ParquetFile::create(path, &schema)?),
        };
        writer.write(&rows)?;
        progress.advance(some.len() as u64);
    }
    if let Some(file) = file {
        file.close()?;
    }
    progress.finish(&format!(
        "{} customers",
        perennial_web::format::count(shop.settings().customers)
    ));
    Ok(left)
}

fn rows(shop: &Shop, truths: &[Truth]) -> Result<(SchemaRef, RecordBatch)> {
    let end_us = shop.end_us();
    let mut columns = Columns::new()
        .text(
            "customer_id",
            truths.iter().map(|t| Some(customer_code(t.customer))),
        )
        .times("joined", truths.iter().map(|t| Some(t.joined_us)))
        .times("left", truths.iter().map(|t| t.left_us))
        .numbers(
            "orders_per_year",
            truths.iter().map(|t| Some(t.orders_per_year)),
        )
        .numbers(
            "leaving_probability_90d",
            truths
                .iter()
                .map(|t| t.leaving_probability(end_us, HORIZON_DAYS)),
        )
        .text(
            "country",
            truths.iter().map(|t| Some(country_code(t.country))),
        )
        .text(
            "channel",
            truths.iter().map(|t| Some(channel_name(t.channel))),
        );
    for (number, offer) in OFFERS.iter().enumerate() {
        let name = format!("response_to_{}", offer.name);
        let answers = truths
            .iter()
            .map(|t| t.responses.get(number).map(|r| response_word(*r)));
        columns = columns.text(&name, answers);
    }
    columns.finish()
}

fn response_word(response: Response) -> &'static str {
    match response {
        Response::Persuadable => "persuadable",
        Response::Unmoved => "unmoved",
        Response::SleepingDog => "sleeping_dog",
    }
}
