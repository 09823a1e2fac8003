//! How countries number: calling code, the prefix dialled within the country,
//! how long a number is without either.
//!
//! Own table of public facts (ITU-T E.164 and the national plans), for the
//! countries most customers are of. What is not in it is held to E.164's own
//! bounds. Lengths are the plan's, not a register: a number that fits may still
//! never have been given out.

/// How one country numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// ISO 3166-1, capital letters.
    pub country: [u8; 2],
    /// Calling code.
    pub code: &'static str,
    /// Prefix dialled within the country, empty where there is none.
    pub trunk: &'static str,
    /// Shortest and longest number without code and prefix.
    pub digits: (usize, usize),
}

const fn plan(
    country: &[u8; 2],
    code: &'static str,
    trunk: &'static str,
    low: usize,
    high: usize,
) -> Plan {
    Plan {
        country: *country,
        code,
        trunk,
        digits: (low, high),
    }
}

/// Every plan known; of countries that share a code the first speaks for it.
pub const PLANS: &[Plan] = &[
    plan(b"CN", "86", "0", 10, 11),
    plan(b"HK", "852", "", 8, 8),
    plan(b"MO", "853", "", 8, 8),
    plan(b"TW", "886", "0", 8, 9),
    plan(b"US", "1", "1", 10, 10),
    plan(b"CA", "1", "1", 10, 10),
    plan(b"GB", "44", "0", 9, 10),
    plan(b"IE", "353", "0", 7, 9),
    plan(b"DE", "49", "0", 6, 13),
    plan(b"AT", "43", "0", 6, 13),
    plan(b"CH", "41", "0", 9, 9),
    plan(b"FR", "33", "0", 9, 9),
    plan(b"BE", "32", "0", 8, 9),
    plan(b"NL", "31", "0", 9, 9),
    plan(b"LU", "352", "", 5, 11),
    plan(b"ES", "34", "", 9, 9),
    plan(b"PT", "351", "", 9, 9),
    // Italy keeps the 0 of fixed lines.
    plan(b"IT", "39", "", 6, 11),
    plan(b"SE", "46", "0", 7, 10),
    plan(b"NO", "47", "", 8, 8),
    plan(b"DK", "45", "", 8, 8),
    plan(b"FI", "358", "0", 5, 12),
    plan(b"PL", "48", "", 9, 9),
    plan(b"CZ", "420", "", 9, 9),
    plan(b"SK", "421", "0", 9, 9),
    plan(b"HU", "36", "06", 8, 9),
    plan(b"RO", "40", "0", 9, 9),
    plan(b"GR", "30", "", 10, 10),
    plan(b"UA", "380", "0", 9, 9),
    plan(b"RU", "7", "8", 10, 10),
    plan(b"KZ", "7", "8", 10, 10),
    plan(b"TR", "90", "0", 10, 10),
    plan(b"IL", "972", "0", 8, 9),
    plan(b"SA", "966", "0", 8, 9),
    plan(b"AE", "971", "0", 8, 9),
    plan(b"EG", "20", "0", 8, 10),
    plan(b"ZA", "27", "0", 9, 9),
    plan(b"NG", "234", "0", 7, 10),
    plan(b"KE", "254", "0", 9, 9),
    plan(b"MA", "212", "0", 9, 9),
    plan(b"IN", "91", "0", 10, 10),
    plan(b"PK", "92", "0", 9, 10),
    plan(b"BD", "880", "0", 8, 10),
    plan(b"ID", "62", "0", 7, 12),
    plan(b"MY", "60", "0", 8, 10),
    plan(b"SG", "65", "", 8, 8),
    plan(b"TH", "66", "0", 8, 9),
    plan(b"VN", "84", "0", 9, 10),
    plan(b"PH", "63", "0", 8, 10),
    plan(b"JP", "81", "0", 9, 10),
    plan(b"KR", "82", "0", 8, 10),
    plan(b"AU", "61", "0", 9, 9),
    plan(b"NZ", "64", "0", 8, 10),
    plan(b"BR", "55", "0", 10, 11),
    plan(b"MX", "52", "", 10, 10),
    plan(b"AR", "54", "0", 10, 11),
    plan(b"CL", "56", "", 9, 9),
    plan(b"CO", "57", "", 10, 10),
    plan(b"PE", "51", "0", 8, 9),
];

/// The plan of a country, where it is known.
pub fn plan_of(country: [u8; 2]) -> Option<&'static Plan> {
    PLANS.iter().find(|plan| plan.country == country)
}

/// The plan a number in international form falls under, where it is known.
pub fn plan_of_number(digits: &str) -> Option<&'static Plan> {
    let code = code_of(digits)?;
    PLANS.iter().find(|plan| plan.code == code)
}

/// What is dialled before a country code.
pub fn international_prefix(country: Option<[u8; 2]>) -> &'static str {
    match country.as_ref() {
        Some(b"US" | b"CA") => "011",
        Some(b"AU") => "0011",
        Some(b"JP") => "010",
        Some(b"RU" | b"KZ") => "810",
        _ => "00",
    }
}

/// The calling code that digits begin with: codes are prefix-free, so the first
/// two digits say how long it is. `None` where no zone of E.164 begins so.
pub fn code_of(digits: &str) -> Option<&str> {
    let bytes = digits.as_bytes();
    let length = match (bytes.first()?, bytes.get(1)?) {
        (b'1' | b'7', _) => 1,
        (b'2', b'0' | b'7')
        | (b'3', b'0'..=b'4' | b'6' | b'9')
        | (b'4', b'0' | b'1' | b'3'..=b'9')
        | (b'5', b'1'..=b'8')
        | (b'6', b'0'..=b'6')
        | (b'8', b'1' | b'2' | b'4' | b'6')
        | (b'9', b'0'..=b'5' | b'8') => 2,
        (b'0', _) | (b'2', b'8') | (b'8', b'3' | b'9') => return None,
        _ => 3,
    };
    digits.get(..length)
}
