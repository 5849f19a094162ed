//! Answers that are too much or never come: each call ends within the limits, with a sentence.

use crate::{
    client::{Client, assert_told_well, bearer},
    standin::serve,
    variants::soon,
};
use axum::{Router, body::Body, http::header::CONTENT_TYPE, response::Response};
use frontrow::{domain::failure::Failure, effects::ports::BoxOffice};
use futures_util::stream;
use std::{
    future::Future,
    io::Write,
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};
use url::Url;

/// Three tries of 15 s each, their pauses, and a machine that is busy.
const LIMIT: Duration = Duration::from_secs(75);

fn json_of(body: Body) -> Response {
    Response::builder().header(CONTENT_TYPE, "application/json").body(body).unwrap()
}

/// So many megabytes of one list, piece by piece; without a number, it never ends.
fn pieces(megabytes: Option<usize>) -> Body {
    let piece = format!("{{\"success\":true,\"shows\":[{}null", "null,".repeat(200_000));
    let many = stream::iter(
        (0..megabytes.unwrap_or(usize::MAX))
            .map(move |n| Ok::<_, std::io::Error>(if n == 0 { piece.clone() } else { ",null".repeat(200_000) })),
    );
    Body::from_stream(many)
}

async fn fails<T: std::fmt::Debug>(what: &str, call: impl Future<Output = Result<T, Failure>>) -> Failure {
    let began = Instant::now();
    let outcome = tokio::time::timeout(LIMIT, call).await.unwrap_or_else(|_| panic!("{what}: it never ended"));
    let failure = outcome.expect_err("it is no answer");
    println!("{what}: {:?}: {}", began.elapsed(), failure.why);
    assert_told_well(&failure);
    failure
}

#[tokio::test]
async fn an_answer_of_fifty_megabytes_or_without_an_end_is_too_large() {
    for megabytes in [Some(50), None] {
        let (url, _server) = serve(Router::new().fallback(move || async move { json_of(pieces(megabytes)) }));
        let client = Client::of(&url, soon());
        for failure in [
            fails("films", client.office.movies()).await,
            fails("bookings", client.office.bookings(bearer("alice"))).await,
            fails("dashboard", client.backstage.dashboard(bearer("admin"))).await,
        ] {
            assert!(failure.why.contains("larger than"), "{}", failure.why);
        }
    }
}

/// A listener that writes this to everybody, and then more of it for ever, at this pace.
fn writes(first: &'static str, more: &'static str, every: Duration) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            thread::spawn(move || {
                let mut next = first;
                while client.write_all(next.as_bytes()).is_ok() {
                    next = more;
                    thread::sleep(every);
                }
            });
        }
    });
    url
}

#[tokio::test]
async fn silence_headers_without_end_and_a_slow_drip_are_given_up() {
    let silent = writes("", "", Duration::from_millis(500));
    let headers = writes("HTTP/1.1 200 OK\r\n", "X-More: and more\r\n", Duration::from_micros(10));
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{";
    let drip = writes(head, " ", Duration::from_millis(100));
    let clients = [silent, headers, drip].map(|url| Client::of(&url, soon()));
    let [silent, headers, drip] = &clients;
    // Together, as each may take its whole time.
    let failures = futures_util::future::join_all([
        Box::pin(async { fails("silent films", silent.office.movies()).await })
            as std::pin::Pin<Box<dyn Future<Output = Failure>>>,
        Box::pin(async { fails("headers films", headers.office.movies()).await }),
        Box::pin(async { fails("drip films", drip.office.movies()).await }),
        Box::pin(async { fails("silent bookings", silent.office.bookings(bearer("alice"))).await }),
        Box::pin(async { fails("drip dashboard", drip.backstage.dashboard(bearer("admin"))).await }),
    ])
    .await;
    for failure in failures {
        assert_ne!(failure.code, "outcome_unknown", "nothing was to be changed");
    }
}
