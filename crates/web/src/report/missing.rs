//! Why a part does not exist and what to do next, in words, and the empty
//! panel that says so.

use super::Missing;
use crate::locale::Locale;
use crate::messages::page as m;
use crate::page::Panel;

/// Why the part does not exist: a full sentence.
pub(crate) fn why(missing: &Missing, locale: Locale<'_>) -> String {
    match missing {
        Missing::NoDates => locale.say(m::MISSING_NO_DATES),
        Missing::NoAmounts => locale.say(m::MISSING_NO_AMOUNTS),
        Missing::NoRows => locale.say(m::MISSING_NO_ROWS),
        Missing::TooFewRows { rows, needed } => locale.fill(
            m::MISSING_TOO_FEW,
            &[("rows", locale.n(*rows)), ("needed", locale.n(*needed))],
        ),
        Missing::OneOutcome => locale.say(m::MISSING_ONE_OUTCOME),
        Missing::NoOffers => locale.say(m::MISSING_NO_OFFERS),
        Missing::NotAsked => locale.say(m::MISSING_NOT_ASKED),
        Missing::NotRun => locale.say(m::MISSING_NOT_RUN),
        Missing::Other(text) => locale.text(text),
    }
}

/// What to do about it: a full sentence, where there is something to do.
pub(crate) fn next(missing: &Missing, locale: Locale<'_>) -> Option<String> {
    let message = match missing {
        Missing::NoDates => m::NEXT_NO_DATES,
        Missing::NoAmounts => m::NEXT_NO_AMOUNTS,
        Missing::NoRows => m::NEXT_NO_ROWS,
        Missing::TooFewRows { .. } => m::NEXT_TOO_FEW,
        Missing::OneOutcome => m::NEXT_ONE_OUTCOME,
        Missing::NoOffers => m::NEXT_NO_OFFERS,
        Missing::NotAsked => m::NEXT_NOT_ASKED,
        Missing::NotRun => m::NEXT_NOT_RUN,
        Missing::Other(_) => return None,
    };
    Some(locale.say(message))
}

/// The panel that stands where the part would be.
pub(crate) fn panel(id: &str, missing: &Missing, locale: Locale<'_>) -> Panel {
    // The reason is the finding; a title has no final stop.
    let title = why(missing, locale)
        .trim_end_matches(['.', '。'])
        .to_owned();
    Panel {
        id: id.to_owned(),
        title,
        answer: next(missing, locale).unwrap_or_default(),
        empty: true,
        ..Panel::default()
    }
}
