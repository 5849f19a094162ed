//! The data of one answer, taken as it comes: keys under several names, numbers as text, what is missing as absent.
//! Nothing here fails and nothing is trusted.

use crate::domain::{
    money::Money,
    text::{Text, clean},
};
use iso_currency::Currency;
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;

/// One answer that is JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer(pub Value);

/// How these servers spell that it went well.
const FLAGS: [&str; 3] = ["success", "succes", "sucess"];
/// How they spell why it did not.
const MESSAGES: [&str; 4] = ["message", "messsage", "error", "msg"];
/// The longest id taken, in bytes.
const MAX_ID: usize = 128;

impl Answer {
    /// Whether the server says that it went well; `None` if it does not say it in a way known here.
    pub fn says(&self) -> Option<bool> {
        FLAGS.iter().find_map(|flag| self.0.get(flag)).and_then(|flag| match flag {
            Value::Bool(says) => Some(*says),
            Value::String(says) => Some(says.eq_ignore_ascii_case("true")),
            _ => None,
        })
    }

    /// The server's own words, not cleaned.
    pub fn message(&self) -> Option<String> {
        let said = |value: &Value| match value {
            Value::String(words) if !words.trim().is_empty() => Some(words.clone()),
            Value::Object(inner) => inner.get("message").and_then(Value::as_str).map(str::to_owned),
            _ => None,
        };
        MESSAGES.iter().chain(&["data"]).find_map(|key| self.0.get(key).and_then(said))
    }

    /// The first of these that is there and not null: as it is named, or below `data`, where some servers put
    /// everything.
    pub fn part(&self, names: &[&str]) -> Option<&Value> {
        part(&self.0, names).or_else(|| part(self.0.get("data")?, names))
    }

    /// The elements of the first of these lists that is there, also of one that is `data` itself or the whole answer,
    /// without those that are null. `None`: there is no such list.
    pub fn list(&self, names: &[&str]) -> Option<Vec<&Value>> {
        let whole = || self.0.is_array().then_some(&self.0);
        let list =
            self.find_list(names).or_else(|| self.0.get("data").filter(|data| data.is_array())).or_else(whole)?;
        Some(elements(list))
    }

    fn find_list(&self, names: &[&str]) -> Option<&Value> {
        let below = |value: &'_ Value, name: &str| value.get(name).is_some_and(Value::is_array);
        let here = names.iter().find(|name| below(&self.0, name)).and_then(|name| self.0.get(name));
        here.or_else(|| {
            let data = self.0.get("data")?;
            names.iter().find(|name| below(data, name)).and_then(|name| data.get(name))
        })
    }
}

/// The first of these keys that is there and not null.
pub fn part<'v>(value: &'v Value, names: &[&str]) -> Option<&'v Value> {
    names.iter().find_map(|name| value.get(name).filter(|part| !part.is_null()))
}

/// The elements of a list that are not null; none of what is no list.
pub fn elements(value: &Value) -> Vec<&Value> {
    value.as_array().map(|list| list.iter().filter(|element| !element.is_null()).collect()).unwrap_or_default()
}

/// Text of the first of these keys that has any, cleaned; a number is text, too.
pub fn text(value: &Value, names: &[&str]) -> Text {
    names.iter().find_map(|name| value.get(name).map(words).filter(|text| !text.is_empty())).unwrap_or_default()
}

/// A text or number as text, cleaned; empty for anything else.
pub fn words(value: &Value) -> Text {
    match value {
        Value::String(text) => Text::new(text.trim()),
        Value::Number(number) => Text::new(&number.to_string()),
        _ => Text::default(),
    }
}

/// An id: text, a number, `{"$oid": …}`, or the thing itself with its `id` or `_id`. `None` for one that could not be
/// part of a path.
pub fn id(value: &Value) -> Option<String> {
    let id = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Object(_) => {
            let inner = part(value, &["$oid", "id", "_id"])?;
            // No deeper than one level more: an answer may be nested without end.
            return if inner.is_object() {
                inner.get("$oid").filter(|it| it.is_string()).and_then(id)
            } else {
                id(inner)
            };
        }
        _ => return None,
    };
    let usable = !id.is_empty() && id.len() <= MAX_ID && id != "." && id != ".." && clean(&id, MAX_ID) == id;
    usable.then_some(id)
}

