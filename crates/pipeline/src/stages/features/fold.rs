//! One pass over the histories: features and labels go to their files as they
//! come, the business's months and the period's retention are added up.

use std::sync::Arc;

use perennial_history::{
    ActivityMonths, AsOf, BusinessFold, CoverageMonths, CoveragePeriod, DAY_US, EventFold,
    FeatureFold, FeatureKind, FeatureRows, FeatureSpec, Fold, GathersRows, PeriodFold, Retention,
    SubscriptionFold,
};
use perennial_lake::arrow::array::{
    ArrayRef, Float64Array, Int8Array, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use perennial_lake::arrow::buffer::NullBuffer;
use perennial_lake::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use perennial_lake::histories::HistoryCounts;
use perennial_lake::parallel;
use perennial_lake::tables::{DataFile, DataFileWriter, WriteStyle};

use super::histories::Histories;
use super::plan::Plan;
use crate::stage::Run;
use crate::{Error, Result};

/// Rows gathered before they are written.
const FLUSH_ROWS: usize = 32_768;

/// What the pass over all buckets found.
pub(super) struct Folded {
    pub features: Vec<DataFile>,
    pub labels: Vec<DataFile>,
    pub counts: HistoryCounts,
    pub months: Months,
    pub period: Option<Retention>,
    pub period_before: Option<Retention>,
}

/// The business's months, by what makes them.
pub(super) enum Months {
    Business(BusinessFold),
    Activity(ActivityMonths),
    Coverage(CoverageMonths),
}

impl Months {
    /// Adds other customers of the same business.
    fn merge(&mut self, other: &Self) {
        match (self, other) {
            (Self::Business(all), Self::Business(part)) => all.merge(part),
            (Self::Activity(all), Self::Activity(part)) => all.merge(part),
            (Self::Coverage(all), Self::Coverage(part)) => all.merge(part),
            // All buckets are of one kind.
            _ => {}
        }
    }
}

/// Columns of `features`: who, when, one column a feature, by which run.
pub(super) fn feature_schema(specs: &[FeatureSpec]) -> SchemaRef {
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let mut fields = vec![
        Field::new("customer_id", DataType::Int64, false),
        Field::new("as_of", time, false),
    ];
    fields.extend(specs.iter().map(|spec| match spec.kind {
        FeatureKind::Count => Field::new(spec.name.as_ref(), DataType::Int32, true),
        FeatureKind::Number => Field::new(spec.name.as_ref(), DataType::Float64, true),
    }));
    fields.push(Field::new("run_id", DataType::Utf8, false));
    Arc::new(Schema::new(fields))
}

/// Columns of `labels`: 1 lost, 0 stayed, missing where it is not known yet.
pub(super) fn label_schema() -> SchemaRef {
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    Arc::new(Schema::new(vec![
        Field::new("customer_id", DataType::Int64, false),
        Field::new("as_of", time, false),
        Field::new("lost", DataType::Int8, true),
        Field::new("run_id", DataType::Utf8, false),
    ]))
}

/// Folds every bucket, several side by side.
pub(super) fn fold_all(
    run: &Run<'_>,
    histories: &Histories,
    specs: &[FeatureSpec],
    plan: &Plan,
) -> Result<Folded> {
    run.progress
        .start("features", Some(histories.rows()), "lines");
    let buckets: Vec<usize> = (0..histories.buckets()).collect();
    let parts = parallel::map(buckets, run.project.threads(), |bucket| {
        fold_bucket(run, histories, specs, plan, bucket)
    })?;
    let mut all = Folded {
        features: Vec::new(),
        labels: Vec::new(),
        counts: HistoryCounts::default(),
        months: match histories {
            Histories::Orders(_) => Months::Business(business_fold(run, plan)),
            Histories::Events(_) => Months::Activity(activity_months(run, plan)),
            Histories::Contracts(_) => Months::Coverage(coverage_months(run, plan)),
        },
        period: period(plan, 0).map(|_| Retention::default()),
        period_before: period(plan, 1).map(|_| Retention::default()),
    };
    for part in parts {
        all.features.extend(part.features);
        all.labels.extend(part.labels);
        all.counts.customers += part.counts.customers;
        all.counts.rows += part.counts.rows;
        all.counts.capped += part.counts.capped;
        all.months.merge(&part.months);
        merge_period(&mut all.period, part.period.as_ref());
        merge_period(&mut all.period_before, part.period_before.as_ref());
    }
    run.progress
        .finish(&format!("{} customers", all.counts.customers));
    Ok(all)
}

fn business_fold(run: &Run<'_>, plan: &Plan) -> BusinessFold {
    let calendar = run.project.calendar.clone();
    BusinessFold::new(calendar, AsOf(plan.as_of_us), i64::from(plan.horizon_days))
}

fn activity_months(run: &Run<'_>, plan: &Plan) -> ActivityMonths {
    let calendar = run.project.calendar.clone();
    ActivityMonths::new(calendar, AsOf(plan.as_of_us), i64::from(plan.horizon_days))
}

fn coverage_months(run: &Run<'_>, plan: &Plan) -> CoverageMonths {
    let calendar = run.project.calendar.clone();
    let grace_us = i64::from(plan.grace_days) * DAY_US;
    CoverageMonths::new(calendar, AsOf(plan.as_of_us), grace_us)
}

/// Start and end of the last horizon (`back` = 0) or of the one before it, where
/// the history reaches back far enough.
fn period(plan: &Plan, back: i64) -> Option<(i64, i64)> {
    plan.test_us?;
    let length = plan.horizon_us();
    let end = plan.as_of_us - back * length;
    let known_from = plan.cuts().first().copied()? - length;
    (end - 2 * length >= known_from).then_some((end - length, end))
}

fn merge_period(into: &mut Option<Retention>, from: Option<&Retention>) {
    if let (Some(into), Some(from)) = (into, from) {
        into.merge(from);
    }
}

/// A fold that counts who stayed over a period.
trait CountsRetention {
    fn counted(&self) -> &Retention;
}

impl CountsRetention for PeriodFold {
    fn counted(&self) -> &Retention {
        self.retention()
    }
}

impl CountsRetention for CoveragePeriod {
    fn counted(&self) -> &Retention {
        self.retention()
    }
}

/// All that is asked of each customer of a bucket.
struct Pass<'a, F, M, P> {
    run: &'a Run<'a>,
    fold: F,
    months: M,
    /// The last period, and the one before it.
    periods: [Option<P>; 2],
    out: RowWriter<'a>,
    /// Rows that the progress has not been told of.
    seen: u64,
}

