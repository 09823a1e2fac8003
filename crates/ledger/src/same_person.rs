//! What people decided about who is the same person: a row for each decision,
//! never changed; the latest of a pair holds.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::db::Ledger;
use crate::error::{Error, Result};
use crate::sql;

/// The most rows that one call answers.
pub const JUDGEMENTS_MAX: usize = 1_000_000;
/// The longest name of who decides, in bytes.
pub const DECIDED_BY_BYTES_MAX: usize = 256;

/// What was decided about a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They are one person.
    Same,
    /// They are two.
    Apart,
    /// What was decided before does not hold any more.
    Undone,
}

impl Verdict {
    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            Verdict::Same => "same",
            Verdict::Apart => "apart",
            Verdict::Undone => "undone",
        }
    }

    fn of_code(code: &str) -> Option<Verdict> {
        [Verdict::Same, Verdict::Apart, Verdict::Undone]
            .into_iter()
            .find(|verdict| verdict.code() == code)
    }
}

/// One decision about two subjects.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The two, in any order when written; the smaller pseudonym first when read.
    pub subjects: (i64, i64),
    /// What was decided.
    pub verdict: Verdict,
    /// By whom: an account or a name.
    pub decided_by: String,
    /// UTC microseconds.
    pub at_us: i64,
    /// Probability that they are one person, and log2 odds, as they were then;
    /// none where the two could not be compared.
    pub evidence: Option<(f64, f64)>,
}

const COLUMNS: &str = "subject_a, subject_b, verdict, decided_by, at_us, probability, weight_bits";

impl Ledger {
    /// Adds a decision.
    ///
    /// # Errors
    /// `vault/unknown-subject` where one is not (or no longer) in the vault, or
    /// both are the same; `ledger/limit` above [`DECIDED_BY_BYTES_MAX`].
    pub async fn record_judgement(&self, judgement: &Judgement) -> Result<()> {
        let (a, b) = judgement.subjects;
        sql::within(
            "bytes of a name",
            judgement.decided_by.len(),
            DECIDED_BY_BYTES_MAX,
        )?;
        let mut transaction = self.begin_write().await?;
        for subject_id in [a, b] {
            let known = sqlx::query("SELECT 1 FROM subjects WHERE subject_id = ?1")
                .bind(subject_id)
                .fetch_optional(&mut *transaction)
                .await?;
            if known.is_none() || a == b {
                return Err(Error::UnknownSubject { subject_id });
            }
        }
        sqlx::query(
            "INSERT INTO same_person (subject_a, subject_b, verdict, decided_by, at_us, probability, weight_bits) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )
        .bind(a.min(b))
        .bind(a.max(b))
        .bind(judgement.verdict.code())
        .bind(judgement.decided_by.clone())
        .bind(judgement.at_us)
        .bind(judgement.evidence.map(|(probability, _)| probability))
        .bind(judgement.evidence.map(|(_, weight)| weight))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The latest decision of every pair, undone ones included, the newest
    /// first, at most [`JUDGEMENTS_MAX`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn judgements(&self) -> Result<Vec<Judgement>> {
        self.judgements_where(
            "?1 IS NULL AND seq = (SELECT max(seq) FROM same_person AS other \
             WHERE other.subject_a = same_person.subject_a AND other.subject_b = same_person.subject_b)",
            None,
        )
        .await
    }

    /// Every decision that was ever made, the newest first, at most [`JUDGEMENTS_MAX`].
    ///
    /// # Errors
    /// Those of the database.
    pub async fn judgements_ever(&self) -> Result<Vec<Judgement>> {
        self.judgements_where("?1 IS NULL", None).await
    }

    /// Every decision about one subject, the newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn judgements_about(&self, subject_id: i64) -> Result<Vec<Judgement>> {
        self.judgements_where("subject_a = ?1 OR subject_b = ?1", Some(subject_id))
            .await
    }

    async fn judgements_where(
        &self,
        condition: &'static str,
        subject_id: Option<i64>,
    ) -> Result<Vec<Judgement>> {
        let text = format!(
            "SELECT {COLUMNS} FROM same_person WHERE {condition} ORDER BY seq DESC LIMIT ?2"
        );
        // The text is made of constants only.
        let rows = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(subject_id)
            .bind(i64::try_from(JUDGEMENTS_MAX).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &SqliteRow) -> Result<Judgement> {
    let malformed = Error::Malformed {
        column: "same_person.verdict",
    };
    let probability: Option<f64> = row.try_get(5)?;
    let weight: Option<f64> = row.try_get(6)?;
    Ok(Judgement {
        subjects: (row.try_get(0)?, row.try_get(1)?),
        verdict: Verdict::of_code(row.try_get(2)?).ok_or(malformed)?,
        decided_by: row.try_get(3)?,
        at_us: row.try_get(4)?,
        evidence: probability.zip(weight),
    })
}
