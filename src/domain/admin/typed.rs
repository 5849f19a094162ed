//! What those who run a cinema type: prices, and the dates and times of shows.

use crate::domain::{money::Money, text::fit};
use iso_currency::Currency;
use jiff::{
    ToSpan,
    civil::{Date, DateTime, Time, Weekday},
};

/// The most shows that are added at once.
pub const MOST_SHOWS: usize = 60;

/// The highest price of a seat, in major units.
const HIGHEST_PRICE: i64 = 100_000;

/// What is accepted as the dates and times of shows.
pub const WHEN_EXAMPLE: &str = "2026-11-24 18:30, or tomorrow 14:00 18:30";

/// Reads the price of a seat: `12.50`, `12,50` or `12`.
///
/// # Errors
/// A sentence: what is wrong and what is accepted.
pub fn price(text: &str, currency: Currency) -> Result<Money, String> {
    let digits = usize::from(currency.exponent().unwrap_or(2));
    let example = Money::new(1250 * 10_i64.pow(digits.saturating_sub(2) as u32), currency).figure();
    let text = text.trim();
    let refused = || match text {
        "" => format!("A price is needed, such as {example}."),
        _ => format!("{:?} is no price: one looks like {example}.", fit(text, 24)),
    };
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let is_figure = |part: &str| part.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || !is_figure(whole) || !is_figure(part) || part.len() > digits || text.ends_with(['.', ',']) {
        return Err(refused());
    }
    let minor: i64 = format!("{whole}{part:0<digits$}").parse().map_err(|_| refused())?;
    let highest = Money::new(HIGHEST_PRICE * 10_i64.pow(digits as u32), currency);
    match minor {
        0 => Err("A price is more than nothing.".to_owned()),
        minor if minor > highest.minor => Err(format!("A price is at most {}.", highest.figure())),
        minor => Ok(Money::new(minor, currency)),
    }
}

/// Reads a day with one or more times: `2026-11-24 18:30`, `tomorrow 14:00 18:30`, `friday 20:15`. `now` is what clocks
/// in the cinema show.
///
/// # Errors
/// A sentence: what is wrong and what is accepted.
pub fn when(text: &str, now: DateTime) -> Result<Vec<DateTime>, String> {
    let mut text = text.trim().replace(',', " ");
    // ISO 8601 has a `T` between the day and the time; `Tuesday` and `tomorrow` have one, too.
    if text.as_bytes().get(10) == Some(&b'T') {
        text.replace_range(10..11, " ");
    }
    let mut words = text.split_whitespace();
    let Some(first) = words.next() else {
        return Err(format!("A date and a time are needed: {WHEN_EXAMPLE}."));
    };
    let date = day(first, now.date())?;
    let mut found: Vec<DateTime> = Vec::new();
    for word in words {
        let at = date.to_datetime(clock(word)?);
        if at <= now {
            return Err(format!("{} is past.", words_of(at)));
        }
        if found.contains(&at) {
            return Err(format!("{} is there twice.", words_of(at)));
        }
        found.push(at);
    }
    if found.is_empty() {
        return Err(format!("{} needs a time, too: {WHEN_EXAMPLE}.", fit(first, 24)));
    }
    Ok(found)
}

/// Takes more shows into a list of them, in order.
///
/// # Errors
/// A sentence, and nothing is taken: one of them is there already, or they would be too many.
pub fn take(times: &mut Vec<DateTime>, more: &[DateTime]) -> Result<(), String> {
    if let Some(known) = more.iter().find(|at| times.contains(at)) {
        return Err(format!("{} is there already.", words_of(*known)));
    }
    if times.len() + more.len() > MOST_SHOWS {
        return Err(format!("At most {MOST_SHOWS} shows are added at once."));
    }
    times.extend(more);
    times.sort_unstable();
    Ok(())
}

/// `Tue 24 Nov 2026 18:30`.
pub fn words_of(at: DateTime) -> String {
    at.strftime("%a %-d %b %Y %H:%M").to_string()
}

fn day(word: &str, today: Date) -> Result<Date, String> {
    let weekdays = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let refused = || format!("{:?} is no day: a day is {WHEN_EXAMPLE}.", fit(word, 24));
    let word = word.to_lowercase();
    let weekday = weekdays.iter().find(|(name, _)| word.len() >= 3 && name.starts_with(&word));
    match (word.as_str(), weekday) {
        ("today", _) => Ok(today),
        ("tomorrow", _) => today.checked_add(1.day()).map_err(|_| refused()),
        (_, Some((_, weekday))) => today.nth_weekday(1, *weekday).map_err(|_| refused()),
        (date, None) if date.len() == 10 => date.parse().map_err(|_| refused()),
        _ => Err(refused()),
    }
}