impl<F: GathersRows, M, P: CountsRetention> Pass<'_, F, M, P> {
    /// Takes a customer's history of so many rows, unless they are restricted.
    fn take<H>(&mut self, customer_id: i64, history: &H, rows: usize) -> Result<()>
    where
        F: Fold<H>,
        M: Fold<H>,
        P: Fold<H>,
    {
        if self.run.restricted.all.contains(&customer_id) {
            return Ok(());
        }
        self.fold.fold(history);
        self.months.fold(history);
        let periods = self.periods.iter_mut().flatten();
        periods.for_each(|period| period.fold(history));
        if self.fold.row_count() >= FLUSH_ROWS {
            self.out.write(self.fold.rows())?;
            self.fold.clear();
        }
        self.seen += rows as u64;
        if self.seen > 100_000 {
            self.run.progress.advance(std::mem::take(&mut self.seen));
        }
        Ok(())
    }

    fn finish(mut self, counts: HistoryCounts, months: impl FnOnce(M) -> Months) -> Result<Folded> {
        self.out.write(self.fold.rows())?;
        self.run.progress.advance(self.seen);
        let (features, labels) = self.out.close()?;
        let [period, period_before] = self.periods.map(|p| p.map(|p| *p.counted()));
        Ok(Folded {
            features,
            labels,
            counts,
            months: months(self.months),
            period,
            period_before,
        })
    }
}

