//! What the QR code of a ticket carries: `CT1.` and Base45 of 31 bytes of facts and their Ed25519 signature. At most
//! 151 characters of the QR alphanumeric set, which fits version 5-L and so a whole code fits a terminal.

use super::records::Record;
use crate::server::{keys::Keys, problem::Refusal};
use sha2::{Digest, Sha256};

const VERSION: u8 = 1;
const KEY: u8 = 1;
/// In place of a seat: the ticket admits to all seats of its booking.
const ALL_SEATS: [u8; 3] = [0xff; 3];
const ADMISSION: u8 = 1;
const REVISION: u8 = 1;
/// Doors open this long before the show, in seconds.
const DOORS: i64 = 2 * 60 * 60;
/// RFC 9285.
const BASE45: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// The ticket for all seats of a booking.
pub fn of_booking(keys: &Keys, record: &Record) -> Result<String, Refusal> {
    let seconds = |ms: i64| u32::try_from(ms / 1000).map_err(Refusal::internal);
    let mut payload = vec![VERSION, KEY];
    payload.extend(record.show.to_be_bytes());
    payload.extend(&Sha256::digest(record.id.as_bytes())[..8]);
    payload.extend(ALL_SEATS);
    payload.push(ADMISSION);
    payload.extend(seconds(record.starts_at - DOORS * 1000)?.to_be_bytes());
    payload.extend(seconds(record.ends_at)?.to_be_bytes());
    payload.push(REVISION);
    let signature = keys.sign_ticket(&payload)?;
    payload.extend(signature);
    Ok(format!("CT1.{}", base45(&payload)))
}

fn base45(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3 / 2 + 1);
    for pair in bytes.chunks(2) {
        let (mut value, digits) = match *pair {
            [high, low] => (usize::from(high) << 8 | usize::from(low), 3),
            [single] => (usize::from(single), 2),
            _ => continue,
        };
        for _ in 0..digits {
            text.push(char::from(BASE45[value % 45]));
            value /= 45;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base45;

    #[test]
    fn base45_is_that_of_rfc_9285() {
        for (plain, encoded) in [("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581")] {
            assert_eq!(base45(plain.as_bytes()), encoded);
        }
    }
}
