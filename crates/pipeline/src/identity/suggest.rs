//! Pairs that are probably one person, in groups, with what speaks for and against.

use std::collections::HashMap;
use std::path::PathBuf;

use perennial_identity::link::{GroupSettings, LinkSettings, Linkage, Pair, groups, link};
use perennial_ledger::{Vault, Verdict};
use serde::Serialize;

use super::gather::{self, People, Refused};
use super::{csv, words};
use crate::Result;
use crate::answer::{counted, pick};
use crate::progress::Progress;
use crate::project::Project;
use crate::settings::Language;

/// Pairs that are held at the most; the heaviest are kept.
const PAIRS_MAX: usize = 1_000_000;
/// Evidence of fewer bits says nothing.
const BITS_MIN: f64 = 0.05;

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct SuggestOptions {
    /// Pairs from this probability on, 0 to 1.
    pub threshold: f64,
    /// Groups told at the most; the file holds all.
    pub limit: usize,
    /// Whether pairs that were decided to be one person are told again, as decided.
    pub all: bool,
    /// The file that all pairs are written to.
    pub csv: Option<PathBuf>,
    /// The language of the file.
    pub language: Language,
}

/// Why a person should look at a group before anything is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Review {
    /// What agrees is what relatives share, too.
    MayBeRelatives,
    /// The pair would make a group larger than groups may be.
    GroupTooLarge,
    /// Not every two of the group are a pair from the threshold on.
    JoinedThroughOthers,
    /// Two of the group were decided to be two people.
    HoldsApart,
}

/// What a comparison says for or against.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvidenceLine {
    /// What was compared.
    pub comparison: &'static str,
    /// What came of it.
    pub level: &'static str,
    /// Bits: above 0 speaks for one person, below for two.
    pub weight_bits: f64,
}

/// Two customers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SuggestedPair {
    /// One, by the business's own identifier.
    pub a: String,
    /// The other.
    pub b: String,
    /// Probability that they are one person, as the model sees it.
    pub probability: f64,
    /// Its log2 odds.
    pub weight_bits: f64,
    /// `same` where that was decided.
    pub decided: Option<&'static str>,
    /// What it is made of, but for cells that are missing.
    pub evidence: Vec<EvidenceLine>,
}

/// Customers who are probably one person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggestion {
    /// All of them, by the business's own identifiers.
    pub customers: Vec<String>,
    /// Why to look before deciding; none where nothing contradicts.
    pub review: Option<Review>,
    /// Their pairs, the likeliest first.
    pub pairs: Vec<SuggestedPair>,
}

/// What was found.
#[derive(Debug, Clone, Serialize)]
pub struct Suggested {
    /// People who were compared.
    pub people: u64,
    /// The least probability told.
    pub threshold: f64,
    /// Groups found, those to be looked at included.
    pub groups: u64,
    /// Pairs in them that nobody has decided about.
    pub pairs: u64,
    /// Pairs left out since they were decided to be two people.
    pub decided_apart: u64,
    /// Pairs decided to be one person.
    pub decided_same: u64,
    /// E-mail addresses and telephone numbers that identify nobody.
    pub refused: Refused,
    /// Whether there were more pairs than are held.
    pub truncated: bool,
    /// Rows of groups too large to be compared whole, of the rule that has most.
    pub not_compared_rows: u64,
    /// Where all pairs were written.
    pub csv: Option<PathBuf>,
    /// log2 odds that any two customers are one person; what is compared adds to it.
    pub prior_bits: f64,
    /// The first groups.
    pub suggestions: Vec<Suggestion>,
}

/// A group by its rows, before anybody is named.
pub(super) struct Found {
    pub rows: Vec<u32>,
    pub review: Option<Review>,
    /// Places of its pairs.
    pub pairs: Vec<usize>,
}

/// People compared, with what was decided about them.
pub(super) struct Compared {
    pub people: People,
    pub linkage: Linkage,
    /// By pseudonyms, the smaller first.
    pub decided: HashMap<(i64, i64), Verdict>,
}

impl Compared {
    pub fn subject(&self, row: u32) -> i64 {
        self.people.subjects.get(row as usize).copied().unwrap_or(0)
    }

    pub fn decided(&self, pair: &Pair) -> Option<Verdict> {
        let (a, b) = (self.subject(pair.a), self.subject(pair.b));
        self.decided.get(&(a.min(b), a.max(b))).copied()
    }

