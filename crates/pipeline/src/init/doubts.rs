//! The questions that a look at a file leaves open, as words beside what was guessed.

use perennial_lake::sources::guess::{Guess, Question, QuestionKind};
use perennial_lake::sources::{Role as SeenRole, TableKind};

use super::render::toml_text;
use super::seen::speaks_of_refunds;
use super::words::Text;

/// Below this a table's kind is called a guess.
pub(super) const KIND_CONFIDENCE_MIN: f64 = 0.6;

/// The doubt about what kind of table it is.
pub(super) fn table_doubt(guess: &Guess) -> Option<Text> {
    let few = guess
        .unsure
        .iter()
        .any(|question| question.kind == QuestionKind::FewRows);
    if few {
        return Some(Text::new(
            "too few rows to tell from the values",
            "行数太少，无法从数据判断",
        ));
    }
    if guess.kind == TableKind::OrderLines && speaks_of_refunds(guess) {
        return Some(Text::new(
            "its columns speak of refunds: positive amounts would be counted as sales; take it away if they are money given back",
            "列名与退款有关：正数金额会被计为销售额；如为退还的款项，请删除此数据源",
        ));
    }
    (guess.kind_confidence < KIND_CONFIDENCE_MIN).then(|| {
        Text::new(
            format!("or is it \"{}\"?", other(guess.kind).name()),
            format!("也可能是 \"{}\"", other(guess.kind).name()),
        )
    })
}

fn other(kind: TableKind) -> TableKind {
    match kind {
        TableKind::OrderLines | TableKind::Events => TableKind::Customers,
        TableKind::Customers | TableKind::Subscriptions => TableKind::OrderLines,
    }
}

/// Every question about a role (and a column, when given) as one doubt.
pub(super) fn doubt_about(guess: &Guess, role: SeenRole, column: Option<&str>) -> Option<Text> {
    let about = |question: &&Question| {
        question.role == role
            && (column.is_none()
                || question.chosen.is_none()
                || question.chosen.as_deref() == column)
    };
    let doubts: Vec<Text> = guess
        .unsure
        .iter()
        .filter(about)
        .filter_map(words_of)
        .collect();
    joined(&doubts)
}

/// Several doubts as one; none of none.
pub(super) fn joined(doubts: &[Text]) -> Option<Text> {
    let join = |texts: Vec<&str>, between: &str| texts.join(between);
    (!doubts.is_empty()).then(|| {
        Text::new(
            join(doubts.iter().map(|doubt| doubt.en.as_str()).collect(), "; "),
            join(doubts.iter().map(|doubt| doubt.zh.as_str()).collect(), "；"),
        )
    })
}

/// A question in the words beside a column; those that stand elsewhere have none.
fn words_of(question: &Question) -> Option<Text> {
    let others: Vec<String> = question
        .alternatives
        .iter()
        .map(|other| toml_text(other))
        .collect();
    let (en, zh) = (others.join(" or "), others.join(" 或 "));
    match question.kind {
        QuestionKind::Alternatives => Some(Text::new(
            format!("or is it {en}?"),
            format!("也可能是 {zh}"),
        )),
        QuestionKind::OneToOne => Some(Text::new(
            format!("{en} names the same, one to one"),
            format!("{zh} 与它一一对应"),
        )),
        QuestionKind::Spellings => Some(Text::new(
            format!("its values are {en}, where two were expected"),
            format!("其取值为 {zh}，而不是两种"),
        )),
        QuestionKind::Changed => Some(Text::new(
            format!("{en} has lost its last digits in a spreadsheet and identifies nobody"),
            format!("{zh} 的末几位已被电子表格舍去，不能用作标识"),
        )),
        QuestionKind::LabelOrContracts => Some(Text::new(
            format!(
                "{en} say when contracts began and ended: with table = \"subscriptions\" they would count instead"
            ),
            format!("{zh} 给出了合约的起止时间：若写 table = \"subscriptions\"，则按合约处理"),
        )),
        QuestionKind::Weak => Some(Text::new("probably", "可能性较大，但不确定")),
        _ => None,
    }
}
