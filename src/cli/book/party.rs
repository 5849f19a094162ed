//! The options of `book` that say what a party wants.

use crate::domain::{
    cinema::Cinema,
    failure::{Failure, FailureKind},
    money::Money,
    seating::{best::Rung, party::Party},
};
use clap::{Args, ValueEnum};
use iso_currency::Currency;
use std::collections::BTreeMap;

#[derive(Args, Debug)]
pub struct PartyArgs {
    /// The best seats together for this many people
    #[arg(long, value_name = "N", value_parser = party_size, allow_negative_numbers = true)]
    party: Option<u16>,
    /// Only seats of this category
    #[arg(long, value_name = "NAME", requires = "party")]
    category: Option<String>,
    /// Only seats of this section
    #[arg(long, value_name = "NAME", requires = "party")]
    section: Option<String>,
    /// Only seats of this row
    #[arg(long, value_name = "ROW", requires = "party")]
    row: Option<String>,
    /// Only seats that cost this much at most, such as 12.50
    #[arg(long, value_name = "PRICE", requires = "party", allow_negative_numbers = true)]
    max_price: Option<String>,
    /// How many of the party need a wheelchair space; each gets a companion place beside it
    #[arg(long, value_name = "N", requires = "party")]
    wheelchairs: Option<u16>,
    /// Tickets of other types than the usual one, such as adult=2,child=1
    #[arg(long, value_name = "TYPE=N", requires = "party", value_delimiter = ',', value_parser = ticket)]
    tickets: Vec<(String, u32)>,
    /// How far apart they may sit at most: L1 (one row, together) to L7 (anywhere) [default: L6]
    #[arg(long, value_enum, ignore_case = true, requires = "party")]
    max_rung: Option<MaxRung>,
}

/// What is too many is decided by the cinema.
fn party_size(text: &str) -> Result<u16, &'static str> {
    text.parse().ok().filter(|party| *party > 0).ok_or("a party is 1 to 20")
}

fn ticket(text: &str) -> Result<(String, u32), &'static str> {
    let parsed = text.split_once('=').and_then(|(kind, count)| Some((kind.trim(), count.trim().parse().ok()?)));
    let (kind, count) = parsed.filter(|(kind, _)| !kind.is_empty()).ok_or("write TYPE=N, such as adult=2,child=1")?;
    Ok((kind.to_owned(), count))
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "verbatim")]
enum MaxRung {
    L1,
    L2,
    L3,
    L4,
    L5,
    L6,
    L7,
}

impl From<MaxRung> for Rung {
    fn from(rung: MaxRung) -> Self {
        match rung {
            MaxRung::L1 => Self::L1,
            MaxRung::L2 => Self::L2,
            MaxRung::L3 => Self::L3,
            MaxRung::L4 => Self::L4,
            MaxRung::L5 => Self::L5,
            MaxRung::L6 => Self::L6,
            MaxRung::L7 => Self::L7,
        }
    }
}

impl PartyArgs {
    /// The party, if the command asks for one.
    pub fn party(&self, cinema: &Cinema) -> Result<Option<Party>, Failure> {
        let Some(size) = self.party else { return Ok(None) };
        let mut tickets = BTreeMap::new();
        for (kind, count) in &self.tickets {
            if tickets.insert(kind.clone(), *count).is_some() {
                let why = format!("--tickets names {kind:?} twice; name each type once");
                return Err(Failure::new(FailureKind::Input, "usage", why));
            }
        }
        Ok(Some(Party {
            size: u32::from(size),
            wheelchairs: u32::from(self.wheelchairs.unwrap_or(0)),
            tickets,
            category: self.category.clone(),
            section: self.section.clone(),
            row: self.row.clone(),
            max_price: self.max_price.as_deref().map(|text| minor_units(text, cinema)).transpose()?,
            needs: Vec::new(),
            max_rung: self.max_rung.map(Rung::from),
        }))
    }
}

/// A price as people write it, `12` or `12.50`, in the smallest units of the cinema's currency.
fn minor_units(text: &str, cinema: &Cinema) -> Result<u32, Failure> {
    let currency = Currency::from_code(&cinema.currency);
    let digits = currency.map_or(2, |currency| Money::new(0, currency).exponent()) as usize;
    let parse = || {
        let (whole, part) = text.trim().split_once(['.', ',']).unwrap_or((text.trim(), ""));
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(part) || part.len() > digits {
            return None;
        }
        format!("{whole}{part:0<digits$}").parse().ok()
    };
    parse().ok_or_else(|| {
        let why = format!("--max-price is {text:?}; write a price in {}, such as 12 or 12.50", cinema.currency);
        Failure::new(FailureKind::Input, "usage", why)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cinema(currency: &str) -> Cinema {
        serde_json::from_value(serde_json::json!({
            "name": "C", "timezone": "UTC", "currency": currency, "demo": true, "max_seats": 20
        }))
        .unwrap()
    }

    #[test]
    fn a_price_is_read_in_the_units_of_the_currency() {
        for (text, currency, minor) in [
            ("12", "EUR", 1200),
            ("12.5", "EUR", 1250),
            ("12,50", "EUR", 1250),
            ("0.99", "EUR", 99),
            ("900", "JPY", 900),
            ("1.234", "KWD", 1234),
        ] {
            assert_eq!(minor_units(text, &cinema(currency)), Ok(minor), "{text} {currency}");
        }
        for (text, currency) in
            [("", "EUR"), ("-1", "EUR"), ("1.234", "EUR"), ("1.5", "JPY"), ("cheap", "EUR"), ("9999999999", "EUR")]
        {
            assert!(minor_units(text, &cinema(currency)).is_err(), "{text} {currency}");
        }
    }
}