    /// The groups, the likeliest first. Pairs decided to be one person hold groups
    /// together; groups of nothing else are left out unless `all` are wanted.
    fn found(&self, threshold: f64, all: bool) -> Vec<Found> {
        let pairs = &self.linkage.pairs;
        let settings = GroupSettings {
            threshold,
            ..GroupSettings::default()
        };
        let (made, review) = groups(pairs, &settings);
        let mut group_of: HashMap<u32, usize> = HashMap::new();
        let mut found: Vec<Found> = Vec::with_capacity(made.len() + review.len());
        for group in made {
            group_of.extend(group.rows.iter().map(|&row| (row, found.len())));
            found.push(Found {
                review: (!group.complete).then_some(Review::JoinedThroughOthers),
                rows: group.rows,
                pairs: Vec::new(),
            });
        }
        for (place, pair) in pairs.iter().enumerate() {
            let (a, b) = (group_of.get(&pair.a), group_of.get(&pair.b));
            if let (Some(a), Some(b)) = (a, b)
                && a == b
            {
                found[*a].pairs.push(place);
            }
        }
        for ((a, b), verdict) in &self.decided {
            let group = |subject| group_of.get(&self.people.row_of(subject)?);
            if let (Verdict::Apart, Some(a), Some(b)) = (verdict, group(*a), group(*b))
                && a == b
            {
                found[*a].review = Some(Review::HoldsApart);
            }
        }
        found.extend(review.into_iter().map(|place| Found {
            rows: vec![pairs[place].a, pairs[place].b],
            review: Some(match pairs[place].may_be_relatives() {
                true => Review::MayBeRelatives,
                false => Review::GroupTooLarge,
            }),
            pairs: vec![place],
        }));
        let open = |found: &Found| {
            let mut places = found.pairs.iter();
            places.any(|&place| self.decided(&pairs[place]).is_none())
        };
        found.retain(|found| all || open(found));
        for group in &mut found {
            group
                .pairs
                .sort_by(|&x, &y| pairs[y].weight.total_cmp(&pairs[x].weight));
        }
        let heaviest = |group: &Found| group.pairs.first().map_or(f64::MIN, |&p| pairs[p].weight);
        found.sort_by(|x, y| {
            let by_weight = heaviest(y).total_cmp(&heaviest(x));
            by_weight.then_with(|| x.rows.cmp(&y.rows))
        });
        found
    }

    /// Groups with the business's own identifiers. Pairs that were decided are
    /// told where `all` are wanted.
    pub async fn named(
        &self,
        vault: &Vault,
        groups: &[Found],
        all: bool,
    ) -> Result<Vec<Suggestion>> {
        let rows: Vec<u32> = groups.iter().flat_map(|g| g.rows.iter().copied()).collect();
        let subjects: Vec<i64> = rows.iter().map(|&row| self.subject(row)).collect();
        let revealed = vault.reveal(&subjects).await?;
        let names: HashMap<u32, String> = rows
            .into_iter()
            .zip(revealed)
            .filter_map(|(row, name)| Some((row, name?)))
            .collect();
        let named = groups.iter().filter_map(|group| {
            let customers: Option<Vec<String>> = group
                .rows
                .iter()
                .map(|row| names.get(row).cloned())
                .collect();
            let pairs = group.pairs.iter().map(|&place| &self.linkage.pairs[place]);
            let pairs = pairs.filter(|pair| all || self.decided(pair).is_none());
            Some(Suggestion {
                // Who was erased meanwhile has no name any more.
                customers: customers?,
                review: group.review,
                pairs: pairs.filter_map(|pair| self.pair(pair, &names)).collect(),
            })
        });
        Ok(named.collect())
    }

    fn pair(&self, pair: &Pair, names: &HashMap<u32, String>) -> Option<SuggestedPair> {
        let evidence = self.linkage.model.evidence(&self.people.table, pair);
        let evidence = evidence.iter().filter(|line| line.level != "missing");
        Some(SuggestedPair {
            a: names.get(&pair.a)?.clone(),
            b: names.get(&pair.b)?.clone(),
            probability: pair.probability(),
            weight_bits: pair.weight,
            decided: self.decided(pair).map(Verdict::code),
            evidence: evidence
                .map(|line| EvidenceLine {
                    comparison: line.comparison.code(),
                    level: line.level,
                    weight_bits: line.weight + line.rarity,
                })
                .collect(),
        })
    }
}

