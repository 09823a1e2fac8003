//! A data file of a table, as its Delta log describes it.

use std::collections::HashMap;

use deltalake_core::kernel::{Add, LogicalFileView, Remove};

/// One live Parquet file of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// Path relative to the table's folder.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// Number of rows.
    pub rows: u64,
    /// Earliest `time` in UTC microseconds, where the table has that column.
    pub min_time_us: Option<i64>,
    /// Latest `time` in UTC microseconds.
    pub max_time_us: Option<i64>,
    /// The bucket, for tables partitioned by `bucket`.
    pub bucket: Option<i32>,
    /// When the file was written, in milliseconds since 1970.
    pub modified_ms: i64,
}

impl DataFile {
    /// The file behind an entry of the log. The statistics are those that
    /// [`DataFile::to_add`] wrote.
    pub(super) fn from_view(view: &LogicalFileView) -> Self {
        let stats = view
            .stats()
            .and_then(|s| serde_json::from_str::<serde_json::Value>(&s).ok())
            .unwrap_or_default();
        let tag = |name: &str| stats.get("maxValues").and_then(|v| v.get(name)).cloned();
        let bucket = view
            .partition_values_map()
            .get("bucket")
            .and_then(|v| v.as_deref().and_then(|v| v.parse().ok()));
        Self {
            path: view.path().into_owned(),
            size: u64::try_from(view.size()).unwrap_or(0),
            rows: stats
                .get("numRecords")
                .and_then(serde_json::Value::as_u64)
                .unwrap_or(0),
            min_time_us: stats.pointer("/minValues/time").and_then(parse_time),
            max_time_us: tag("time").as_ref().and_then(parse_time),
            bucket,
            modified_ms: view.modification_time(),
        }
    }

    /// The log's `add` action for this file. Only counts and times enter the
    /// statistics: the log is not encrypted, so nothing personal may stand there.
    pub(super) fn to_add(&self) -> Add {
        let mut stats = serde_json::json!({ "numRecords": self.rows });
        if let (Some(min), Some(max)) = (self.min_time_us, self.max_time_us) {
            stats["minValues"] = serde_json::json!({ "time": format_time(min, false) });
            stats["maxValues"] = serde_json::json!({ "time": format_time(max, true) });
        }
        Add {
            path: self.path.clone(),
            partition_values: self.partition_values(),
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            modification_time: self.modified_ms,
            data_change: true,
            stats: Some(stats.to_string()),
            ..Default::default()
        }
    }

    pub(super) fn to_remove(&self, now_ms: i64) -> Remove {
        Remove {
            path: self.path.clone(),
            data_change: true,
            deletion_timestamp: Some(now_ms),
            extended_file_metadata: Some(true),
            partition_values: Some(self.partition_values()),
            size: Some(i64::try_from(self.size).unwrap_or(i64::MAX)),
            ..Default::default()
        }
    }

    fn partition_values(&self) -> HashMap<String, Option<String>> {
        self.bucket
            .iter()
            .map(|b| ("bucket".to_owned(), Some(b.to_string())))
            .collect()
    }
}

/// Delta keeps time statistics to the millisecond: the minimum is rounded
/// down, the maximum up, so that skipping by them stays right.
fn format_time(time_us: i64, up: bool) -> Option<String> {
    let ms = if up {
        time_us.div_euclid(1000) + i64::from(time_us.rem_euclid(1000) != 0)
    } else {
        time_us.div_euclid(1000)
    };
    arrow::temporal_conversions::timestamp_ms_to_datetime(ms)
        .map(|t| t.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

fn parse_time(value: &serde_json::Value) -> Option<i64> {
    let text = value.as_str()?;
    arrow::compute::kernels::cast_utils::string_to_timestamp_nanos(text)
        .ok()
        .map(|ns| ns / 1000)
}
