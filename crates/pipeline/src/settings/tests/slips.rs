//! What a person is told who slips: code, message, place and hint.

use super::*;

#[test]
fn slips_are_told_with_their_place() {
    insta::assert_snapshot!(slip("margin = 0.30", "margn = 0.30"), @r#"
    error[settings/key-unknown]: there is no setting `value.margn`
     --> perennial.toml:22:1
    hint: did you mean `margin`?
    "#);
    insta::assert_snapshot!(slip("margin = 0.30", "margin = 30"), @r#"
    error[settings/value-range]: `value.margin` must be a number from 0 to 1, found the number `30`
     --> perennial.toml:22:10
    hint: for 30 % write `0.3`
    "#);
    insta::assert_snapshot!(slip("margin = 0.30", "margin = \"a third\""), @r#"
    error[settings/value-type]: `value.margin` must be a number from 0 to 1, found the text `a third`
     --> perennial.toml:22:10
    "#);
    insta::assert_snapshot!(slip("hold_out = 0.05", "hold_out = 0.6"), @r#"
    error[settings/value-range]: `policy.hold_out` must be a number from 0 to 0.5, found the number `0.6`
     --> perennial.toml:33:12
    "#);
    insta::assert_snapshot!(slip("budget = 5000", "budget = -1"), @r#"
    error[settings/value-range]: `policy.budget` must be an amount of money, 0 or more, found the number `-1`
     --> perennial.toml:32:10
    "#);
    insta::assert_snapshot!(slip("discount_rate_per_year = 0.10", "discount_rate_per_year = -0.1"), @r#"
    error[settings/value-range]: `value.discount_rate_per_year` must be a number from 0 to 10, found the number `-0.1`
     --> perennial.toml:23:26
    "#);
    insta::assert_snapshot!(slip("effect_lasts = \"90d\"", "effect_lasts = 90"), @r#"
    error[settings/unit-missing]: `offer.0.effect_lasts`: the duration `90` has no unit
     --> perennial.toml:29:16
    hint: write `"90h"`, `"90d"`, `"90w"` or `"90y"`: hours, days, weeks or years
    "#);
    insta::assert_snapshot!(slip("effect_lasts = \"90d\"", "effect_lasts = \"3m\""), @r#"
    error[settings/value-type]: `offer.0.effect_lasts`: the duration `3m` has an unknown unit
     --> perennial.toml:29:16
    hint: `m` could be minutes or months: write days, as in `"30d"`
    "#);
}

#[test]
fn slips_in_words_are_told_with_the_nearest() {
    insta::assert_snapshot!(slip("Europe/London", "Europe/Londen"), @r#"
    error[settings/time-zone-unknown]: `project.time_zone`: there is no time zone `Europe/Londen`
     --> perennial.toml:5:13
    hint: did you mean `Europe/London`?
    "#);
    insta::assert_snapshot!(slip("currency = \"GBP\"", "currency = \"£\""), @r#"
    error[settings/value-type]: `project.currency` must be the three letters of a currency, as in `"EUR"`, found the text `£`
     --> perennial.toml:4:12
    "#);
    insta::assert_snapshot!(slip("currency = \"GBP\"\n", ""), @r#"
    error[settings/key-missing]: `project.currency` is missing
     --> perennial.toml:2:1
    hint: it must be the three letters of a currency, as in `"EUR"`
    "#);
    insta::assert_snapshot!(slip("language = \"en\"", "language = \"de\""), @r#"
    error[settings/value-unknown]: `project.language` cannot be the text `de`
     --> perennial.toml:6:12
    hint: it is one of `en`, `zh`
    "#);
    insta::assert_snapshot!(slip("table = \"order_lines\"", "table = \"orderlines\""), @r#"
    error[settings/value-unknown]: `source.0.table` cannot be the text `orderlines`
     --> perennial.toml:10:9
    hint: did you mean `order_lines`?
    "#);
    insta::assert_snapshot!(slip("customer_id = \"CustomerID\"", "costumer_id = \"CustomerID\""), @r#"
    error[settings/key-unknown]: `source.0.columns`: there is no part `costumer_id`
     --> perennial.toml:12:37
    hint: did you mean `customer_id`?
    "#);
    insta::assert_snapshot!(slip("[policy]", "[polcy]"), @r#"
    error[settings/key-unknown]: there is no setting `polcy`
     --> perennial.toml:31:2
    hint: did you mean `policy`?
    "#);
    insta::assert_snapshot!(slip("[[source]]", "[source]"), @r#"
    error[settings/value-type]: `source` can be written several times, found a table
     --> perennial.toml:8:1
    hint: write `[[source]]`, with two brackets
    "#);
    insta::assert_snapshot!(slip("name = \"my-shop\"", "name = \"my-shop\"\nhorizon = \"90d\""), @r#"
    error[settings/key-unknown]: there is no setting `project.horizon`
     --> perennial.toml:4:1
    hint: it belongs in `[lost]` or `[value]`
    "#);
}

#[test]
fn what_does_not_fit_together_is_told() {
    insta::assert_snapshot!(slip("lost_when = \"Yes\"", ""), @r#"
    error[settings/key-missing]: `lost.lost_when` is missing
     --> perennial.toml:7:2
    hint: give the value of the label column that means lost, as in `lost_when = "Yes"`
    "#);
    insta::assert_snapshot!(slip("kind = \"label\"", "kind = \"no_purchase\""), @r#"
    error[settings/lost-mismatch]: `no_purchase` needs purchases, and no source is a table `order_lines`
     --> perennial.toml:8:1
    hint: for events write `kind = "no_event"`, for a table of customers with a label `kind = "label"` and `lost_when`
    error[settings/lost-mismatch]: `lost_when` has no meaning with `kind = "no_purchase"`
     --> perennial.toml:9:1
    hint: write `kind = "label"`, or take `lost_when` away
    "#);
    insta::assert_snapshot!(slip("kind = \"no_purchase\"", "kind = \"contract\""), @r#"
    error[settings/lost-mismatch]: `contract` needs the start and the end of contracts, and no source is a table `subscriptions`
     --> perennial.toml:17:1
    hint: for order lines write `kind = "no_purchase"`, for a table of customers with a label `kind = "label"` and `lost_when`
    "#);
    insta::assert_snapshot!(slip("amount_per = \"month\"", ""), @r#"
    error[settings/unit-missing]: `value.amount` does not say what the amount is paid per
     --> perennial.toml:11:1
    hint: add `amount_per = "month"`, or `"year"`, `"week"`, `"day"`
    "#);
    insta::assert_snapshot!(slip("time = \"InvoiceDate\", ", ""), @r#"
    error[settings/role-missing]: the source `data/*.csv.gz` does not say which column is the time of purchase
     --> perennial.toml:12:1
    hint: add `time = "NAME OF THE COLUMN"` to its `columns`
    "#);
    insta::assert_snapshot!(slip("label = \"Churn\"", "time = \"Churn\""), @r#"
    error[settings/value-unknown]: a table `customers` has no part `time`
     --> perennial.toml:6:1
    hint: it is one of `customer_id`, `label`
    error[settings/lost-mismatch]: `label` needs a source with the table `customers` and the part `label`
     --> perennial.toml:8:1
    hint: add `label = "NAME OF THE COLUMN"` to the `columns` of the table of customers
    "#);
    insta::assert_snapshot!(slip("quantity = \"Quantity\"", "quantity = \"UnitPrice\""), @r#"
    error[settings/column-twice]: the column `UnitPrice` is both `quantity` and `unit_price`
     --> perennial.toml:12:1
    "#);
    insta::assert_snapshot!(told(&load("format = 1\nproject.currency = \"EUR\"").unwrap_err()), @r#"
    error[settings/source-missing]: there is no `[[source]]`: nothing to read
     --> perennial.toml:1:1
    hint: add a `[[source]]` with `path`, `table` and `columns`, or let `perennial init --from FILE` write one
    "#);
    insta::assert_snapshot!(slip("[policy]", "[model]\ntraining_dates = 53\n[policy]"), @r#"
    error[settings/value-range]: `model.training_dates` can be at most 52
     --> perennial.toml:32:1
    "#);
    insta::assert_snapshot!(slip("[policy]", "[[offer]]\nname = \"voucher\"\ncost_per_use = 1\nassumed_effect = 0.1\neffect_lasts = \"1w\"\n[policy]"), @r#"
    error[settings/name-twice]: two offers are called `voucher`
     --> perennial.toml:32:1
    hint: decisions name their offer: give each a name of its own
    "#);
}

#[test]
fn formats_and_syntax_are_refused_first() {
    insta::assert_snapshot!(slip("format = 1\n", ""), @r#"
    error[settings/format-missing]: the file does not say its format
     --> perennial.toml:1:1
    hint: write `format = 1` as its first line
    "#);
    insta::assert_snapshot!(slip("format = 1", "format = 2"), @r#"
    error[settings/format-unknown]: the file has format 2, and this program reads format 1
     --> perennial.toml:1:10
    hint: use a newer version of perennial for this project
    "#);
    insta::assert_snapshot!(slip("format = 1", "format = \"one\""), @r#"
    error[settings/format-unknown]: `format` must be the number `1`, found the text `one`
     --> perennial.toml:1:10
    "#);
    insta::assert_snapshot!(slip("margin = 0.30", "margin = "), @r#"
    error[settings/syntax]: string values must be quoted, expected literal string
     --> perennial.toml:22:10
    "#);
    insta::assert_snapshot!(slip("margin = 0.30", "margin = 0.3\nmargin = 0.4"), @r#"
    error[settings/syntax]: duplicate key
     --> perennial.toml:23:1
    "#);
    insta::assert_snapshot!(slip("margin = 0.30", "margin = 99999999999999999999"), @r#"
    error[settings/value-range]: the number `99999999999999999999` is too large
     --> perennial.toml:22:10
    "#);
}

#[test]
fn every_problem_is_told_at_once_in_the_order_of_the_file() {
    let text = PURCHASES
        .replace("name = \"my-shop\"", "nam = \"my-shop\"")
        .replace("0.30", "3")
        .replace("5000", "\"much\"");
    let error = load(&text).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no setting `project.nam` (and 2 more problems)"
    );
    assert_eq!(error.code(), "settings/key-unknown");
    assert_eq!(error.hint().as_deref(), Some("did you mean `name`?"));
    let lines: Vec<String> = error
        .problems()
        .iter()
        .filter_map(|problem| problem.place.as_ref())
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        lines,
        [
            "perennial.toml:3:1",
            "perennial.toml:22:10",
            "perennial.toml:32:10"
        ]
    );
}

#[test]
fn columns_are_counted_in_characters_and_a_mark_is_passed_over() {
    let error =
        load("\u{feff}format = 1 # 常青\nproject = { name = \"常青\", currenci = \"CNY\" }")
            .unwrap_err();
    let places: Vec<String> = error
        .problems()
        .iter()
        .filter_map(|problem| problem.place.as_ref())
        .map(ToString::to_string)
        .collect();
    assert_eq!(places, ["perennial.toml:2:11", "perennial.toml:2:26"]);
}

#[test]
fn a_slip_outside_the_file_names_the_variable_or_the_flag() {
    let wrong = |environment: &[(&str, &str)], flags: &[(&str, &str)]| {
        told(&load_with(PURCHASES, environment, flags).unwrap_err())
    };
    insta::assert_snapshot!(wrong(&[("PERENNIAL__VALUE__MARGN", "0.4")], &[]), @r#"
    error[settings/key-unknown]: there is no setting `value.margn`
     --> environment variable PERENNIAL__VALUE__MARGN
    hint: did you mean `margin`?
    "#);
    insta::assert_snapshot!(wrong(&[("PERENNIAL__VALUE__HORIZON", "90")], &[]), @r#"
    error[settings/unit-missing]: `value.horizon`: the duration `90` has no unit
     --> environment variable PERENNIAL__VALUE__HORIZON
    hint: write `"90h"`, `"90d"`, `"90w"` or `"90y"`: hours, days, weeks or years
    "#);
    insta::assert_snapshot!(wrong(&[("PERENNIAL__VALUE____MARGIN", "1")], &[]), @r#"
    error[settings/key-unknown]: the name of a setting has an empty part
     --> environment variable PERENNIAL__VALUE____MARGIN
    hint: write `PERENNIAL__SECTION__KEY`, or `section.key` as a flag
    "#);
    insta::assert_snapshot!(wrong(&[], &[("offer.vouch.cost_per_use", "1")]), @r#"
    error[settings/key-unknown]: `offer.vouch.cost_per_use` leads nowhere at `vouch`
     --> flag for offer.vouch.cost_per_use
    hint: sources and offers are counted from 0, as in `source.0.path`; an offer can be named, as in `offer.voucher.cost_per_use`
    "#);
    insta::assert_snapshot!(wrong(&[], &[("limits.memory", "512")]), @r#"
    error[settings/unit-missing]: `limits.memory`: the size has no unit, found the text `512`
     --> flag for limits.memory
    hint: write `MB` or `GB` after it, as in `"512MB"`
    "#);
    insta::assert_snapshot!(wrong(&[], &[("limits.threads", "0")]), @r#"
    error[settings/value-range]: `limits.threads` must be a whole number, 1 or more and at most 4294967295, found the text `0`
     --> flag for limits.threads
    "#);
}

#[test]
fn slips_in_what_describes_a_person_are_told() {
    let people = |text: &str| slip("personal = []", &format!("people = {{ {text} }}"));
    insta::assert_snapshot!(people("emial = \"Mail\""), @r#"
    error[settings/key-unknown]: `source.0.people`: a person has no part `emial`
     --> perennial.toml:14:12
    hint: did you mean `email`?
    "#);
    insta::assert_snapshot!(people("city = \"Country\""), @r#"
    error[settings/column-twice]: the column `Country` is both the trait `country` and `people.city`
     --> perennial.toml:14:1
    hint: what describes a person is kept encrypted and never shown to a model: choose one of the two
    "#);
    insta::assert_snapshot!(people("name = \"Who\", email = \"Who\""), @r#"
    error[settings/column-twice]: the column `Who` is both `people.name` and `people.email`
     --> perennial.toml:14:1
    "#);
    insta::assert_snapshot!(slip("hold_out = 0.05", "hold_out = 0.05\n[identity]\ncountry = \"Germany\""), @r#"
    error[settings/value-type]: `identity.country` must be the two letters of a country, as in `"DE"`, found the text `Germany`
     --> perennial.toml:35:11
    hint: write its two letters as in ISO 3166-1; of countries that are not known, write telephone numbers with `+` and the country code
    "#);
}
