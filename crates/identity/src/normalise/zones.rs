//! The country of a time zone: own table of public facts, for the countries
//! whose numbering is known.

/// Zones by country, by their IANA names.
#[rustfmt::skip] // one country a line
const ZONES: &[(&[u8; 2], &[&str])] = &[
    (b"AE", &["Asia/Dubai"]),
    (b"AR", &["America/Argentina/Buenos_Aires", "America/Argentina/Cordoba", "America/Buenos_Aires"]),
    (b"AT", &["Europe/Vienna"]),
    (b"AU", &["Australia/Sydney", "Australia/Melbourne", "Australia/Brisbane", "Australia/Perth", "Australia/Adelaide", "Australia/Hobart", "Australia/Darwin"]),
    (b"BD", &["Asia/Dhaka"]),
    (b"BE", &["Europe/Brussels"]),
    (b"BR", &["America/Sao_Paulo", "America/Bahia", "America/Fortaleza", "America/Manaus", "America/Recife"]),
    (b"CA", &["America/Toronto", "America/Vancouver", "America/Edmonton", "America/Winnipeg", "America/Halifax", "America/Montreal", "America/Regina", "America/St_Johns"]),
    (b"CH", &["Europe/Zurich"]),
    (b"CL", &["America/Santiago"]),
    (b"CN", &["Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Harbin", "PRC"]),
    (b"CO", &["America/Bogota"]),
    (b"CZ", &["Europe/Prague"]),
    (b"DE", &["Europe/Berlin", "Europe/Busingen"]),
    (b"DK", &["Europe/Copenhagen"]),
    (b"EG", &["Africa/Cairo"]),
    (b"ES", &["Europe/Madrid", "Atlantic/Canary", "Africa/Ceuta"]),
    (b"FI", &["Europe/Helsinki"]),
    (b"FR", &["Europe/Paris"]),
    (b"GB", &["Europe/London", "Europe/Belfast", "GB"]),
    (b"GR", &["Europe/Athens"]),
    (b"HK", &["Asia/Hong_Kong", "Hongkong"]),
    (b"HU", &["Europe/Budapest"]),
    (b"ID", &["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Asia/Pontianak"]),
    (b"IE", &["Europe/Dublin"]),
    (b"IL", &["Asia/Jerusalem", "Asia/Tel_Aviv"]),
    (b"IN", &["Asia/Kolkata", "Asia/Calcutta"]),
    (b"IT", &["Europe/Rome"]),
    (b"JP", &["Asia/Tokyo", "Japan"]),
    (b"KE", &["Africa/Nairobi"]),
    (b"KR", &["Asia/Seoul", "ROK"]),
    (b"KZ", &["Asia/Almaty", "Asia/Aqtau", "Asia/Aqtobe", "Asia/Qyzylorda"]),
    (b"LU", &["Europe/Luxembourg"]),
    (b"MA", &["Africa/Casablanca"]),
    (b"MO", &["Asia/Macau"]),
    (b"MX", &["America/Mexico_City", "America/Monterrey", "America/Tijuana", "America/Cancun"]),
    (b"MY", &["Asia/Kuala_Lumpur", "Asia/Kuching"]),
    (b"NG", &["Africa/Lagos"]),
    (b"NL", &["Europe/Amsterdam"]),
    (b"NO", &["Europe/Oslo"]),
    (b"NZ", &["Pacific/Auckland", "NZ"]),
    (b"PE", &["America/Lima"]),
    (b"PH", &["Asia/Manila"]),
    (b"PK", &["Asia/Karachi"]),
    (b"PL", &["Europe/Warsaw", "Poland"]),
    (b"PT", &["Europe/Lisbon", "Atlantic/Azores", "Atlantic/Madeira", "Portugal"]),
    (b"RO", &["Europe/Bucharest"]),
    (b"RU", &["Europe/Moscow", "Europe/Kaliningrad", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Novosibirsk", "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok"]),
    (b"SA", &["Asia/Riyadh"]),
    (b"SE", &["Europe/Stockholm"]),
    (b"SG", &["Asia/Singapore", "Singapore"]),
    (b"SK", &["Europe/Bratislava"]),
    (b"TH", &["Asia/Bangkok"]),
    (b"TR", &["Europe/Istanbul", "Asia/Istanbul", "Turkey"]),
    (b"TW", &["Asia/Taipei", "ROC"]),
    (b"UA", &["Europe/Kyiv", "Europe/Kiev"]),
    (b"US", &["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix", "America/Detroit", "America/Boise", "America/Anchorage", "Pacific/Honolulu", "America/Indiana/Indianapolis", "US/Eastern", "US/Central", "US/Mountain", "US/Pacific"]),
    (b"VN", &["Asia/Ho_Chi_Minh", "Asia/Saigon"]),
    (b"ZA", &["Africa/Johannesburg"]),
];

/// The country (ISO 3166-1) that an IANA time zone lies in, where one is known.
pub fn country_of_time_zone(zone: &str) -> Option<[u8; 2]> {
    let found = ZONES.iter().find(|(_, zones)| zones.contains(&zone));
    found.map(|(country, _)| **country)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::knows_country;

    #[test]
    fn zones_lie_in_countries_whose_numbering_is_known_and_in_one_each() {
        let mut seen = std::collections::BTreeSet::new();
        for (country, zones) in ZONES {
            assert!(knows_country(**country), "{country:?}");
            assert!(zones.iter().all(|zone| seen.insert(*zone)), "{zones:?}");
        }
        assert_eq!(country_of_time_zone("Asia/Shanghai"), Some(*b"CN"));
        assert_eq!(country_of_time_zone("Europe/London"), Some(*b"GB"));
        assert_eq!(country_of_time_zone("UTC"), None);
    }
}
