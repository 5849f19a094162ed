//! Credentials that replace each other, over HTTP.

use crate::house::{Answer, House};
use frontrow::wire;
use reqwest::Method;
use serde_json::json;

/// More than the grace in which a replaced credential is still taken.
const GRACE_OVER_MINUTES: i64 = 1;

async fn at_session(house: &House, session: &str, action: &str, credential: &str) -> Answer {
    let path = format!("/v1/sessions/{session}/{action}");
    house.send(house.request(Method::POST, &path).bearer_auth(credential).json(&json!({}))).await
}

async fn mint(house: &House, session: &str, credential: &str) -> Answer {
    at_session(house, session, "tokens", credential).await
}

async fn rotate(house: &House, session: &str, credential: &str) -> Answer {
    at_session(house, session, "rotate", credential).await
}

async fn successor(house: &House, session: &str, credential: &str) -> String {
    rotate(house, session, credential).await.must_be(200).read::<wire::RotatedAnswer>().credential
}

async fn me(house: &House, token: &str) -> Answer {
    house.send(house.request(Method::GET, "/v1/me").bearer_auth(token)).await
}

#[tokio::test]
async fn a_successor_counts_from_its_first_use_and_the_old_credential_a_minute_longer() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await.signed_in;
    let (session, first) = (ann.session.id.as_str(), ann.credential.as_str());
    let answer: wire::TokenAnswer = mint(&house, session, first).await.must_be(200).read();
    assert!(!answer.rotate && !answer.superseded);

    house.clock.advance_minutes(24 * 60);
    let answer: wire::TokenAnswer = mint(&house, session, first).await.must_be(200).read();
    assert!(answer.rotate && !answer.superseded, "a day old: to be replaced when there is time");

    let rotated: wire::RotatedAnswer = rotate(&house, session, first).await.must_be(200).read();
    assert_eq!(rotated.r#gen, 2);
    let answer: wire::TokenAnswer = mint(&house, session, first).await.must_be(200).read();
    assert!(answer.rotate && !answer.superseded, "nobody has used the successor yet");

    let second = rotated.credential.as_str();
    let answer: wire::TokenAnswer = mint(&house, session, second).await.must_be(200).read();
    assert!(!answer.rotate && !answer.superseded);
    let answer: wire::TokenAnswer = mint(&house, session, first).await.must_be(200).read();
    assert!(answer.superseded, "another process that has not heard of it yet");
    rotate(&house, session, first).await.must_refuse(409, "superseded");
}

#[tokio::test]
async fn a_replaced_credential_that_comes_back_late_ends_the_session_at_once() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await.signed_in;
    let (session, first) = (ann.session.id.as_str(), ann.credential.as_str());
    let second = successor(&house, session, first).await;
    let token = mint(&house, session, &second).await.must_be(200).read::<wire::TokenAnswer>().jwt;
    house.clock.advance_minutes(GRACE_OVER_MINUTES);

    let refused = mint(&house, session, first).await.must_refuse(401, "session_revoked");
    assert_eq!(refused.body["reason"], "credential_reuse");
    for credential in [first, second.as_str()] {
        let refused = mint(&house, session, credential).await.must_refuse(401, "session_revoked");
        assert_eq!(refused.body["reason"], "credential_reuse");
    }
    me(&house, &token).await.must_refuse(401, "session_revoked");
}

#[tokio::test]
async fn a_successor_that_another_has_replaced_unused_is_refused_and_the_session_goes_on() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await.signed_in;
    let (session, first) = (ann.session.id.as_str(), ann.credential.as_str());
    let lost = successor(&house, session, first).await;
    let kept = successor(&house, session, first).await;
    mint(&house, session, &lost).await.must_refuse(401, "invalid_credential");
    rotate(&house, session, &lost).await.must_refuse(401, "invalid_credential");
    mint(&house, session, first).await.must_be(200);
    mint(&house, session, &kept).await.must_be(200);
}

