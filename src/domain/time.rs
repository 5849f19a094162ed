//! The cinema's calendar. The only file that knows how instants become days and words.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

/// A cinema's day ends at this hour: a show at 00:30 belongs to the evening before.
pub const DAY_ENDS_AT_HOUR: i64 = 6;

/// The zone called `name` (IANA, such as `Europe/Berlin`), or UTC if the name is not known here.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// The business day of an instant: days run from 06:00 to 06:00 in the cinema's zone.
pub fn business_day(at: Timestamp, zone: &TimeZone) -> Date {
    let shifted = at.checked_sub(DAY_ENDS_AT_HOUR.hours()).unwrap_or(at);
    shifted.to_zoned(zone.clone()).date()
}

/// What people call today: in the small hours the day that has begun, whatever evening the cinema still counts.
pub fn today(now: Timestamp, zone: &TimeZone) -> Date {
    now.to_zoned(zone.clone()).date()
}

/// `20:15`, with `+1` after midnight when the show still belongs to the day before.
pub fn clock_words(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    let late = if local.date() == business_day(at, zone) { "" } else { "+1" };
    format!("{}{late}", local.strftime("%H:%M"))
}

/// `20:15`: the clock on the wall, for moments that belong to no evening at the cinema.
pub fn wall_clock_words(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M").to_string()
}

/// `today`, `tomorrow`, or `Wed 25`, as seen from `today`.
pub fn day_words(day: Date, today: Date) -> String {
    match today.until(day).map(|span| span.get_days()) {
        Ok(0) => "today".to_owned(),
        Ok(1) => "tomorrow".to_owned(),
        _ => day.strftime("%a %-d").to_string(),
    }
}

/// `Sunday 22 November 2026`.
pub fn long_day_words(day: Date) -> String {
    day.strftime("%A %-d %B %Y").to_string()
}

/// `Sun 22 Nov`.
pub fn short_day_words(day: Date) -> String {
    day.strftime("%a %-d %b").to_string()
}

/// RFC 3339 in the cinema's zone, with its offset: `2026-11-22T20:15:00+01:00`.
pub fn rfc3339(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// `2 h 33` or `45 min`.
pub fn runtime_words(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{m} min"),
        (h, 0) => format!("{h} h"),
        (h, m) => format!("{h} h {m:02}"),
    }
}

/// `9:41` for a countdown; zero stays zero.
pub fn countdown_words(left_ms: u64) -> String {
    let seconds = left_ms.div_ceil(1000);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_show_after_midnight_belongs_to_the_evening_before() {
        let berlin = zone("Europe/Berlin");
        let late = at("2026-11-21T23:30:00Z"); // 00:30 on the 22nd in Berlin
        assert_eq!(business_day(late, &berlin).to_string(), "2026-11-21");
        assert_eq!(clock_words(late, &berlin), "00:30+1");
        assert_eq!(clock_words(at("2026-11-22T19:15:00Z"), &berlin), "20:15");
    }

    #[test]
    fn in_the_small_hours_the_coming_afternoon_is_today() {
        let berlin = zone("Europe/Berlin");
        let today = today(at("2026-11-23T01:46:00Z"), &berlin);
        assert_eq!(day_words(business_day(at("2026-11-23T15:00:00Z"), &berlin), today), "today");
        assert_eq!(day_words(business_day(at("2026-11-23T02:30:00Z"), &berlin), today), "Sun 22");
    }

    #[test]
    fn days_are_named_as_people_say_them() {
        let today = jiff::civil::date(2026, 11, 22);
        assert_eq!(day_words(today, today), "today");
        assert_eq!(day_words(today.tomorrow().unwrap(), today), "tomorrow");
        assert_eq!(day_words(jiff::civil::date(2026, 11, 25), today), "Wed 25");
    }

    #[test]
    fn instants_are_printed_with_the_offset_of_the_cinema() {
        assert_eq!(rfc3339(at("2026-11-22T19:15:00Z"), &zone("Europe/Berlin")), "2026-11-22T20:15:00+01:00");
    }

    #[test]
    fn a_countdown_shows_the_second_that_runs() {
        assert_eq!(countdown_words(581_000), "9:41");
        assert_eq!(countdown_words(580_001), "9:41");
        assert_eq!(countdown_words(0), "0:00");
    }
}