/// Whether it is so, also as text or number.
pub fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        Value::Number(number) => number.as_i64().map(|number| number != 0),
        _ => None,
    }
}

/// A whole number that is not negative, also as text or with a fraction, which is dropped.
pub fn count(value: &Value) -> Option<u64> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    if !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    whole.parse().ok()
}

/// An opinion of 0 to 10, also as text; `None` for 0, which stands for none at all.
pub fn rating(value: &Value) -> Option<f32> {
    let rating: f32 = match value {
        Value::Number(number) => number.as_f64()? as f32,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    (rating > 0.0 && rating <= 10.0).then_some(rating)
}

/// An amount in the major unit of a currency, read from its decimal digits: `10.5` of euros is 1050 cents. What a
/// server's floating point left behind the smallest unit is rounded away.
pub fn money(value: &Value, currency: Currency) -> Option<Money> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        Value::Object(inner) => inner.get("$numberDecimal")?.as_str()?.to_owned(),
        _ => return None,
    };
    let (negative, digits) = text.strip_prefix('-').map_or((false, text.as_str()), |digits| (true, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(part) {
        return None;
    }
    let exponent = Money::new(0, currency).exponent() as usize;
    let kept: String = part.chars().chain(std::iter::repeat('0')).take(exponent).collect();
    let minor: i64 = format!("{whole}{kept}").parse().ok()?;
    let up = i64::from(part.as_bytes().get(exponent).is_some_and(|digit| *digit >= b'5'));
    let minor = minor.checked_add(up)?;
    Some(Money::new(if negative { -minor } else { minor }, currency))
}

/// A moment: RFC 3339, the same without an offset (UTC, as these servers run in it), milliseconds since 1970, or
/// MongoDB's `{"$date": …}`.
pub fn instant(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => {
            let text = text.trim();
            let utc = |time: DateTime| time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
            text.parse().ok().or_else(|| text.parse::<DateTime>().ok().and_then(utc))
        }
        Value::Number(number) => Timestamp::from_millisecond(number.as_i64()?).ok(),
        Value::Object(inner) => inner.get("$date").filter(|date| !date.is_object()).and_then(instant),
        _ => None,
    }
}

/// When a MongoDB id was made: its first four bytes are seconds since 1970.
pub fn made_at(id: &str) -> Option<Timestamp> {
    if id.len() != 24 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let seconds = i64::from_str_radix(&id[..8], 16).ok()?;
    Timestamp::UNIX_EPOCH.checked_add(SignedDuration::from_secs(seconds)).ok()
}

/// Whether a body is a web page.
pub fn is_page(text: &str) -> bool {
    let start = text.trim_start().get(..15).unwrap_or(text.trim_start()).to_lowercase();
    start.starts_with("<!doctype") || start.starts_with("<html") || start.starts_with('<')
}

/// What an error page says: the first line of what it sets as `<pre>`, else its title; of plain text the first line.
/// Cleaned and short.
pub fn said_in_page(text: &str) -> String {
    let within = |open: &str, close: &str| {
        let (_, rest) = text.split_once(open)?;
        Some(rest.split_once(close).map_or(rest, |(inside, _)| inside))
    };
    let said = match is_page(text) {
        true => within("<pre>", "</pre>").or_else(|| within("<title>", "</title>")).unwrap_or_default(),
        false if text.trim_start().starts_with(['{', '[']) => "",
        false => text,
    };
    let first = said.split(['\n', '\r']).find(|line| !line.trim().is_empty()).unwrap_or_default();
    let first = first.split("<br").next().unwrap_or_default().trim();
    let plain = first.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">");
    clean(&plain.replace("&nbsp;", " ").replace("&amp;", "&"), 120)
}
