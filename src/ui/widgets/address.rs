//! An address that somebody may have to type or to copy: whole, in as many lines as it takes.

use crate::ui::frame::columns;

/// The address in lines of at most `width` columns. Nothing is added where it is broken.
pub fn lines(address: &str, width: u16) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for c in address.chars() {
        let mut next = c.to_string();
        match lines.last_mut() {
            Some(line) if columns(line) + columns(&next) <= width => line.push(c),
            _ => lines.push(std::mem::take(&mut next)),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_whole_in_however_many_lines() {
        let address = "https://checkout.example.com/c/pay/cs_test_a1B2c3";
        let lines = lines(address, 20);
        assert!(lines.iter().all(|line| line.len() <= 20), "{lines:?}");
        assert_eq!(lines.concat(), address);
    }
}
