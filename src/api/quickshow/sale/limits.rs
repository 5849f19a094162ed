use super::*;
use std::collections::HashSet;

#[test]
fn a_till_that_sells_for_weeks_forgets_old_sales() {
    let sales = Sales::default();
    let sent = |at_ms| Sent {
        show: ShowId::new("s1"),
        seats: Vec::new(),
        at_ms,
        before: HashSet::new(),
        said: Said::Yes { link: None },
    };
    let key = |nth: u64| SaleKey::new(nth.to_string());
    sales.begin(&key(0), sent(0)).unwrap();
    for nth in 1..600 {
        assert_eq!(sales.begin(&key(nth), sent(nth)), Ok(true));
        sales.settle(&key(nth));
    }
    assert_eq!(sales.lock().len(), 500);
    assert!(sales.find(&key(0)).is_some(), "what became of it is not known yet");
    assert!(sales.find(&key(1)).is_none() && sales.find(&key(599)).is_some());
}
