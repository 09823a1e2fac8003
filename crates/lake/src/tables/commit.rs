//! Versions of a table: opening one, committing the next.

use std::collections::HashSet;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use arrow::datatypes::SchemaRef;
use deltalake_core::DeltaTable;
use deltalake_core::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake_core::kernel::transaction::{CommitBuilder, CommitProperties, TableReference};
use deltalake_core::kernel::{Action, MetadataExt, StructType, new_metadata};
use deltalake_core::protocol::{DeltaOperation, SaveMode};
use deltalake_core::table::builder::DeltaTableBuilder;
use futures::future::BoxFuture;
use url::Url;

use super::{DataFile, Lake};
use crate::{Error, Result};

/// A table at one version.
pub struct Table {
    /// The table's name.
    pub name: String,
    /// The version that was opened.
    pub version: i64,
    /// Live files, sorted by path.
    pub files: Vec<DataFile>,
    pub(crate) delta: DeltaTable,
}

/// Whether a log holds a commit or a checkpoint. A run killed before its first
/// commit leaves an empty log, or one with a commit not yet under its name.
fn has_commit(log: &Path) -> bool {
    let Ok(files) = std::fs::read_dir(log) else {
        return false;
    };
    files.flatten().any(|file| {
        let name = file.file_name();
        let name = name.to_string_lossy();
        let numbered = name.bytes().take_while(u8::is_ascii_digit).count() == 20;
        numbered && (name.ends_with(".json") || name.ends_with(".parquet"))
    })
}

impl Table {
    /// Opens `name` at `version`, or at its latest one. `None` where the table
    /// does not exist yet.
    pub fn open<'a>(
        lake: &'a Lake,
        name: &'a str,
        version: Option<i64>,
    ) -> BoxFuture<'a, Result<Option<Self>>> {
        Box::pin(Self::open_inner(lake, name, version))
    }

    async fn open_inner(lake: &Lake, name: &str, version: Option<i64>) -> Result<Option<Self>> {
        let path = lake.table_path(name);
        if !has_commit(&path.join("_delta_log")) {
            return Ok(None);
        }
        let mut builder =
            DeltaTableBuilder::from_url(table_url(&path)?).map_err(Error::delta(name))?;
        if let Some(version) = version {
            builder = builder.with_version(u64::try_from(version).unwrap_or(0));
        }
        let delta = builder.load().await.map_err(Error::delta(name))?;
        Self::from_delta(name, delta).map(Some)
    }

    fn from_delta(name: &str, delta: DeltaTable) -> Result<Self> {
        let state = delta.snapshot().map_err(Error::delta(name))?;
        let mut files: Vec<_> = state
            .log_data()
            .iter()
            .map(|view| DataFile::from_view(&view))
            .collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let version = i64::try_from(state.version()).unwrap_or(i64::MAX);
        Ok(Self {
            name: name.to_owned(),
            version,
            files,
            delta,
        })
    }

    /// Rows in all live files.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|f| f.rows).sum()
    }

    /// Its columns in order: name and type, as its log words them.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn columns(&self) -> Result<Vec<(String, String)>> {
        let state = self.delta.snapshot().map_err(Error::delta(&self.name))?;
        let schema = state.schema();
        let fields = schema.fields();
        Ok(fields
            .map(|field| (field.name().clone(), field.data_type().to_string()))
            .collect())
    }

    /// A property of the table, as its log keeps it.
    pub fn property(&self, key: &str) -> Option<String> {
        let state = self.delta.snapshot().ok()?;
        state.metadata().configuration().get(key).cloned()
    }

    /// Files of one bucket.
    pub fn bucket(&self, bucket: i32) -> impl Iterator<Item = &DataFile> {
        self.files.iter().filter(move |f| f.bucket == Some(bucket))
    }
}

fn table_url(path: &std::path::Path) -> Result<Url> {
    Url::from_directory_path(path).map_err(|()| Error::Io {
        action: "open",
        path: path.to_owned(),
        source: std::io::Error::other("not an absolute path"),
    })
}

/// Commits a version of `name` in which exactly `files` are live, whatever was
/// live before, and returns its number. The table is made where it is missing;
/// its schema is replaced where it differs.
pub fn commit<'a>(
    lake: &'a Lake,
    name: &'a str,
    schema: &'a SchemaRef,
    partition_columns: &'a [&'a str],
    properties: &'a [(String, String)],
    files: Vec<DataFile>,
) -> BoxFuture<'a, Result<i64>> {
    Box::pin(commit_inner(
        lake,
        name,
        schema,
        partition_columns,
        properties,
        files,
    ))
}

