//! Connections end with the answers that tell a secret, over a plain socket.

use crate::house::House;
use frontrow::wire;
use serde_json::json;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// One request on a connection of its own, which the client would keep: the answer's head in lower case, and whether
/// the server ended the connection after it.
async fn talk(house: &House, head: &str, body: &str) -> (String, bool) {
    let host = house.running.url().strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(host).await.unwrap();
    let request = format!("{head}\r\nHost: {host}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let whole = async {
        while !is_whole(&answer) {
            assert_ne!(connection.read_buf(&mut answer).await.unwrap(), 0, "{}", String::from_utf8_lossy(&answer));
        }
    };
    timeout(Duration::from_secs(20), whole).await.expect("an answer comes");
    let head = String::from_utf8_lossy(&answer).to_lowercase().split("\r\n\r\n").next().unwrap().to_owned();
    // A connection that is kept is one that answers again.
    let again = format!("GET /v1/time HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let more = async {
        let _ = connection.write_all(again.as_bytes()).await;
        let mut rest = Vec::new();
        matches!(connection.read_buf(&mut rest).await, Ok(0) | Err(_))
    };
    (head, timeout(Duration::from_secs(20), more).await.expect("an answer or the end"))
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.to_lowercase().split("content-length: ").nth(1).map(|rest| rest.lines().next().unwrap().to_owned());
    length.is_none_or(|length| body.len() >= length.parse::<usize>().unwrap())
}

const JSON: &str = "HTTP/1.1\r\nContent-Type: application/json";
const FORM: &str = "HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";

#[tokio::test]
async fn a_connection_ends_with_an_answer_that_tells_a_secret() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let wire::SignedIn { session, credential, .. } = &ann.signed_in;
    let bob = json!({"email": "bob@example.org", "password": "correct horse", "name": "Bob"}).to_string();
    let wrong = json!({"method": "password", "email": "bob@example.org", "password": "wrong horse"}).to_string();
    let ticket = json!({"expires_in": 60}).to_string();
    let refresh = format!("grant_type=refresh_token&client_id=frontrow&refresh_token={credential}");
    let bearer = |token: &str| format!("\r\nAuthorization: Bearer {token}");
    let token = ann.token().await;
    let told = [
        (format!("POST /v1/auth/sign-up {JSON}"), &*bob, 201),
        (format!("POST /v1/auth/sign-up {JSON}"), "{", 400),
        (format!("POST /v1/auth/sign-in {JSON}"), &*wrong, 401),
        (format!("POST /v1/sessions/{}/rotate {JSON}{}", session.id, bearer(credential)), "{}", 200),
        (format!("POST /oauth/token {FORM}"), &*refresh, 200),
        (format!("POST /oauth/token {FORM}"), "grant_type=refresh_token&client_id=frontrow&refresh_token=x", 400),
        (format!("POST /v1/auth/tickets {JSON}{}", bearer(&token)), &*ticket, 201),
        (format!("POST /device {FORM}"), "user_code=x&email=a%40b.c&password=p&token=x&decision=approve", 403),
    ];
    for (head, body, status) in told {
        let (answer, ended) = talk(&house, &head, body).await;
        assert!(answer.starts_with(&format!("http/1.1 {status} ")), "{head}: {answer}");
        for line in ["connection: close", "cache-control: no-store", "pragma: no-cache"] {
            assert!(answer.lines().any(|l| l == line), "{line} for {head}: {answer}");
        }
        assert!(ended, "{head}");
    }
}

#[tokio::test]
async fn a_connection_is_kept_for_everything_else() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let mint = format!(
        "POST /v1/sessions/{}/tokens {JSON}\r\nAuthorization: Bearer {}",
        ann.signed_in.session.id, ann.signed_in.credential
    );
    for head in [&*mint, "GET /v1/movies HTTP/1.1", "GET /device HTTP/1.1"] {
        let (answer, ended) = talk(&house, head, "").await;
        assert!(answer.starts_with("http/1.1 200 ") && !answer.contains("connection:") && !ended, "{head}: {answer}");
    }
}
