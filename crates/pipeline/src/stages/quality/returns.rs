//! The table `returns`: which purchase each return gives back.

use std::collections::BTreeSet;

use perennial_lake::arrow::array::{Array, AsArray, RecordBatch, StringArray};
use perennial_lake::arrow::datatypes::{DataType, Int64Type, SchemaRef};
use perennial_lake::tables::{DataFileWriter, WriteStyle, commit};
use perennial_quality::returns::{Line, link};

use super::tally::{Tally, cast_to};
use crate::columns::Columns;
use crate::project::Project;
use crate::query::session_at;
use crate::stage::{Done, Run};
use crate::{Error, Result};

/// The table's name.
pub(super) const TABLE: &str = "returns";
/// Rows written at a time.
const BATCH_ROWS: usize = 65_536;

/// The lines of customers and products of which something came back. An order is
/// one number wherever it stands, so that its name need not be kept.
const LINES: &str = "select l.customer_id, l.ingest_id, l.line, cast(l.time as bigint) as at, \
    l.product_id, l.order_id, l.return_of, cast(l.quantity * 10000 as bigint) as quantity \
    from order_lines l join (select distinct customer_id, product_id from order_lines \
    where quantity < 0 and customer_id is not null and product_id is not null) r \
    on l.customer_id = r.customer_id and l.product_id = r.product_id \
    order by l.customer_id, l.time, l.order_id, l.ingest_id, l.line";

/// One line as it was read.
struct Read {
    ingest_id: i64,
    line: i64,
    time_us: i64,
    quantity: i64,
    product: String,
    order: Option<String>,
    return_of: Option<String>,
}

/// One linked return.
struct Row {
    customer_id: i64,
    returned: Place,
    bought: Place,
    product: String,
    quantity: i64,
}

/// Where a line stands, and when it was.
struct Place {
    ingest_id: i64,
    line: i64,
    time_us: i64,
    order: Option<String>,
}

/// Links returns, writes the table, and counts them by source.
pub(super) async fn write(
    run: &Run<'_>,
    ingest: &Done,
    known: &super::Known,
    tally: &mut Tally,
) -> Result<i64> {
    let project = run.project;
    let session = session_at(project, ingest.outputs.clone())?;
    let mut linker = Linker::new(run, known, tally)?;
    let mut failure = None;
    let done = session
        .run(LINES, |_, batch| {
            let Some(batch) = batch else { return Ok(()) };
            linker.add(&batch).map_err(|error| {
                failure = Some(error);
                perennial_lake::Error::Caller("returns cannot be linked".into())
            })
        })
        .await;
    if let Some(error) = failure {
        return Err(error);
    }
    done?;
    linker.finish(project).await
}

/// Takes lines in the order of customers and hands each customer's to the rule.
struct Linker<'a> {
    run_id: String,
    known: &'a super::Known,
    tally: &'a mut Tally,
    customer_id: Option<i64>,
    lines: Vec<Read>,
    rows: Vec<Row>,
    /// Customers of whom nothing is noted.
    restricted: &'a BTreeSet<i64>,
    schema: SchemaRef,
    writer: DataFileWriter,
}

impl<'a> Linker<'a> {
    fn new(run: &'a Run<'_>, known: &'a super::Known, tally: &'a mut Tally) -> Result<Self> {
        let (schema, _) = columns(&[], &run.run_id)?;
        let lake = &run.project.lake;
        let writer = DataFileWriter::create(lake, TABLE, &schema, None, WriteStyle::Small)?;
        Ok(Self {
            run_id: run.run_id.clone(),
            known,
            tally,
            customer_id: None,
            lines: Vec::new(),
            rows: Vec::new(),
            restricted: &run.restricted.all,
            schema,
            writer,
        })
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let ints = |place: usize| cast_to(batch.column(place), &DataType::Int64);
        let texts = |place: usize| cast_to(batch.column(place), &DataType::Utf8);
        let (customers, readings, lines) = (ints(0)?, ints(1)?, ints(2)?);
        let (times, quantities) = (ints(3)?, ints(7)?);
        let (products, orders, returns) = (texts(4)?, texts(5)?, texts(6)?);
        let int = |column: &perennial_lake::arrow::array::ArrayRef, row: usize| {
            column.as_primitive::<Int64Type>().value(row)
        };
        let text = |column: &perennial_lake::arrow::array::ArrayRef, row: usize| {
            let column: &StringArray = column.as_string::<i32>();
            column.is_valid(row).then(|| column.value(row).to_owned())
        };
        for row in 0..batch.num_rows() {
            let customer = int(&customers, row);
            if self.customer_id != Some(customer) {
                self.end_customer()?;
                self.customer_id = Some(customer);
            }
            self.lines.push(Read {
                ingest_id: int(&readings, row),
                line: int(&lines, row),
                time_us: int(&times, row),
                quantity: int(&quantities, row),
                product: text(&products, row).unwrap_or_default(),
                order: text(&orders, row),
                return_of: text(&returns, row),
            });
        }
        Ok(())
    }