/// Finds customers who are probably the same person.
///
/// # Errors
/// `identity/no-parts`, `identity/not-read`, `identity/setting`,
/// `identity/too-large`; those of the ledger, and of the file.
pub async fn suggest(
    project: &Project,
    options: &SuggestOptions,
    progress: &dyn Progress,
) -> Result<Suggested> {
    let vault = project.ledger.vault(&project.key).await?;
    let settings = LinkSettings {
        threshold: options.threshold,
        pairs_max: PAIRS_MAX,
        ..gather::link_settings(project)
    };
    settings.check()?;
    let people = gather::people(project, &vault, progress).await?;
    let judgements = project.ledger.judgements().await?;
    let in_force = judgements.iter().filter(|j| j.verdict != Verdict::Undone);
    let decided: HashMap<(i64, i64), Verdict> = in_force.map(|j| (j.subjects, j.verdict)).collect();
    progress.start("compare", None, "pairs");
    let mut linkage = link(&people.table, &settings)?;
    progress.finish(&format!("{} pairs", linkage.pairs.len()));
    let pairs = std::mem::take(&mut linkage.pairs);
    let mut compared = Compared {
        people,
        linkage,
        decided,
    };
    let (apart, kept): (Vec<Pair>, Vec<Pair>) = pairs
        .into_iter()
        .partition(|pair| compared.decided(pair) == Some(Verdict::Apart));
    compared.linkage.pairs = kept;
    let found = compared.found(options.threshold, options.all);
    if let Some(path) = &options.csv {
        csv::write(&compared, &vault, &found, options, path).await?;
    }
    let shown = found.get(..options.limit).unwrap_or(&found);
    let suggestions = compared.named(&vault, shown, options.all).await?;
    let same = |pair: &&Pair| compared.decided(pair) == Some(Verdict::Same);
    let open = |place: &&usize| compared.decided(&compared.linkage.pairs[**place]).is_none();
    let reports = compared.linkage.reports.iter();
    Ok(Suggested {
        people: compared.people.subjects.len() as u64,
        threshold: options.threshold,
        groups: found.len() as u64,
        pairs: found.iter().flat_map(|g| &g.pairs).filter(open).count() as u64,
        decided_apart: apart.len() as u64,
        decided_same: compared.linkage.pairs.iter().filter(same).count() as u64,
        refused: compared.people.refused.clone(),
        truncated: compared.linkage.truncated,
        not_compared_rows: reports.map(|r| r.left_out_rows).max().unwrap_or(0),
        csv: options.csv.clone(),
        prior_bits: compared.linkage.model.prior_weight(),
        suggestions,
    })
}

impl Suggested {
    /// What to tell the user.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let mut lines = vec![self.headline(language)];
        for (number, suggestion) in self.suggestions.iter().enumerate() {
            lines.push(String::new());
            lines.extend(suggestion.lines(number + 1, language));
        }
        let more = self.groups.saturating_sub(self.suggestions.len() as u64);
        lines.push(String::new());
        if more > 0 {
            lines.push(pick(
                language,
                format!("and {more} more: `--limit` shows more, `--csv FILE` writes all"),
                format!("另有 {more} 组：`--limit` 可显示更多，`--csv FILE` 写出全部"),
            ));
        }
        lines.extend(self.notes(language));
        lines
    }

    fn headline(&self, language: Language) -> String {
        let (pairs, groups) = (counted(self.pairs, "pair"), counted(self.groups, "group"));
        let people = perennial_web::format::count(self.people);
        let threshold = self.threshold;
        pick(
            language,
            format!(
                "{people} people compared: {pairs} in {groups} probably the same person (probability {threshold} or more)"
            ),
            format!(
                "比较了 {people} 人：{} 对（{} 组）可能是同一人（概率不低于 {threshold}）",
                self.pairs, self.groups
            ),
        )
    }

    fn notes(&self, language: Language) -> Vec<String> {
        let prior = self.prior_bits;
        let mut notes = vec![pick(
            language,
            format!(
                "bits add up, on top of {prior:.1} for any two customers; each one doubles the odds"
            ),
            format!("各项比特相加，任意两位客户的起点为 {prior:.1}；每多一比特，几率翻倍"),
        )];
        for (part, reasons) in &self.refused.0 {
            let reasons = reasons.iter().map(|(reason, count)| {
                let reason = words::refusal(reason);
                format!("{} {count}", reason.of(language))
            });
            let reasons: Vec<String> = reasons.collect();
            let part = words::part(part, language);
            notes.push(pick(
                language,
                format!(
                    "{part} that identify nobody, left out: {}",
                    reasons.join(", ")
                ),
                format!("未使用的{part}（无法用于识别）：{}", reasons.join("，")),
            ));
        }
        if self.decided_same + self.decided_apart > 0 {
            let (same, apart) = (self.decided_same, self.decided_apart);
            notes.push(pick(
                language,
                format!(
                    "decided before: {same} the same, {apart} apart (`perennial identity list`)"
                ),
                format!(
                    "此前已判定：{same} 对为同一人，{apart} 对为不同人（`perennial identity list`）"
                ),
            ));
        }
        if self.not_compared_rows > 0 {
            let rows = self.not_compared_rows;
            notes.push(pick(
                language,
                format!("{rows} people share a value with so many others that it was not used to compare them"),
                format!("有 {rows} 人的某个值与过多的人相同，未按该值比较"),
            ));
        }
        if self.truncated {
            notes.push(pick(
                language,
                format!("there are more than {PAIRS_MAX} pairs; the likeliest were kept: raise `--threshold`"),
                format!("超过 {PAIRS_MAX} 对，只保留了可能性最大的：请提高 `--threshold`"),
            ));
        }
        if let Some(path) = &self.csv {
            let path = path.display();
            notes.push(pick(
                language,
                format!("written: {path}"),
                format!("已写入：{path}"),
            ));
        }
        notes.push(pick(
            language,
            "to decide: `perennial identity same A B` or `apart A B`; it is noted, and histories are not merged yet".to_owned(),
            "判定：`perennial identity same A B` 或 `apart A B`；目前只记录判定，尚不合并历史".to_owned(),
        ));
        notes
    }
}

