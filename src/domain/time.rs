//! The cinema's calendar. The only file that knows how instants become days and words.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

/// A cinema's day ends at this hour: a show at 00:30 belongs to the evening before.
pub const DAY_ENDS_AT_HOUR: i64 = 6;

/// How a cinema counts its days.
#[derive(Clone, Debug, PartialEq)]
pub struct Calendar {
    pub zone: TimeZone,
    pub days: Days,
}

/// See [`Calendar`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Days {
    /// From 06:00 to 06:00, as cinemas do.
    #[default]
    Business,
    /// From midnight to midnight.
    Midnight,
}

impl From<TimeZone> for Calendar {
    /// A cinema's usual one.
    fn from(zone: TimeZone) -> Self {
        Self { zone, days: Days::Business }
    }
}

/// The zone called `name` (IANA, such as `Europe/Berlin`), or UTC if the name is not known here.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// The day that a show at this instant belongs to.
pub fn business_day(at: Timestamp, calendar: &Calendar) -> Date {
    let begun = match calendar.days {
        Days::Business => at.checked_sub(DAY_ENDS_AT_HOUR.hours()).unwrap_or(at),
        Days::Midnight => at,
    };
    begun.to_zoned(calendar.zone.clone()).date()
}

/// What people call today: in the small hours the day that has begun, whatever evening the cinema still counts.
pub fn today(now: Timestamp, calendar: &Calendar) -> Date {
    now.to_zoned(calendar.zone.clone()).date()
}

/// `20:15`, with `+1` after midnight when the show still belongs to the day before.
pub fn clock_words(at: Timestamp, calendar: &Calendar) -> String {
    let local = at.to_zoned(calendar.zone.clone());
    let late = if local.date() == business_day(at, calendar) { "" } else { "+1" };
    format!("{}{late}", local.strftime("%H:%M"))
}

/// `20:15`: the clock on the wall, for moments that belong to no evening at the cinema.
pub fn wall_clock_words(at: Timestamp, calendar: &Calendar) -> String {
    at.to_zoned(calendar.zone.clone()).strftime("%H:%M").to_string()
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
pub fn rfc3339(at: Timestamp, calendar: &Calendar) -> String {
    at.to_zoned(calendar.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
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
        let berlin = Calendar::from(zone("Europe/Berlin"));
        let late = at("2026-11-21T23:30:00Z"); // 00:30 on the 22nd in Berlin
        assert_eq!(business_day(late, &berlin).to_string(), "2026-11-21");
        assert_eq!(clock_words(late, &berlin), "00:30+1");
        assert_eq!(clock_words(at("2026-11-22T19:15:00Z"), &berlin), "20:15");
        let midnight = Calendar { days: Days::Midnight, ..berlin };
        assert_eq!(business_day(late, &midnight).to_string(), "2026-11-22");
        assert_eq!(clock_words(late, &midnight), "00:30");
    }

    #[test]
    fn in_the_small_hours_the_coming_afternoon_is_today() {
        let berlin = Calendar::from(zone("Europe/Berlin"));
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
        assert_eq!(rfc3339(at("2026-11-22T19:15:00Z"), &zone("Europe/Berlin").into()), "2026-11-22T20:15:00+01:00");
    }

    #[test]
    fn a_countdown_shows_the_second_that_runs() {
        assert_eq!(countdown_words(581_000), "9:41");
        assert_eq!(countdown_words(580_001), "9:41");
        assert_eq!(countdown_words(0), "0:00");
    }
}
