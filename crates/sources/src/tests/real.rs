//! Real files, where `PERENNIAL_DATA` points to them: facts that a correct
//! reader must find.

use super::super::guess::QuestionKind;
use super::super::{
    ColumnSpec, Dialect, Guess, Profile, Question, ReadSpec, Role, SourceFile, TableKind, Target,
    Totals, dialect, files, guess, infer, read,
};
use super::{real_data, roles};

struct Real {
    file: SourceFile,
    dialect: Dialect,
    profile: Profile,
}

/// The one file that a pattern finds; `None`, said aloud, without the data.
fn find(pattern: &str) -> Option<Real> {
    let Some(base) = real_data() else {
        println!("skipped: PERENNIAL_DATA is not set");
        return None;
    };
    let Ok(mut found) = files::expand(&base, pattern) else {
        println!("skipped: no `{pattern}`");
        return None;
    };
    let file = found.remove(0);
    let dialect = dialect::sniff(&file).unwrap();
    let profile = infer::profile(&file, Some(&dialect)).unwrap();
    Some(Real {
        file,
        dialect,
        profile,
    })
}

impl Real {
    fn guess(&self) -> Guess {
        guess::guess(&self.profile, None)
    }

    /// The same columns under names that say nothing, in reverse order.
    fn guess_blind(&self) -> Guess {
        let mut profile = self.profile.clone();
        profile.columns.reverse();
        profile.sample.columns.reverse();
        profile.sample.types.reverse();
        for column in &mut profile.columns {
            column.name = format!("v{}", column.index);
        }
        guess::guess(&profile, None)
    }

    fn totals(&self, pair: Option<(usize, usize)>) -> Totals {
        let mut spec = ReadSpec::new(Some(self.dialect.clone()), Vec::new());
        spec.totals = Some(Totals::new(&self.profile, pair));
        let mut reader = read::open(&self.file, &spec).unwrap();
        while let Some(batch) = reader.next_batch().unwrap() {
            assert!(batch.bad.is_empty(), "{:?}", batch.bad);
        }
        reader.into_totals().unwrap()
    }
}

#[test]
fn a_gift_wholesaler() {
    let Some(real) = find("online_retail/*.csv.gz") else {
        return;
    };
    let expected = [
        "customer_id=CustomerID",
        "order_id=InvoiceNo",
        "product_id=StockCode",
        "time=InvoiceDate",
        "quantity=Quantity",
        "unit_price=UnitPrice",
    ];
    let guess = real.guess();
    assert_eq!(
        (guess.kind, roles(&guess)),
        (TableKind::OrderLines, expected.map(str::to_owned).to_vec())
    );
    assert_eq!(guess.columns(Role::Trait), ["Country"]);
    let blind = real.guess_blind();
    assert_eq!(
        roles(&blind),
        [
            "customer_id=v6",
            "order_id=v0",
            "product_id=v1",
            "time=v4",
            "quantity=v3",
            "unit_price=v5"
        ]
    );
    let totals = real.totals(Some((3, 5)));
    let columns = totals.columns();
    assert_eq!(columns[0].rows, 541_909);
    let distinct: Vec<u64> = columns.iter().map(|c| c.distinct).collect();
    assert_eq!(
        (distinct[0], distinct[1], distinct[6], distinct[7]),
        (25_900, 4_070, 4_372, 38)
    );
    // A count by "differs from its trimmed self" over missing cells too would
    // say 114,906: these and the 1,454 missing ones.
    assert_eq!(
        (
            columns[6].missing,
            columns[2].missing,
            columns[2].outer_blanks
        ),
        (135_080, 1_454, 113_452)
    );
    let quantity = columns[3].numbers.unwrap();
    assert_eq!(
        (quantity.negative, quantity.min, quantity.max),
        (10_624, -80_995.0, 80_995.0)
    );
    let price = columns[5].numbers.unwrap();
    assert_eq!((price.negative + price.zero, price.negative), (2_517, 2));
    let sum = totals.pair_sum().unwrap();
    assert!(!sum.is_inexact);
    assert_eq!((sum.to_f64() * 100.0).round(), 974_774_793.0);
}

#[test]
fn music_buyers() {
    let Some(real) = find("cdnow/*sample.txt").or_else(|| find("cdnow/*_sample.txt")) else {
        return;
    };
    let guess = real.guess();
    assert_eq!(
        roles(&guess),
        ["customer_id=c1", "time=c3", "quantity=c4", "amount=c5"]
    );
    assert!(
        guess
            .unsure
            .iter()
            .any(|q| q.kind.code() == "guess/one-to-one")
    );
    assert_eq!(roles(&real.guess_blind()).len(), 4);
    let columns = real.totals(None).columns();
    assert_eq!((columns[0].rows, columns[0].distinct), (6_919, 2_357));
    let dollars = columns[4].numbers.unwrap().sum;
    assert_eq!((dollars.mantissa, dollars.scale), (24_409_194, 2));
}

