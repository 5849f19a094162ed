//! Which page a person may be sent to for paying. The link comes from a server's answer, so that nothing of it is
//! believed: whoever could write it there could send people with their cards anywhere.

use crate::{
    api::http::is_loopback,
    domain::{booking::PaymentPage, text::clean},
};
use jiff::Timestamp;
use url::Url;

/// The longest link taken, in bytes.
const MAX_LINK: usize = 2_048;
/// The widest host name shown in a sentence, in columns.
const MAX_HOST: usize = 80;

/// Who may ask for a payment.
pub struct Payees {
    /// The host of the box office, which may itself.
    pub server: String,
    /// Names of other hosts that may, such as `checkout.stripe.com`.
    pub hosts: Vec<String>,
}

impl Payees {
    /// The page behind a link, or why nobody is sent there, in a sentence.
    pub fn page(&self, link: &str, until: Timestamp) -> Result<PaymentPage, String> {
        if link.trim().is_empty() {
            return Err(
                "The server gave no page to pay at, so this booking cannot be paid here: its seats stay taken \
                        until the server lets them go; ask the cinema."
                    .to_owned(),
            );
        }
        let url = self.checked(link)?;
        Ok(PaymentPage { url: url.into(), until })
    }

    fn checked(&self, link: &str) -> Result<Url, String> {
        let unusable = |why: &str| Err(format!("The page to pay at cannot be used, {why}: ask the cinema."));
        if link.len() > MAX_LINK {
            return unusable("its address is too long");
        }
        let Ok(url) = Url::parse(link.trim()) else { return unusable("its address is not one of the web") };
        let Some(host) = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")) else {
            return unusable("its address is not one of the web");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return unusable("its address hides a name or a password");
        }
        // Writing it as a URL may have made it longer.
        if url.as_str().len() > MAX_LINK {
            return unusable("its address is too long");
        }
        let ours = host == self.server;
        if !ours && !self.hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host)) {
            return Err(format!(
                "The page to pay at is at {}, which is not among the hosts that may ask for a payment (the setting \
                 payment_hosts): do not pay there before the cinema says that it is theirs.",
                clean(host, MAX_HOST)
            ));
        }
        if url.scheme() == "http" && !ours && !is_loopback(&url) {
            return unusable("its connection is not encrypted");
        }
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn payees(server: &str) -> Payees {
        Payees { server: server.to_owned(), hosts: vec!["checkout.stripe.com".into(), "pay.example".into()] }
    }

    fn asked(link: &str) -> Result<String, String> {
        payees("cine.example").page(link, Timestamp::UNIX_EPOCH).map(|page| page.url)
    }

    #[test]
    fn pages_of_those_who_may_ask_for_a_payment_are_taken() {
        for link in [
            "https://checkout.stripe.com/c/pay/cs_test_a1#frag",
            "https://CHECKOUT.stripe.com/c/pay/x",
            "https://cine.example/pay/1",
            "http://cine.example:8080/pay/1",
        ] {
            assert!(asked(link).is_ok(), "{link}");
        }
        let here = payees("127.0.0.1").page("http://127.0.0.1:4101/pay/cs_test_1", Timestamp::UNIX_EPOCH);
        assert_eq!(here.unwrap().url, "http://127.0.0.1:4101/pay/cs_test_1");
    }

    #[test]
    fn every_other_link_is_refused_in_words() {
        let cases = [
            ("", "no page to pay at"),
            ("  ", "no page to pay at"),
            ("https://checkout.stripe.com.evil.example/c", "checkout.stripe.com.evil.example"),
            ("https://evil.example/?checkout.stripe.com", "payment_hosts"),
            ("https://checkout.stripe.com@evil.example/", "hides a name"),
            ("https://me:pw@checkout.stripe.com/", "hides a name"),
            ("http://checkout.stripe.com/c", "not encrypted"),
            ("javascript:alert(1)", "not one of the web"),
            ("file:///etc/passwd", "not one of the web"),
            ("ftp://pay.example/x", "not one of the web"),
            ("data:text/html,x", "not one of the web"),
            ("undefined/pay", "not one of the web"),
            ("//checkout.stripe.com/x", "not one of the web"),
        ];
        for (link, words) in cases {
            let why = asked(link).unwrap_err();
            assert!(why.contains(words), "{link}: {why}");
        }
        let long = format!("https://checkout.stripe.com/{}", "a".repeat(MAX_LINK));
        assert!(asked(&long).unwrap_err().contains("too long"));
        let grows = format!("https://checkout.stripe.com/{}", "ä".repeat(900));
        assert!(grows.len() < MAX_LINK && asked(&grows).unwrap_err().contains("too long"));
    }

    proptest! {
        #[test]
        fn whatever_is_taken_is_plain_short_and_of_an_allowed_host(link in "(https?://)?[ -~\u{1b}\u{202e}@/.:a-c]{0,40}|\
            https?://(a@)?(cine.example|evil.example|checkout.stripe.com)[\u{0}-\u{ff}]{0,30}") {
            if let Ok(taken) = asked(&link) {
                prop_assert!(taken.len() <= MAX_LINK && taken.bytes().all(|b| b.is_ascii_graphic()));
                let url = Url::parse(&taken).unwrap();
                prop_assert!(matches!(url.host_str(), Some("cine.example" | "checkout.stripe.com" | "pay.example")));
                prop_assert!(url.username().is_empty() && url.password().is_none());
            }
        }
    }
}
