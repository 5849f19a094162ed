use super::*;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// Answers one request after the other with these heads and bodies, and counts them.
async fn scripted(answers: Vec<String>) -> (Http, Arc<Mutex<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let http = Http::new(Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap());
    let asked = Arc::new(Mutex::new(0));
    let counted = asked.clone();
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await.unwrap();
            *counted.lock().unwrap() += 1;
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (http, asked)
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len())
}

async fn failure(http: &Http, call: Call) -> Failure {
    http.send(call).await.err().expect("it is refused")
}

fn with_token(call: Call) -> Call {
    call.bearer(Bearer::new(SecretString::from("token"))).unwrap()
}

#[tokio::test]
async fn a_server_that_asks_for_a_moment_is_given_it_and_answers_then() {
    let busy = answer("429 Too Many Requests", "Retry-After: 1\r\n", "");
    let (http, asked) = scripted(vec![busy, answer("200 OK", "", "{}")]).await;
    let started = Instant::now();
    assert!(http.send(Call::get(&["x"])).await.is_ok_and(|reply| reply.status == StatusCode::OK));
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(*asked.lock().unwrap(), 2);
}

#[tokio::test]
async fn a_server_that_asks_for_long_is_left_alone_and_the_person_hears_for_how_long() {
    let long = || vec![answer("429 Too Many Requests", "Retry-After: 900\r\n", "")];
    for call in [Call::get(&["x"]), Call::post(&["x"]).repeatable(), Call::post(&["x"])] {
        let (http, asked) = scripted(long()).await;
        let failure = failure(&http, call).await;
        assert_eq!(failure.code, "rate_limited");
        assert!(failure.why.ends_with("try again in 900 seconds"), "{}", failure.why);
        assert_eq!(*asked.lock().unwrap(), 1);
    }
    // What must not be done twice is not sent again by itself, however short the wait.
    let (http, asked) = scripted(vec![answer("429 Too Many Requests", "Retry-After: 0\r\n", "")]).await;
    assert_eq!(failure(&http, Call::post(&["x"])).await.code, "rate_limited");
    assert_eq!(*asked.lock().unwrap(), 1);
}

#[tokio::test]
async fn an_answer_that_says_signed_out_is_a_refusal_whatever_its_status() {
    let told = "x-clerk-auth-status: signed-out\r\nx-clerk-auth-reason: token-invalid\r\n";
    let signed_out = || vec![answer("200 OK", told, r#"{"success":false}"#)];
    for (call, code) in [(Call::get(&["x"]), "invalid_token"), (Call::post(&["x"]), "not_accepted")] {
        let (http, asked) = scripted(signed_out()).await;
        let failure = failure(&http, with_token(call)).await;
        assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::SignIn, code));
        assert_eq!(*asked.lock().unwrap(), 1);
    }
    let (http, _) = scripted(signed_out()).await;
    assert!(http.send(Call::get(&["x"])).await.is_ok(), "a call without a token is nobody's");
}

#[tokio::test]
async fn a_sale_is_not_sent_again_because_a_sign_in_page_was_the_answer() {
    let (http, asked) = scripted(vec![answer("302 Found", "Location: /sign-in\r\n", "")]).await;
    let sale = Call::post(&["v1", "bookings"]).keyed("01890000-0000-7000-8000-000000000000").unwrap();
    assert_eq!(failure(&http, with_token(sale)).await.code, "not_accepted");
    assert_eq!(*asked.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_server_that_asks_for_no_moment_at_all_is_given_the_usual_one() {
    let busy = || answer("429 Too Many Requests", "Retry-After: 0\r\n", "");
    let (http, asked) = scripted(vec![busy(), busy(), answer("200 OK", "", "{}")]).await;
    let started = Instant::now();
    assert!(http.send(Call::get(&["x"])).await.is_ok());
    assert!(started.elapsed() >= Duration::from_secs(1), "0.2 s and 0.8 s");
    assert_eq!(*asked.lock().unwrap(), 3);
}
