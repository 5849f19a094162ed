//! Money: integer minor units and an ISO 4217 currency. No floating point anywhere.

use iso_currency::Currency;
use serde::{Deserialize, Serialize};

/// An amount of money, such as 12.50 €: `minor` = 1250, `currency` = EUR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// The amount in the currency's smallest unit; negative for money given back.
    pub minor: i64,
    pub currency: Currency,
}

/// The JSON form: `{"minor":1250,"currency":"EUR"}`.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(as = Money))]
pub struct MoneyForm {
    minor: i64,
    /// ISO 4217 letters.
    currency: String,
}

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        MoneyForm { minor: self.minor, currency: self.currency.code().to_owned() }.serialize(s)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let form = MoneyForm::deserialize(d)?;
        let currency = Currency::from_code(&form.currency).ok_or_else(|| {
            serde::de::Error::custom(format!("currency {:?} is not an ISO 4217 code such as \"EUR\"", form.currency))
        })?;
        Ok(Money { minor: form.minor, currency })
    }
}

#[cfg(feature = "server")]
impl utoipa::PartialSchema for Money {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        MoneyForm::schema()
    }
}

#[cfg(feature = "server")]
impl utoipa::ToSchema for Money {
    fn name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }
}

impl Money {
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Digits after the decimal mark: 2 for EUR, 0 for JPY, 3 for KWD (ISO 4217).
    pub fn exponent(&self) -> u32 {
        u32::from(self.currency.exponent().unwrap_or(2))
    }

    /// The sum, or `None` if the currencies differ or the amount would overflow.
    pub fn plus(&self, other: Money) -> Option<Money> {
        if self.currency != other.currency {
            return None;
        }
        Some(Money { minor: self.minor.checked_add(other.minor)?, ..*self })
    }

    /// The sum of many amounts in one currency; `None` if there are none, one is not known, they differ, or the sum
    /// overflows.
    pub fn sum(amounts: impl IntoIterator<Item = impl Into<Option<Money>>>) -> Option<Money> {
        let mut amounts = amounts.into_iter().map(Into::into);
        let first = amounts.next()??;
        amounts.try_fold(first, |sum, next| sum.plus(next?))
    }

    /// The amount without a currency: `12.50`, `1500`, `0.005`.
    pub fn figure(&self) -> String {
        let digits = self.exponent() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let plain = self.minor.unsigned_abs().to_string();
        if digits == 0 {
            return format!("{sign}{plain}");
        }
        let padded = format!("{plain:0>width$}", width = digits + 1);
        let (whole, part) = padded.split_at(padded.len() - digits);
        format!("{sign}{whole}.{part}")
    }

    /// Whether nobody has said which currency it is in: ISO 4217's `XXX`.
    pub fn is_of_unknown_currency(&self) -> bool {
        self.currency == Currency::XXX
    }

    /// For people: `12.50 €`, or `12.50 EUR` where only ASCII can be shown.
    pub fn words(&self, glyphs: Glyphs) -> String {
        if self.is_of_unknown_currency() {
            return self.figure();
        }
        let symbol = self.currency.symbol().to_string();
        let usable = glyphs == Glyphs::Unicode && symbol.chars().count() <= 3;
        format!("{} {}", self.figure(), if usable { symbol.as_str() } else { self.currency.code() })
    }
}

/// What stands for a price that the server tells at the checkout only.
pub const AT_CHECKOUT: &str = "price shown at checkout";

/// An amount for people, or what stands for it while it is not known.
pub fn words_of(amount: Option<Money>, glyphs: Glyphs) -> String {
    amount.map_or_else(|| AT_CHECKOUT.to_owned(), |amount| amount.words(glyphs))
}

/// Which characters may be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Glyphs {
    #[default]
    Unicode,
    Ascii,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_follow_the_exponent_of_the_currency() {
        let cases = [
            (1250, Currency::EUR, "12.50"),
            (5, Currency::EUR, "0.05"),
            (-5, Currency::EUR, "-0.05"),
            (1500, Currency::JPY, "1500"),
            (5, Currency::KWD, "0.005"),
        ];
        for (minor, currency, figure) in cases {
            assert_eq!(Money::new(minor, currency).figure(), figure);
        }
    }

    #[test]
    fn different_currencies_do_not_add_up() {
        assert_eq!(Money::new(1, Currency::EUR).plus(Money::new(1, Currency::USD)), None);
        assert_eq!(Money::new(i64::MAX, Currency::EUR).plus(Money::new(1, Currency::EUR)), None);
    }

    #[test]
    fn json_is_minor_units_and_a_code_and_nothing_else_is_accepted() {
        let money = Money::new(1250, Currency::EUR);
        let json = serde_json::to_string(&money).unwrap();
        assert_eq!(json, r#"{"minor":1250,"currency":"EUR"}"#);
        assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
        let error = serde_json::from_str::<Money>(r#"{"minor":1,"currency":"XQQ"}"#).unwrap_err().to_string();
        assert!(error.contains("ISO 4217"), "{error}");
    }
}
