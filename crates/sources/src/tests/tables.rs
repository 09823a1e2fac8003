//! Made-up tables of labelled customers.

use super::Lcg;

/// A subscription business: who leaves depends on the contract and the months
/// stayed; flags do not matter.
pub(super) fn subscribers(seed: u64, count: u64, names: [&str; 9]) -> String {
    let mut random = Lcg(seed);
    let mut text = names.join(",") + "\n";
    for i in 0..count {
        let contract = ["Month-to-month", "One year", "Two year"][random.below(3) as usize];
        let months = random.below(72);
        let charge = 1_800 + random.below(9_000);
        let risk = if contract == "Month-to-month" {
            0.55
        } else {
            0.1
        } * (1.0 - months as f64 / 90.0)
            + charge as f64 / 60_000.0;
        let left = random.unit() < risk;
        let flag = |random: &mut Lcg| if random.below(2) == 0 { "Yes" } else { "No" };
        let (a, b) = (flag(&mut random), flag(&mut random));
        let gender = ["Male", "Female"][random.below(2) as usize];
        let total = if months == 0 {
            " ".to_owned()
        } else {
            format!("{:.2}", (charge * months) as f64 / 100.0)
        };
        text.push_str(&format!(
            "{:04}-{}{}XQ,{gender},{a},{months},{contract},{}.{:02},{total},{b},{}\n",
            1_000 + i * 7_919 % 9_000,
            (b'A' + (i / 9_000) as u8) as char,
            (b'A' + (i % 26) as u8) as char,
            charge / 100,
            charge % 100,
            if left { "Yes" } else { "No" },
        ));
    }
    text
}

/// The columns of [`subscribers`] as a business would call them.
pub(super) const PLAIN: [&str; 9] = [
    "customerID",
    "gender",
    "Partner",
    "tenure",
    "Contract",
    "MonthlyCharges",
    "TotalCharges",
    "PaperlessBilling",
    "Churn",
];