#[tokio::test]
async fn a_credential_of_one_session_is_nothing_to_another() {
    let house = House::open().await;
    let (ann, bob) = (house.sign_up("ann@example.org").await, house.sign_up("bob@example.org").await);
    let (ann, bob) = (ann.signed_in, bob.signed_in);
    rotate(&house, &ann.session.id, &bob.credential).await.must_refuse(401, "invalid_credential");
    rotate(&house, "ses_nobody", &bob.credential).await.must_refuse(401, "invalid_credential");
    rotate(&house, &ann.session.id, "frc_x").await.must_refuse(401, "invalid_credential");
    mint(&house, &ann.session.id, &ann.credential).await.must_be(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_first_uses_at_once_replace_the_old_credential_once() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await.signed_in;
    let second = successor(&house, &ann.session.id, &ann.credential).await;
    let uses = (0..20).map(|_| mint(&house, &ann.session.id, &second));
    for answer in futures_util::future::join_all(uses).await {
        answer.must_be(200);
    }
    let rotated: wire::RotatedAnswer = rotate(&house, &ann.session.id, &second).await.must_be(200).read();
    assert_eq!(rotated.r#gen, 3);
}

#[tokio::test]
async fn what_was_rotated_is_still_so_after_a_restart() {
    let mut house = House::open().await;
    let ann = house.sign_up("ann@example.org").await.signed_in;
    let session = ann.session.id.as_str();
    let second = successor(&house, session, &ann.credential).await;
    house = house.restart().await;
    mint(&house, session, &second).await.must_be(200);
    house = house.restart().await;
    assert!(mint(&house, session, &ann.credential).await.must_be(200).read::<wire::TokenAnswer>().superseded);
    house.clock.advance_minutes(GRACE_OVER_MINUTES);
    house = house.restart().await;
    mint(&house, session, &ann.credential).await.must_refuse(401, "session_revoked");
}

/// What may happen to one session, as clients see it.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// The owner mints with what is in the store.
    Use,
    /// The owner asks for a successor and writes it into the store.
    RotateAndPersist,
    /// The owner asks for a successor and ends before it is written.
    RotateAndCrash,
    /// A second process, which still has in memory what the store held at first, or a thief who copied it then: the
    /// server cannot know which.
    OldCopy,
    Wait,
}

const EVENTS: [Event; 5] = [Event::Use, Event::RotateAndPersist, Event::RotateAndCrash, Event::OldCopy, Event::Wait];
const DEPTH: u32 = 3;

/// What the server has to say to the first credential of a session, told from what happened alone.
#[derive(Clone, Copy, PartialEq)]
enum First {
    Taken,
    Superseded,
    Overdue,
}

#[tokio::test(flavor = "multi_thread")]
async fn in_every_order_of_events_the_server_does_as_the_rule_says() {
    let house = House::open().await;
    let stories = EVENTS.len().pow(DEPTH);
    for number in 0..stories {
        let story: Vec<Event> = (0..DEPTH).map(|at| EVENTS[number / EVENTS.len().pow(at) % EVENTS.len()]).collect();
        let ann = house.sign_up(&format!("ann{number}@example.org")).await.signed_in;
        let (session, first) = (ann.session.id.as_str(), ann.credential.clone());
        let mut store = first.clone();
        let mut state = First::Taken;
        let mut revoked = false;
        for event in &story {
            let answer = match event {
                Event::Wait => {
                    house.clock.advance_minutes(GRACE_OVER_MINUTES);
                    if state == First::Superseded {
                        state = First::Overdue;
                    }
                    continue;
                }
                Event::RotateAndPersist | Event::RotateAndCrash => rotate(&house, session, &store).await,
                Event::Use => mint(&house, session, &store).await,
                Event::OldCopy => mint(&house, session, &first).await,
            };
            let with_first = store == first || matches!(event, Event::OldCopy);
            revoked |= with_first && state == First::Overdue;
            if revoked {
                answer.must_refuse(401, "session_revoked");
                continue;
            }
            let answer = answer.must_be(200);
            if !with_first && state == First::Taken {
                state = First::Superseded;
            }
            match event {
                Event::RotateAndPersist => store = answer.read::<wire::RotatedAnswer>().credential,
                Event::RotateAndCrash => {}
                _ => {
                    let superseded = answer.read::<wire::TokenAnswer>().superseded;
                    assert_eq!(superseded, with_first && state == First::Superseded, "{story:?}");
                }
            }
        }
    }
    assert_eq!(stories, 125);
}
