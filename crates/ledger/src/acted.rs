//! What was done to whom: one row per decision acted upon, written before the
//! world is touched, never changed.

use std::collections::HashSet;

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use crate::db::Ledger;
use crate::error::{Error, Result};
use crate::runs::LIST_ROWS_MAX;
use crate::sql;

/// The most rows of one call.
pub const ACTED_ROWS_MAX: usize = 100_000;

/// A decision acted upon.
#[derive(Debug, Clone, PartialEq)]
pub struct Acted {
    /// The decision: the idempotency key of the message.
    pub decision_id: String,
    /// Whom it concerned.
    pub subject_id: i64,
    /// The run that decided.
    pub run_id: String,
    /// What was offered.
    pub offer: String,
    /// By which channel.
    pub channel: String,
    /// The arm of the experiment, such as `treated` or `hold_out`.
    pub arm: String,
    /// Probability with which this arm was drawn, in (0, 1].
    pub propensity: f64,
    /// UTC microseconds.
    pub at_us: i64,
}

impl Ledger {
    /// Records decisions as acted upon, all or none; says for each whether this
    /// call was the first to do so. False means somebody has acted on it
    /// already: do not act again.
    ///
    /// # Errors
    /// `ledger/limit` above [`ACTED_ROWS_MAX`], `ledger/propensity-invalid`.
    pub async fn record_acted(&self, acted: &[Acted]) -> Result<Vec<bool>> {
        sql::within(
            "decisions acted upon in one call",
            acted.len(),
            ACTED_ROWS_MAX,
        )?;
        for row in acted {
            check_propensity(row.propensity)?;
        }
        let mut transaction = self.begin_write().await?;
        let mut is_first = Vec::with_capacity(acted.len());
        for chunk in acted.chunks(sql::ROWS_PER_STATEMENT) {
            write(&mut transaction, chunk, &mut is_first).await?;
        }
        transaction.commit().await?;
        Ok(is_first)
    }

    /// What was done to one subject, the latest first, at most [`LIST_ROWS_MAX`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn acted_on(&self, subject_id: i64) -> Result<Vec<Acted>> {
        let rows = sqlx::query(
            "SELECT decision_id, subject_id, run_id, offer, channel, arm, propensity, at_us FROM acted \
             WHERE subject_id = ?1 ORDER BY at_us DESC, decision_id LIMIT ?2",
        )
        .bind(subject_id)
        .bind(i64::try_from(LIST_ROWS_MAX).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read).collect()
    }
}

/// Refuses what is no probability one can divide by.
pub(crate) fn check_propensity(value: f64) -> Result<()> {
    if value > 0.0 && value <= 1.0 {
        Ok(())
    } else {
        Err(Error::Propensity { value })
    }
}

async fn write(
    connection: &mut SqliteConnection,
    chunk: &[Acted],
    is_first: &mut Vec<bool>,
) -> Result<()> {
    let text = format!(
        "INSERT INTO acted (decision_id, subject_id, run_id, offer, channel, arm, propensity, at_us) VALUES {} \
         ON CONFLICT (decision_id) DO NOTHING RETURNING decision_id",
        sql::rows(chunk.len(), 8)
    );
    // The text is made of constants and numbers only.
    let mut query =
        sqlx::query(AssertSqlSafe(text)).persistent(chunk.len() == sql::ROWS_PER_STATEMENT);
    for row in chunk {
        query = query
            .bind(row.decision_id.clone())
            .bind(row.subject_id)
            .bind(row.run_id.clone())
            .bind(row.offer.clone())
            .bind(row.channel.clone())
            .bind(row.arm.clone())
            .bind(row.propensity)
            .bind(row.at_us);
    }
    let mut inserted = HashSet::with_capacity(chunk.len());
    for row in query.fetch_all(connection).await? {
        inserted.insert(row.try_get::<String, _>(0)?);
    }
    // Taken out as it is met, so that of two equal ids in one call the first alone counts.
    is_first.extend(chunk.iter().map(|row| inserted.remove(&row.decision_id)));
    Ok(())
}

fn read(row: &SqliteRow) -> Result<Acted> {
    Ok(Acted {
        decision_id: row.try_get(0)?,
        subject_id: row.try_get(1)?,
        run_id: row.try_get(2)?,
        offer: row.try_get(3)?,
        channel: row.try_get(4)?,
        arm: row.try_get(5)?,
        propensity: row.try_get(6)?,
        at_us: row.try_get(7)?,
    })
}