    fn end_customer(&mut self) -> Result<()> {
        let lines = std::mem::take(&mut self.lines);
        let customer = self.customer_id.as_ref();
        if customer.is_some_and(|customer| self.restricted.contains(customer)) {
            return Ok(());
        }
        let mut names = Names::default();
        let coded: Vec<Line> = lines
            .iter()
            .map(|line| Line {
                product: names.code(Some(&line.product)),
                order: names.code(line.order.as_deref()),
                return_of: names.code(line.return_of.as_deref()),
                time_us: line.time_us,
                quantity: line.quantity,
            })
            .collect();
        for line in lines.iter().filter(|line| line.quantity < 0) {
            self.count(line, (1, 0));
        }
        for link in link(&coded) {
            let (returned, bought) = (&lines[link.returned], &lines[link.bought]);
            self.count(returned, (0, 1));
            self.rows.push(Row {
                customer_id: self.customer_id.unwrap_or(0),
                product: returned.product.clone(),
                quantity: returned.quantity.saturating_neg(),
                returned: place(returned),
                bought: place(bought),
            });
        }
        if self.rows.len() >= BATCH_ROWS {
            self.flush()?;
        }
        Ok(())
    }

    fn count(&mut self, line: &Read, more: (u64, u64)) {
        let reading = self.known.readings.get(&line.ingest_id);
        let source = reading.and_then(|r| self.tally.sources.get_mut(r.source));
        if let Some(source) = source {
            source.returns = (source.returns.0 + more.0, source.returns.1 + more.1);
        }
    }

    fn flush(&mut self) -> Result<()> {
        let (_, batch) = columns(&self.rows, &self.run_id)?;
        self.rows.clear();
        Ok(self.writer.write(&batch)?)
    }

    async fn finish(mut self, project: &Project) -> Result<i64> {
        self.end_customer()?;
        self.flush()?;
        let files = self.writer.close_if_any()?.into_iter().collect();
        Ok(commit(&project.lake, TABLE, &self.schema, &[], &[], files).await?)
    }
}

/// Texts as numbers from 1; 0 for none.
#[derive(Default)]
struct Names(std::collections::HashMap<String, u32>);

impl Names {
    fn code(&mut self, text: Option<&str>) -> u32 {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return 0;
        };
        let next = self.0.len() as u32 + 1;
        *self.0.entry(text.to_owned()).or_insert(next)
    }
}

fn place(line: &Read) -> Place {
    Place {
        ingest_id: line.ingest_id,
        line: line.line,
        time_us: line.time_us,
        order: line.order.clone(),
    }
}

fn columns(rows: &[Row], run_id: &str) -> Result<(SchemaRef, RecordBatch), Error> {
    const DAY_US: f64 = 86_400_000_000.0;
    let days = |row: &Row| (row.returned.time_us - row.bought.time_us) as f64 / DAY_US;
    Columns::new()
        .ints("customer_id", rows.iter().map(|r| Some(r.customer_id)))
        .text("product_id", rows.iter().map(|r| Some(r.product.as_str())))
        .money(
            "quantity",
            rows.iter().map(|r| Some(r.quantity as f64 / 10_000.0)),
        )
        .ints("ingest_id", rows.iter().map(|r| Some(r.returned.ingest_id)))
        .ints("line", rows.iter().map(|r| Some(r.returned.line)))
        .text("order_id", rows.iter().map(|r| r.returned.order.as_deref()))
        .times("time", rows.iter().map(|r| Some(r.returned.time_us)))
        .ints(
            "purchase_ingest_id",
            rows.iter().map(|r| Some(r.bought.ingest_id)),
        )
        .ints("purchase_line", rows.iter().map(|r| Some(r.bought.line)))
        .text("return_of", rows.iter().map(|r| r.bought.order.as_deref()))
        .times("purchase_time", rows.iter().map(|r| Some(r.bought.time_us)))
        .numbers("days_between", rows.iter().map(|r| Some(days(r))))
        .same_text("run_id", Some(run_id), rows.len())
        .finish()
}