impl Suggestion {
    fn lines(&self, number: usize, language: Language) -> Vec<String> {
        let mut lines = vec![format!("{number}. {}", self.customers.join(" + "))];
        if let Some(review) = self.review {
            lines.push(format!("   {}", words::review(review, language)));
        }
        for pair in &self.pairs {
            let (a, b, odds) = (&pair.a, &pair.b, pair.odds(language));
            let decided = match pair.decided {
                Some(_) => pick(language, ", decided: the same", "，已判定为同一人"),
                None => "",
            };
            lines.push(match self.customers.len() {
                2 => format!("   {odds}{decided}"),
                _ => format!("   {a} + {b}: {odds}{decided}"),
            });
            let (speaks_for, against) = (pair.said(true, language), pair.said(false, language));
            if !speaks_for.is_empty() {
                let label = pick(language, "for: ", "支持：");
                lines.push(format!("     {label}{speaks_for}"));
            }
            if !against.is_empty() {
                let label = pick(language, "against: ", "反对：");
                lines.push(format!("     {label}{against}"));
            }
        }
        lines
    }
}

impl SuggestedPair {
    fn odds(&self, language: Language) -> String {
        odds(self.probability, self.weight_bits, language)
    }

    /// What speaks for one person, or against it, the weightiest first.
    pub(super) fn said(&self, speaks_for: bool, language: Language) -> String {
        let mut lines: Vec<&EvidenceLine> = self
            .evidence
            .iter()
            .filter(|line| line.weight_bits.abs() >= BITS_MIN)
            .filter(|line| (line.weight_bits > 0.0) == speaks_for)
            .collect();
        lines.sort_by(|x, y| y.weight_bits.abs().total_cmp(&x.weight_bits.abs()));
        let said = lines.iter().map(|line| {
            let level = words::level(line.comparison, line.level, language);
            let bits = line.weight_bits;
            pick(
                language,
                format!("{level} ({bits:+.1})"),
                format!("{level}（{bits:+.1}）"),
            )
        });
        said.collect::<Vec<_>>().join(pick(language, ", ", "，"))
    }
}

/// A probability with its weight. What is nearly certain is not called certain,
/// nor what is nearly impossible impossible.
pub(super) fn odds(probability: f64, weight_bits: f64, language: Language) -> String {
    let percent = 100.0 * probability;
    let (en, zh, percent) = match percent {
        most if most > 99.99 => ("over ", "高于 ", 99.99),
        least if least < 0.01 => ("under ", "低于 ", 0.01),
        between => ("", " ", between),
    };
    pick(
        language,
        format!("probability {en}{percent:.2} %, {weight_bits:.1} bits"),
        format!("概率{zh}{percent:.2}%，{weight_bits:.1} 比特"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_called_certain_or_impossible() {
        let said = |probability| odds(probability, -1.25, Language::English);
        assert_eq!(said(1.0), "probability over 99.99 %, -1.2 bits");
        assert_eq!(said(0.925), "probability 92.50 %, -1.2 bits");
        assert_eq!(said(1e-30), "probability under 0.01 %, -1.2 bits");
        assert_eq!(odds(0.5, 0.0, Language::Chinese), "概率 50.00%，0.0 比特");
    }
}
