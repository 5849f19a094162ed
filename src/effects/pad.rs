//! Where a password is while it is typed: outside the state, wiped when it is done with.

use secrecy::{SecretString, zeroize::Zeroize};
use std::sync::{Arc, Mutex, PoisonError};

/// The longest secret, in characters: a ticket may be a whole signed token.
const LONGEST: usize = 2_048;

#[derive(Clone, Default)]
pub struct SecretPad(Arc<Mutex<String>>);

/// A change of the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretEdit {
    Insert(char),
    DeleteLast,
    Clear,
}

impl SecretPad {
    /// Makes the change and tells the new length in characters.
    pub fn edit(&self, edit: SecretEdit) -> usize {
        let mut secret = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match edit {
            SecretEdit::Insert(c) if secret.chars().count() < LONGEST && !c.is_control() => push(&mut secret, c),
            SecretEdit::Insert(_) => {}
            SecretEdit::DeleteLast => drop(secret.pop()),
            SecretEdit::Clear => secret.zeroize(),
        }
        secret.chars().count()
    }

    /// What was typed.
    pub fn secret(&self) -> SecretString {
        SecretString::from(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// Appends without leaving a copy behind in freed memory when the buffer has to grow.
fn push(secret: &mut String, c: char) {
    if secret.len() + c.len_utf8() > secret.capacity() {
        let mut larger = String::with_capacity(4 * LONGEST);
        larger.push_str(secret);
        secret.zeroize();
        *secret = larger;
    }
    secret.push(c);
}

impl std::fmt::Debug for SecretPad {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretPad(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn what_is_typed_is_kept_and_wiped() {
        let pad = SecretPad::default();
        for c in "päss".chars() {
            pad.edit(SecretEdit::Insert(c));
        }
        assert_eq!(pad.edit(SecretEdit::DeleteLast), 3);
        assert_eq!(pad.secret().expose_secret(), "päs");
        assert_eq!(pad.edit(SecretEdit::Clear), 0);
        assert_eq!(format!("{pad:?}"), "SecretPad(***)");
    }
}