async fn commit_inner(
    lake: &Lake,
    name: &str,
    schema: &SchemaRef,
    partition_columns: &[&str],
    properties: &[(String, String)],
    files: Vec<DataFile>,
) -> Result<i64> {
    let struct_type: StructType = schema.as_ref().try_into_kernel()?;
    commit_struct(
        lake,
        name,
        struct_type,
        partition_columns,
        properties,
        files,
    )
    .await
}

/// Commits a version of the table of `base` with its schema and properties, in
/// which exactly `files` are live, and returns its number.
pub(super) fn commit_like<'a>(
    lake: &'a Lake,
    base: &'a Table,
    files: Vec<DataFile>,
) -> BoxFuture<'a, Result<i64>> {
    Box::pin(async move {
        let name = base.name.as_str();
        let state = base.delta.snapshot().map_err(Error::delta(name))?;
        let metadata = state.metadata();
        let columns: Vec<&str> = metadata
            .partition_columns()
            .iter()
            .map(String::as_str)
            .collect();
        let properties = metadata.configuration().iter();
        let properties: Vec<(String, String)> =
            properties.map(|(k, v)| (k.clone(), v.clone())).collect();
        let schema = state.schema().as_ref().clone();
        commit_struct(lake, name, schema, &columns, &properties, files).await
    })
}

async fn commit_struct(
    lake: &Lake,
    name: &str,
    struct_type: StructType,
    partition_columns: &[&str],
    properties: &[(String, String)],
    files: Vec<DataFile>,
) -> Result<i64> {
    let Some(current) = Table::open(lake, name, None).await? else {
        return create(
            lake,
            name,
            struct_type,
            partition_columns,
            properties,
            files,
        )
        .await;
    };
    let mut actions = Vec::new();
    let state = current.delta.snapshot().map_err(Error::delta(name))?;
    let same_properties = properties
        .iter()
        .all(|(k, v)| state.metadata().configuration().get(k) == Some(v));
    if state.schema().as_ref() != &struct_type || !same_properties {
        let properties = properties.iter().map(|(k, v)| (k, v));
        let kernel = |e: deltalake_core::kernel::Error| Error::delta(name)(e.into());
        let metadata = new_metadata(&struct_type, partition_columns, properties)
            .map_err(kernel)?
            .with_table_id(state.metadata().id().to_owned())
            .map_err(kernel)?;
        actions.push(Action::Metadata(metadata));
    }
    let wanted: HashSet<&str> = files.iter().map(|f| f.path.as_str()).collect();
    let there: HashSet<&str> = current.files.iter().map(|f| f.path.as_str()).collect();
    let now_ms = now_ms();
    actions.extend(
        current
            .files
            .iter()
            .filter(|f| !wanted.contains(f.path.as_str()))
            .map(|f| Action::Remove(f.to_remove(now_ms))),
    );
    actions.extend(
        files
            .iter()
            .filter(|f| !there.contains(f.path.as_str()))
            .map(|f| Action::Add(f.to_add())),
    );
    if actions.is_empty() {
        return Ok(current.version);
    }
    let operation = DeltaOperation::Write {
        mode: SaveMode::Overwrite,
        partition_by: Some(partition_columns.iter().map(|c| (*c).to_owned()).collect()),
        predicate: None,
    };
    let done = CommitBuilder::from(CommitProperties::default())
        .with_actions(actions)
        .build(
            Some(state as &dyn TableReference),
            current.delta.log_store(),
            operation,
        )
        .await
        .map_err(Error::delta(name))?;
    Ok(i64::try_from(done.version()).unwrap_or(i64::MAX))
}

async fn create(
    lake: &Lake,
    name: &str,
    schema: StructType,
    partition_columns: &[&str],
    properties: &[(String, String)],
    files: Vec<DataFile>,
) -> Result<i64> {
    let path = lake.table_path(name);
    std::fs::create_dir_all(&path).map_err(Error::io("create", &path))?;
    let delta = DeltaTableBuilder::from_url(table_url(&path)?)
        .and_then(DeltaTableBuilder::build)
        .map_err(Error::delta(name))?;
    let table = deltalake_core::operations::create::CreateBuilder::new()
        .with_log_store(delta.log_store())
        .with_table_name(name)
        .with_columns(schema.fields().cloned())
        .with_partition_columns(partition_columns.iter().copied())
        .with_configuration(properties.iter().map(|(k, v)| (k.clone(), Some(v.clone()))))
        .with_raise_if_key_not_exists(false)
        .with_save_mode(SaveMode::ErrorIfExists)
        .with_actions(files.iter().map(|f| Action::Add(f.to_add())))
        .await
        .map_err(Error::delta(name))?;
    Ok(table
        .version()
        .and_then(|v| i64::try_from(v).ok())
        .unwrap_or(0))
}

/// Milliseconds since 1970; Delta's log carries them.
pub(super) fn now_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}