fn fold_bucket(
    run: &Run<'_>,
    histories: &Histories,
    specs: &[FeatureSpec],
    plan: &Plan,
    bucket: usize,
) -> Result<Folded> {
    let cuts = plan.cuts().into_iter().map(AsOf).collect();
    let calendar = run.project.calendar.clone();
    let horizon = Some(plan.horizon_us());
    let (last, before) = (period(plan, 0), period(plan, 1));
    let silences = |(start, end)| PeriodFold::new(start, end, plan.horizon_us());
    let covers = |(start, end)| CoveragePeriod::new(start, end);
    let (out, seen) = (RowWriter::new(run, specs, bucket)?, 0);
    match histories {
        Histories::Orders(orders) => {
            let mut pass = Pass {
                run,
                fold: FeatureFold::new(calendar, cuts, horizon).known_until(plan.as_of_us),
                months: business_fold(run, plan),
                periods: [last.map(silences), before.map(silences)],
                out,
                seen,
            };
            let counts = orders.read::<Error>(bucket, |lines| {
                pass.take(lines.customer_id, lines, lines.len())
            })?;
            pass.finish(counts, Months::Business)
        }
        Histories::Events(events) => {
            let names = events.names().clone();
            let mut pass = Pass {
                run,
                fold: EventFold::new(calendar, names, cuts, horizon).known_until(plan.as_of_us),
                months: activity_months(run, plan),
                periods: [last.map(silences), before.map(silences)],
                out,
                seen,
            };
            let counts = events.read::<Error>(bucket, |events| {
                pass.take(events.customer_id, events, events.len())
            })?;
            pass.finish(counts, Months::Activity)
        }
        Histories::Contracts(contracts) => {
            let grace_us = i64::from(plan.grace_days) * DAY_US;
            let plans = contracts.plans().clone();
            let fold = SubscriptionFold::new(calendar, plans, cuts, horizon, grace_us);
            let mut pass = Pass {
                run,
                fold: fold.known_until(plan.as_of_us),
                months: coverage_months(run, plan),
                periods: [last.map(covers), before.map(covers)],
                out,
                seen,
            };
            let counts = contracts
                .read::<Error>(bucket, |rows| pass.take(rows.customer_id, rows, rows.len()))?;
            pass.finish(counts, Months::Coverage)
        }
    }
}

/// Writes the rows of one bucket to its two files.
struct RowWriter<'a> {
    specs: &'a [FeatureSpec],
    features: DataFileWriter,
    labels: DataFileWriter,
    feature_schema: SchemaRef,
    label_schema: SchemaRef,
    run_id: String,
}

impl<'a> RowWriter<'a> {
    fn new(run: &Run<'_>, specs: &'a [FeatureSpec], bucket: usize) -> Result<Self> {
        let (feature_schema, label_schema) = (feature_schema(specs), label_schema());
        let lake = &run.project.lake;
        let open = |table: &str, schema: &SchemaRef| {
            DataFileWriter::create_nth(lake, table, schema, None, WriteStyle::Numbers, bucket)
        };
        Ok(Self {
            specs,
            features: open("features", &feature_schema)?,
            labels: open("labels", &label_schema)?,
            feature_schema,
            label_schema,
            run_id: run.run_id.clone(),
        })
    }

    fn write(&mut self, rows: &FeatureRows) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let ids: ArrayRef = Arc::new(Int64Array::from(rows.customer_id.clone()));
        let as_of: ArrayRef =
            Arc::new(TimestampMicrosecondArray::from(rows.as_of.clone()).with_timezone("UTC"));
        let runs: ArrayRef = Arc::new(StringArray::from_iter_values(std::iter::repeat_n(
            &self.run_id,
            rows.len(),
        )));
        let mut columns = vec![ids.clone(), as_of.clone()];
        for (spec, values) in self.specs.iter().zip(&rows.columns) {
            columns.push(match spec.kind {
                FeatureKind::Count => Arc::new(Int32Array::from_iter_values(
                    values.iter().map(|&v| v as i32),
                )),
                FeatureKind::Number => number_column(values),
            });
        }
        columns.push(runs.clone());
        let labels = rows
            .label
            .iter()
            .map(|&l| (l >= 0).then_some(l))
            .collect::<Int8Array>();
        let label_columns = vec![ids, as_of, Arc::new(labels) as ArrayRef, runs];
        let batch = |schema: &SchemaRef, columns| {
            RecordBatch::try_new(schema.clone(), columns).map_err(perennial_lake::Error::from)
        };
        self.features
            .write(&batch(&self.feature_schema, columns)?)?;
        self.labels
            .write(&batch(&self.label_schema, label_columns)?)?;
        Ok(())
    }

    /// The two files; none where there was no row.
    fn close(self) -> Result<(Vec<DataFile>, Vec<DataFile>)> {
        let (features, labels) = (self.features.close()?, self.labels.close()?);
        let some = |file: DataFile| {
            if file.rows > 0 {
                vec![file]
            } else {
                Vec::new()
            }
        };
        Ok((some(features), some(labels)))
    }
}

/// A column in which NaN is missing.
fn number_column(values: &[f64]) -> ArrayRef {
    let nulls = values
        .iter()
        .any(|v| v.is_nan())
        .then(|| NullBuffer::from_iter(values.iter().map(|v| !v.is_nan())));
    Arc::new(Float64Array::new(values.to_vec().into(), nulls))
}

/// Days as a number, for sentences.
pub(super) fn days(us: i64) -> f64 {
    us as f64 / DAY_US as f64
}
