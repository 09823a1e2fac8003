//! The models there were, byte for byte, and which one was made to serve, when,
//! by whom and why. Neither is ever changed: the database itself refuses.

use serde_json::Value;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::db::Ledger;
use crate::error::{Error, Result};
use crate::runs::LIST_ROWS_MAX;
use crate::sql;

/// The most bytes of one model.
pub const MODEL_BYTES_MAX: usize = 256 << 20;

/// A fitted model as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Its version: unique over all models.
    pub model_version: String,
    /// The model's name, such as `churn`.
    pub model: String,
    /// The model itself; at most [`MODEL_BYTES_MAX`].
    pub bytes: Vec<u8>,
    /// The model card: data, settings, evaluation; never anything personal.
    pub card: Value,
    /// UTC microseconds.
    pub created_at_us: i64,
    /// Version of the program that fitted it.
    pub code_version: String,
}

/// A model without its bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelSummary {
    /// Its version.
    pub model_version: String,
    /// The model's name.
    pub model: String,
    /// Size of the model in bytes.
    pub size_bytes: i64,
    /// The model card.
    pub card: Value,
    /// UTC microseconds.
    pub created_at_us: i64,
    /// Version of the program that fitted it.
    pub code_version: String,
}

/// A model version made to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promotion {
    /// The model's name.
    pub model: String,
    /// The version.
    pub model_version: String,
    /// UTC microseconds.
    pub at_us: i64,
    /// Who did it: a person's account or the name of a rule.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl Ledger {
    /// Stores a model. The same version with the same bytes again is fine (a
    /// resumed run); true when it was new.
    ///
    /// # Errors
    /// `model/version-exists` for other bytes under a known version, `ledger/limit`.
    pub async fn insert_model(&self, model: &Model) -> Result<bool> {
        sql::within("bytes of a model", model.bytes.len(), MODEL_BYTES_MAX)?;
        let card = sql::to_json("models.card", &model.card)?;
        let mut transaction = self.begin_write().await?;
        let known =
            sqlx::query("SELECT bytes = ?3 AND model = ?2 FROM models WHERE model_version = ?1")
                .bind(model.model_version.clone())
                .bind(model.model.clone())
                .bind(model.bytes.clone())
                .fetch_optional(&mut *transaction)
                .await?;
        if let Some(known) = known {
            return match known.try_get(0)? {
                true => Ok(false),
                false => Err(Error::ModelExists {
                    model_version: model.model_version.clone(),
                }),
            };
        }
        sqlx::query(
            "INSERT INTO models (model_version, model, bytes, card, created_at_us, code_version) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .bind(model.model_version.clone())
        .bind(model.model.clone())
        .bind(model.bytes.clone())
        .bind(card)
        .bind(model.created_at_us)
        .bind(model.code_version.clone())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// One model with its bytes.
    ///
    /// # Errors
    /// Those of the database; `ledger/json` for a damaged row.
    pub async fn model(&self, model_version: &str) -> Result<Option<Model>> {
        let row = sqlx::query(
            "SELECT model_version, model, bytes, card, created_at_us, code_version FROM models \
             WHERE model_version = ?1",
        )
        .bind(model_version.to_owned())
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| {
            Ok(Model {
                model_version: row.try_get(0)?,
                model: row.try_get(1)?,
                bytes: row.try_get(2)?,
                card: sql::from_json("models.card", row.try_get(3)?)?,
                created_at_us: row.try_get(4)?,
                code_version: row.try_get(5)?,
            })
        })
        .transpose()
    }

    /// The versions of one model, or of all, the newest first, at most
    /// [`LIST_ROWS_MAX`].
    ///
    /// # Errors
    /// Those of the database; `ledger/json` for a damaged row.
    pub async fn models(&self, model: Option<&str>) -> Result<Vec<ModelSummary>> {
        let rows = sqlx::query(
            "SELECT model_version, model, length(bytes), card, created_at_us, code_version FROM models \
             WHERE ?1 IS NULL OR model = ?1 ORDER BY created_at_us DESC, model_version LIMIT ?2",
        )
        .bind(model.map(str::to_owned))
        .bind(i64::try_from(LIST_ROWS_MAX).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read_summary).collect()
    }

    /// Makes a version serve; a roll-back is the promotion of an older version.
    ///
    /// # Errors
    /// `model/version-missing`.
    pub async fn promote(&self, promotion: &Promotion) -> Result<()> {
        let mut transaction = self.begin_write().await?;
        let known = sqlx::query("SELECT 1 FROM models WHERE model_version = ?1 AND model = ?2")
            .bind(promotion.model_version.clone())
            .bind(promotion.model.clone())
            .fetch_optional(&mut *transaction)
            .await?;
        if known.is_none() {
            return Err(Error::ModelMissing {
                model: promotion.model.clone(),
                model_version: promotion.model_version.clone(),
            });
        }
        sqlx::query(
            "INSERT INTO promotions (model, model_version, at_us, promoted_by, reason) VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .bind(promotion.model.clone())
        .bind(promotion.model_version.clone())
        .bind(promotion.at_us)
        .bind(promotion.by.clone())
        .bind(promotion.reason.clone())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The promotion in force: the last one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn current_model(&self, model: &str) -> Result<Option<Promotion>> {
        Ok(self.promotions(model, 1).await?.pop())
    }

    /// The promotions of a model, the latest first, at most `limit` (and [`LIST_ROWS_MAX`]).
    ///
    /// # Errors
    /// Those of the database.
    pub async fn promotions(&self, model: &str, limit: usize) -> Result<Vec<Promotion>> {
        let rows = sqlx::query(
            "SELECT model, model_version, at_us, promoted_by, reason FROM promotions \
             WHERE model = ?1 ORDER BY seq DESC LIMIT ?2",
        )
        .bind(model.to_owned())
        .bind(i64::try_from(limit.min(LIST_ROWS_MAX)).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read_promotion).collect()
    }
}

fn read_summary(row: &SqliteRow) -> Result<ModelSummary> {
    Ok(ModelSummary {
        model_version: row.try_get(0)?,
        model: row.try_get(1)?,
        size_bytes: row.try_get(2)?,
        card: sql::from_json("models.card", row.try_get(3)?)?,
        created_at_us: row.try_get(4)?,
        code_version: row.try_get(5)?,
    })
}

fn read_promotion(row: &SqliteRow) -> Result<Promotion> {
    Ok(Promotion {
        model: row.try_get(0)?,
        model_version: row.try_get(1)?,
        at_us: row.try_get(2)?,
        by: row.try_get(3)?,
        reason: row.try_get(4)?,
    })
}