fn clock(word: &str) -> Result<Time, String> {
    let refused = || format!("{:?} is no time: a time is 18:30.", fit(word, 24));
    let (hour, minute) = word.split_once(':').ok_or_else(refused)?;
    let figure = |part: &str, most: usize| -> Option<i8> {
        let fits = (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse().ok().filter(|_| fits)
    };
    match (figure(hour, 2), figure(minute, 2).filter(|_| minute.len() == 2)) {
        (Some(hour), Some(minute)) => Time::new(hour, minute, 0, 0).map_err(|_| refused()),
        _ => Err(refused()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;
    use proptest::prelude::*;

    /// Sunday 22 November 2026, 12:04.
    fn now() -> DateTime {
        datetime(2026, 11, 22, 12, 4, 0, 0)
    }

    #[test]
    fn days_and_times_are_read_as_people_write_them() {
        let at = |day, hour, minute| datetime(2026, 11, day, hour, minute, 0, 0);
        assert_eq!(when("2026-11-24 18:30", now()).unwrap(), [at(24, 18, 30)]);
        assert_eq!(when("2026-11-24T18:30", now()).unwrap(), [at(24, 18, 30)]);
        assert_eq!(when(" Tomorrow 14:00, 9:15 ", now()).unwrap(), [at(23, 14, 0), at(23, 9, 15)]);
        assert_eq!(when("today 20:15", now()).unwrap(), [at(22, 20, 15)]);
        assert_eq!(when("fri 20:15", now()).unwrap(), [at(27, 20, 15)]);
        assert_eq!(when("Tue 20:15", now()).unwrap(), [at(24, 20, 15)]);
        assert_eq!(when("sunday 20:15", now()).unwrap(), [at(29, 20, 15)], "the next one, not today");
    }

    #[test]
    fn what_is_no_day_no_time_past_or_double_is_said() {
        let error = |text: &str| when(text, now()).unwrap_err();
        assert!(error("").starts_with("A date and a time are needed: 2026-11-24"), "{}", error(""));
        assert!(error("2026-02-30 18:30").starts_with("\"2026-02-30\" is no day"), "{}", error("2026-02-30 18:30"));
        assert!(error("someday 18:30").contains("is no day"));
        assert!(error("2026-11-24").contains("needs a time, too"));
        assert_eq!(error("2026-11-24 25:00"), "\"25:00\" is no time: a time is 18:30.");
        assert_eq!(error("2026-11-24 18:3"), "\"18:3\" is no time: a time is 18:30.");
        assert_eq!(error("today 12:04"), "Sun 22 Nov 2026 12:04 is past.");
        assert_eq!(error("2025-11-24 18:30"), "Mon 24 Nov 2025 18:30 is past.");
        assert_eq!(error("tomorrow 14:00 14:00"), "Mon 23 Nov 2026 14:00 is there twice.");
    }

    #[test]
    fn a_show_is_taken_once_and_the_list_stays_in_order() {
        let mut times = when("tomorrow 18:30 14:00", now()).unwrap();
        times.sort_unstable();
        take(&mut times, &when("today 20:15", now()).unwrap()).unwrap();
        assert_eq!(
            times.iter().map(|at| words_of(*at)).collect::<Vec<_>>().join(", "),
            "Sun 22 Nov 2026 20:15, Mon 23 Nov 2026 14:00, Mon 23 Nov 2026 18:30"
        );
        let again = take(&mut times, &when("tomorrow 20:00 14:00", now()).unwrap()).unwrap_err();
        assert_eq!((again.as_str(), times.len()), ("Mon 23 Nov 2026 14:00 is there already.", 3));
    }

    #[test]
    fn prices_follow_the_currency() {
        let euros = |text: &str| price(text, Currency::EUR).map(|money| money.minor);
        assert_eq!((euros("12.50"), euros("12,5"), euros(" 12 ")), (Ok(1250), Ok(1250), Ok(1200)));
        assert_eq!(euros("12.505").unwrap_err(), "\"12.505\" is no price: one looks like 12.50.");
        assert_eq!(euros("").unwrap_err(), "A price is needed, such as 12.50.");
        assert_eq!(euros("0").unwrap_err(), "A price is more than nothing.");
        assert_eq!(euros("100000.01").unwrap_err(), "A price is at most 100000.00.");
        for wrong in ["-5", "1e3", "12.", ".5", "12.5.0", "€5", "٣"] {
            assert!(euros(wrong).is_err(), "{wrong}");
        }
        assert_eq!(price("1500", Currency::JPY).map(|money| money.minor), Ok(1500));
        assert!(price("1500.5", Currency::JPY).is_err());
        assert_eq!(price("7.5", Currency::XXX).map(|money| money.figure()), Ok("7.50".to_owned()));
    }

    proptest! {
        #[test]
        fn whatever_is_typed_has_an_answer(text: String) {
            let _ = (when(&text, now()), price(&text, Currency::EUR));
        }
    }
}
