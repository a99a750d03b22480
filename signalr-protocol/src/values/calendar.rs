//! The Gregorian calendar, for the years 1 to 9999.

/// Days from 1 January 1 to 1 January 1970.
const EPOCH: i64 = 719_162;

/// The day of a date since 1970; nothing where there is no such date.
pub(super) fn day(year: i64, month: i64, day: i64) -> Option<i64> {
    let in_range = (1..=9_999).contains(&year) && (1..=12).contains(&month);
    if !in_range || day < 1 || day > month_len(year, month) {
        return None;
    }
    let months: i64 = (1..month).map(|month| month_len(year, month)).sum();
    Some(days_before(year) + months + day - 1 - EPOCH)
}

/// Year, month and day of a day since 1970.
pub(super) fn date(day: i64) -> (i64, i64, i64) {
    let day = day + EPOCH;
    // At most one too few: no year has more days than this.
    let mut year = day / 366 + 1;
    while days_before(year + 1) <= day {
        year += 1;
    }
    let mut rest = day - days_before(year);
    let mut month = 1;
    while rest >= month_len(year, month) {
        rest -= month_len(year, month);
        month += 1;
    }
    (year, month, rest + 1)
}

/// Days from 1 January 1 to 1 January of that year.
const fn days_before(year: i64) -> i64 {
    let years = year - 1;
    years * 365 + years / 4 - years / 100 + years / 400
}

const fn month_len(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
