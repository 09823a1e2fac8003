//! SQL over the tables of the lake, at the versions of the last complete run.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;
use futures::future::BoxFuture;

use crate::tables::{Lake, Table};
use crate::{Error, Result};

/// Limits of one query.
#[derive(Debug, Clone, Copy)]
pub struct SqlLimits {
    /// Memory the engine may use for joins, sorts and groups, in bytes.
    pub memory_bytes: usize,
    /// Threads.
    pub threads: usize,
}

/// A session that reads the tables at fixed versions.
pub struct Session {
    context: SessionContext,
    lake: Lake,
    versions: BTreeMap<String, i64>,
}

impl Session {
    /// A session over the tables named in `versions`, each at its version.
    pub fn new(
        lake: &Lake,
        versions: BTreeMap<String, i64>,
        time_zone: &str,
        limits: SqlLimits,
    ) -> Result<Self> {
        let mut config = SessionConfig::new()
            .with_target_partitions(limits.threads.max(1))
            .with_information_schema(true);
        config.options_mut().execution.time_zone = Some(time_zone.to_owned());
        config.options_mut().execution.parquet.pushdown_filters = true;
        // What is missing comes last, whichever way one sorts.
        config.options_mut().sql_parser.default_null_ordering = "nulls_last".to_owned();
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(limits.memory_bytes)))
            .build_arc()
            .map_err(query_error)?;
        let context = SessionContext::new_with_config_rt(config, runtime);
        Ok(Self {
            context,
            lake: lake.clone(),
            versions,
        })
    }

    /// Plans `sql` and hands the result's schema, then each batch, to `sink`.
    /// Only reading statements are accepted.
    pub async fn run(
        &self,
        sql: &str,
        mut sink: impl FnMut(&SchemaRef, Option<RecordBatch>) -> Result<()>,
    ) -> Result<()> {
        let mut stream = self.start(sql).await?;
        let schema = stream.schema();
        sink(&schema, None)?;
        while let Some(batch) = stream.next().await {
            sink(&schema, Some(batch.map_err(query_error)?))?;
        }
        Ok(())
    }

    /// The whole answer; for answers known to be small.
    pub async fn collect(&self, sql: &str) -> Result<(SchemaRef, Vec<RecordBatch>)> {
        let mut batches = Vec::new();
        let mut found = None;
        self.run(sql, |schema, batch| {
            found.get_or_insert_with(|| schema.clone());
            batches.extend(batch);
            Ok(())
        })
        .await?;
        Ok((
            found.unwrap_or_else(|| Arc::new(arrow::datatypes::Schema::empty())),
            batches,
        ))
    }

    /// Boxed for the reason that [`crate::tables`] gives.
    fn start<'a>(&'a self, sql: &'a str) -> BoxFuture<'a, Result<SendableRecordBatchStream>> {
        Box::pin(async move {
            let plan = self.plan(sql).await?;
            let frame = self
                .context
                .execute_logical_plan(plan)
                .await
                .map_err(query_error)?;
            frame.execute_stream().await.map_err(query_error)
        })
    }

    async fn plan(&self, sql: &str) -> Result<LogicalPlan> {
        let state = self.context.state();
        let dialect = state.config_options().sql_parser.dialect;
        let statement = state.sql_to_statement(sql, &dialect).map_err(query_error)?;
        let names = state
            .resolve_table_references(&statement)
            .map_err(query_error)?;
        let named: Vec<String> = names.iter().map(|n| n.table().to_owned()).collect();
        if names
            .iter()
            .any(|n| n.schema() == Some("information_schema"))
        {
            // `show tables` and its like list what is known, so all must be.
            self.register(self.versions.keys()).await?;
        } else {
            self.register(named.iter()).await?;
        }
        let plan = state
            .statement_to_plan(statement)
            .await
            .map_err(|e| self.explain(e, &named))?;
        let options = SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false);
        options
            .verify_plan(&plan)
            .map_err(|e| Error::ReadOnly(first_line(&e)))?;
        Ok(plan)
    }

    /// Makes those of the named tables known that are ours.
    async fn register<'a>(&self, named: impl Iterator<Item = &'a String>) -> Result<()> {
        for name in named.filter(|name| self.versions.contains_key(name.as_str())) {
            if self.context.table_exist(name.as_str()).unwrap_or(false) {
                continue;
            }
            let version = self.versions.get(name).copied();
            let Some(table) = Table::open(&self.lake, name, version).await? else {
                continue;
            };
            table
                .delta
                .update_datafusion_session(&self.context.state())
                .map_err(Error::delta(name))?;
            let provider = table.delta.table_provider().await.map_err(query_error)?;
            self.context
                .register_table(name.as_str(), provider)
                .map_err(query_error)?;
        }
        Ok(())
    }

    fn explain(&self, error: DataFusionError, named: &[String]) -> Error {
        let missing = named
            .iter()
            .find(|n| !self.versions.contains_key(n.as_str()));
        match missing {
            Some(table) if first_line(&error).contains("not found") => Error::NoTable {
                table: table.clone(),
                known: self.versions.keys().cloned().collect(),
            },
            _ => query_error(error),
        }
    }
}

fn query_error(error: DataFusionError) -> Error {
    Error::Query {
        message: first_line(&error),
        hint: None,
    }
}

fn first_line(error: &DataFusionError) -> String {
    error
        .strip_backtrace()
        .lines()
        .next()
        .unwrap_or("the query failed")
        .to_owned()
}
