//! Which arm of an experiment a subject is in. Arms are sticky: the first one
//! written stays, whatever a later run would draw.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use crate::acted::check_propensity;
use crate::db::Ledger;
use crate::error::{Error, Result};
use crate::sql;

/// Rows of one transaction; a longer call is cut into several.
const ROWS_PER_TRANSACTION: usize = 131_072;

/// The arm a subject is in.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// The arm's name; equal names of one answer share their text.
    pub arm: Arc<str>,
    /// Probability with which it was drawn, in (0, 1].
    pub propensity: f64,
    /// Since when, UTC microseconds.
    pub since_us: i64,
}

impl Ledger {
    /// Puts subjects into arms, each `(subject_id, arm, propensity)`, unless they
    /// are in one already; gives the arms now in force, in the order asked. A call
    /// that fails half-way has kept whole blocks, and can simply be repeated.
    ///
    /// # Errors
    /// `ledger/propensity-invalid`; those of the database.
    pub async fn assign_arms(
        &self,
        experiment: &str,
        drawn: &[(i64, &str, f64)],
        now_us: i64,
    ) -> Result<Vec<Arm>> {
        for (_, _, propensity) in drawn {
            check_propensity(*propensity)?;
        }
        let mut in_force = Vec::with_capacity(drawn.len());
        let mut names = Names::default();
        for block in drawn.chunks(ROWS_PER_TRANSACTION) {
            let ids: Vec<i64> = block.iter().map(|(subject_id, _, _)| *subject_id).collect();
            let mut transaction = self.begin_write().await?;
            let mut known = read_arms(&mut transaction, experiment, &ids, &mut names).await?;
            let mut seen = HashSet::new();
            // In the order of the key: each page of the table is touched once.
            let mut missing: Vec<_> = block
                .iter()
                .filter(|(subject_id, _, _)| {
                    !known.contains_key(subject_id) && seen.insert(*subject_id)
                })
                .copied()
                .collect();
            missing.sort_unstable_by_key(|(subject_id, _, _)| *subject_id);
            for chunk in missing.chunks(sql::ROWS_PER_STATEMENT) {
                write(&mut transaction, experiment, chunk, now_us).await?;
            }
            transaction.commit().await?;
            for (subject_id, arm, propensity) in missing {
                known.insert(
                    subject_id,
                    Arm {
                        arm: names.share(arm),
                        propensity,
                        since_us: now_us,
                    },
                );
            }
            for subject_id in ids {
                let arm = known
                    .get(&subject_id)
                    .ok_or(Error::UnknownSubject { subject_id })?;
                in_force.push(arm.clone());
            }
        }
        Ok(in_force)
    }

    /// The arms in force, in the order asked; none where a subject has none.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn arms(&self, experiment: &str, subject_ids: &[i64]) -> Result<Vec<Option<Arm>>> {
        let mut names = Names::default();
        let mut arms = Vec::with_capacity(subject_ids.len());
        for block in subject_ids.chunks(ROWS_PER_TRANSACTION) {
            let mut connection = self.pool.acquire().await?;
            let known = read_arms(&mut connection, experiment, block, &mut names).await?;
            arms.extend(
                block
                    .iter()
                    .map(|subject_id| known.get(subject_id).cloned()),
            );
        }
        Ok(arms)
    }
}

/// The few names of arms, each kept once.
#[derive(Default)]
struct Names(HashSet<Arc<str>>);

impl Names {
    fn share(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return known.clone();
        }
        let name: Arc<str> = name.into();
        self.0.insert(name.clone());
        name
    }
}

async fn read_arms(
    connection: &mut SqliteConnection,
    experiment: &str,
    subject_ids: &[i64],
    names: &mut Names,
) -> Result<HashMap<i64, Arm>> {
    let mut known = HashMap::new();
    for chunk in subject_ids.chunks(sql::VALUES_PER_LIST) {
        let text = format!(
            "SELECT subject_id, arm, propensity, since_us FROM arms WHERE experiment = ? AND subject_id IN ({})",
            sql::list(chunk.len())
        );
        // The text is made of constants and numbers only.
        let mut query =
            sqlx::query(AssertSqlSafe(text)).persistent(chunk.len() == sql::VALUES_PER_LIST);
        query = query.bind(experiment.to_owned());
        for subject_id in chunk {
            query = query.bind(*subject_id);
        }
        for row in query.fetch_all(&mut *connection).await? {
            known.insert(row.try_get(0)?, read(&row, names)?);
        }
    }
    Ok(known)
}

fn read(row: &SqliteRow, names: &mut Names) -> Result<Arm> {
    Ok(Arm {
        arm: names.share(row.try_get(1)?),
        propensity: row.try_get(2)?,
        since_us: row.try_get(3)?,
    })
}

async fn write(
    connection: &mut SqliteConnection,
    experiment: &str,
    chunk: &[(i64, &str, f64)],
    now_us: i64,
) -> Result<()> {
    // SQLite and PostgreSQL both name the columns of bare values `column1`, `column2`, ...
    let text = format!(
        "INSERT INTO arms (experiment, subject_id, arm, propensity, since_us) \
         SELECT ?, column1, column2, column3, ? FROM (VALUES {}) AS drawn",
        sql::rows(chunk.len(), 3)
    );
    // The text is made of constants and numbers only.
    let mut query =
        sqlx::query(AssertSqlSafe(text)).persistent(chunk.len() == sql::ROWS_PER_STATEMENT);
    query = query.bind(experiment.to_owned()).bind(now_us);
    for (subject_id, arm, propensity) in chunk {
        query = query
            .bind(*subject_id)
            .bind((*arm).to_owned())
            .bind(*propensity);
    }
    query.execute(connection).await?;
    Ok(())
}