#[test]
fn telephone_subscribers() {
    let Some(real) = find("telco/*.csv") else {
        return;
    };
    let guess = real.guess();
    assert_eq!(
        (guess.kind, roles(&guess)),
        (
            TableKind::Customers,
            vec![
                "customer_id=customerID".to_owned(),
                "label=Churn".to_owned()
            ]
        )
    );
    assert_eq!(guess.lost_when.as_deref(), Some("Yes"));
    assert_eq!(
        guess.value_amount.as_ref().map(|g| g.column.as_str()),
        Some("MonthlyCharges")
    );
    assert_eq!(guess.columns(Role::Trait).len(), 19);
    let blind = real.guess_blind();
    assert_eq!(
        (blind.kind, roles(&blind)),
        (
            TableKind::Customers,
            vec!["customer_id=v0".to_owned(), "label=v20".to_owned()]
        )
    );
    let columns = real.totals(None).columns();
    assert_eq!((columns[0].rows, columns[19].missing), (7_043, 11));
}

#[test]
fn clicks_and_ratings() {
    if let Some(real) = find("taobao/*.csv") {
        let guess = real.guess();
        assert_eq!(
            guess.column(Role::CustomerId),
            Some("c1"),
            "{:?}",
            guess.roles
        );
        assert_eq!(guess.column(Role::ProductId), Some("c2"));
        assert_eq!(guess.column(Role::Time), Some("c5"));
        assert_eq!(real.totals(None).columns()[1].distinct, 55_368);
    }
    if let Some(real) = find("movielens_100k/u.data") {
        let guess = real.guess();
        assert_eq!(
            guess.column(Role::CustomerId),
            Some("c1"),
            "{:?}",
            guess.roles
        );
        assert_eq!(guess.column(Role::Time), Some("c4"));
    }
}

/// Enrolments, with days counted from the first day of the course: whatever the
/// headers say.
#[test]
fn enrolments() {
    let Some(real) = find("oulad/studentRegistration.csv") else {
        return;
    };
    let guess = real.guess();
    assert_eq!(
        (guess.kind, roles(&guess)),
        (
            TableKind::Subscriptions,
            vec![
                "customer_id=id_student".to_owned(),
                "start=date_registration".to_owned(),
                "end=date_unregistration".to_owned(),
                "plan=code_module".to_owned(),
            ]
        )
    );
    assert!(guess.relative_days);
    assert_eq!(guess.columns(Role::Trait), [""; 0]);
    let blind = real.guess_blind();
    let expected = ["customer_id=v2", "start=v3", "end=v4", "plan=v0"];
    assert_eq!(
        (blind.kind, roles(&blind)),
        (
            TableKind::Subscriptions,
            expected.map(str::to_owned).to_vec()
        )
    );
    assert!(blind.relative_days);
}

/// The same students with how it ended for each, in four words.
#[test]
fn students_and_how_it_ended() {
    let Some(real) = find("oulad/studentInfo.csv") else {
        return;
    };
    let guess = real.guess();
    assert_eq!(
        (guess.kind, roles(&guess)),
        (
            TableKind::Customers,
            vec![
                "customer_id=id_student".to_owned(),
                "label=final_result".to_owned()
            ]
        )
    );
    assert_eq!(guess.lost_when.as_deref(), Some("Withdrawn"));
    let asked = |question: &Question| question.kind == QuestionKind::Spellings;
    assert!(guess.unsure.iter().any(asked));
    assert!(!guess.relative_days);
}

/// Every file of the folder is read to its end and each record accounted for.
#[test]
fn all_files_are_read_to_the_end() {
    let Some(base) = real_data() else {
        println!("skipped: PERENNIAL_DATA is not set");
        return;
    };
    let known = [
        ("hillstrom", 64_000),
        ("cookie_cats", 90_189),
        ("hotel", 7_766),
        ("studentInfo", 32_593),
        ("amazon", 1_000),
        ("yelp", 1_000),
        ("u.data", 100_000),
        ("user_behavior", 84_475),
    ];
    for file in files::expand(&base, ".").unwrap() {
        let dialect = dialect::sniff(&file).unwrap();
        let profile = infer::profile(&file, Some(&dialect)).unwrap();
        let columns: Vec<ColumnSpec> = profile.columns.iter().map(ColumnSpec::suited).collect();
        let mut reader = read::open(&file, &ReadSpec::new(Some(dialect), columns)).unwrap();
        let mut bad = 0;
        while let Some(batch) = reader.next_batch().unwrap() {
            bad += batch.bad.len();
        }
        let name = file.path.to_string_lossy().into_owned();
        println!("{name}: {} rows, {bad} bad", reader.rows_read());
        if let Some((_, rows)) = known.iter().find(|(part, _)| name.contains(part)) {
            assert_eq!((reader.rows_read(), bad), (*rows, 0), "{name}");
        }
        let _ = guess::guess(&profile, None);
        assert!(matches!(
            ColumnSpec::suited(&profile.columns[0]).target,
            Target::Text { .. }
                | Target::Category { .. }
                | Target::Integer { .. }
                | Target::Number { .. }
                | Target::Timestamp { .. }
        ));
    }
}
