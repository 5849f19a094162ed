//! The device grant: as its own client, as an unmodified OAuth client, by the page and by another session.

use crate::house::{Answer, Guest, House, read};
use frontrow::wire;
use oauth2::{
    AuthUrl, ClientId, DeviceAuthorizationUrl, HttpRequest, HttpResponse, Scope, StandardDeviceAuthorizationResponse,
    TokenResponse, TokenUrl, basic::BasicClient,
};
use reqwest::{Method, RequestBuilder, header};
use serde_json::json;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

fn form(house: &House, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    house.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded").body(body)
}

async fn start(house: &House) -> wire::DeviceAuthorization {
    let fields = [("client_id", "frontrow"), ("scope", "openid"), ("device_label", "Foyer <b>")];
    read(form(house, "/oauth/device_authorization", &fields)).await.must_be(200).read()
}

async fn poll(house: &House, device_code: &str) -> Answer {
    let fields = [("grant_type", GRANT), ("device_code", device_code), ("client_id", "frontrow")];
    read(form(house, "/oauth/token", &fields)).await
}

#[track_caller]
fn refused(answer: &Answer, error: &str) {
    assert_eq!((answer.status.as_u16(), answer.body["error"].as_str()), (400, Some(error)), "{}", answer.body);
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["cache-control"], "no-store");
}

async fn decide(guest: &Guest<'_>, code: &str, approve: bool) -> Answer {
    let token = guest.token().await;
    let request = guest.house.request(Method::POST, "/v1/device/approve").bearer_auth(token);
    guest.house.send(request.json(&json!({"user_code": code, "approve": approve}))).await
}

#[tokio::test]
async fn a_device_is_let_in_by_somebody_signed_in_elsewhere() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let asked = start(&house).await;
    assert_eq!((asked.expires_in, asked.interval), (600, 5));
    assert_eq!(asked.verification_uri, format!("{}/device", house.running.url()));
    assert!(asked.verification_uri_complete.ends_with(&format!("?user_code={}", asked.user_code)));
    assert!(asked.notice.contains("this machine alone"), "a phone cannot open it: {}", asked.notice);
    refused(&poll(&house, &asked.device_code).await, "authorization_pending");

    let typed = asked.user_code.replace('-', "").to_lowercase();
    let shown: wire::DeviceRequestAnswer =
        ann.ask(Method::GET, &format!("/v1/device/{typed}")).await.must_be(200).read();
    assert_eq!((shown.user_code, shown.device_label.as_str()), (asked.user_code.clone(), "Foyer <b>"));
    assert_eq!(shown.address, "127.0.0.1");
    decide(&ann, &typed, true).await.must_be(204);
    decide(&ann, &typed, false).await.must_refuse(404, "not_found");

    house.clock.advance_seconds(5);
    let signed_in: wire::SignedIn = poll(&house, &asked.device_code).await.must_be(200).read();
    assert_eq!((signed_in.user.clone(), signed_in.token_type.as_str()), (ann.signed_in.user.clone(), "Bearer"));
    let device = Guest { house: &house, signed_in };
    device.ask(Method::GET, "/v1/me").await.must_be(200);
    house.clock.advance_seconds(5);
    refused(&poll(&house, &asked.device_code).await, "invalid_grant");
}

#[tokio::test]
async fn a_device_that_asks_too_often_waits_five_seconds_longer_for_good() {
    let house = House::open().await;
    let asked = start(&house).await;
    refused(&poll(&house, &asked.device_code).await, "authorization_pending");
    house.clock.advance_seconds(4);
    refused(&poll(&house, &asked.device_code).await, "slow_down");
    house.clock.advance_seconds(9);
    refused(&poll(&house, &asked.device_code).await, "slow_down");
    for _ in 0..2 {
        house.clock.advance_seconds(15);
        refused(&poll(&house, &asked.device_code).await, "authorization_pending");
    }
}

#[tokio::test]
async fn a_refused_and_a_late_device_stay_outside() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let asked = start(&house).await;
    decide(&ann, &asked.user_code, false).await.must_be(204);
    refused(&poll(&house, &asked.device_code).await, "access_denied");
    let late = start(&house).await;
    house.clock.advance_minutes(10);
    decide(&ann, &late.user_code, true).await.must_refuse(404, "not_found");
    refused(&poll(&house, &late.device_code).await, "expired_token");
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_told_as_oauth_has_it() {
    let house = House::open().await;
    let told = async |path: &str, fields: &[(&str, &str)]| {
        let answer = read(form(&house, path, fields)).await;
        (answer.status.as_u16(), answer.body["error"].as_str().unwrap_or_default().to_owned())
    };
    let is = |status: u16, error: &str| (status, error.to_owned());
    let (asking, token) = ("/oauth/device_authorization", "/oauth/token");
    assert_eq!(told(asking, &[]).await, is(401, "invalid_client"));
    assert_eq!(told(asking, &[("client_id", "other")]).await, is(401, "invalid_client"));
    assert_eq!(told(asking, &[("client_id", "frontrow"), ("client_id", "x")]).await, is(400, "invalid_request"));
    assert_eq!(told(token, &[("client_id", "frontrow")]).await, is(400, "invalid_request"));
    let password = [("client_id", "frontrow"), ("grant_type", "password")];
    assert_eq!(told(token, &password).await, is(400, "unsupported_grant_type"));
    let no_code = [("client_id", "frontrow"), ("grant_type", GRANT)];
    assert_eq!(told(token, &no_code).await, is(400, "invalid_request"));
    refused(&poll(&house, "nonsense").await, "invalid_grant");
    let json = house.request(Method::POST, token).json(&json!({"grant_type": GRANT}));
    assert_eq!(house.send(json).await.must_be(400).body["error"], "invalid_request");
}

#[tokio::test]
async fn five_wrong_codes_end_the_guessing_for_ten_minutes() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let asked = start(&house).await;
    for _ in 0..8 {
        // A right code is no guess.
        ann.ask(Method::GET, &format!("/v1/device/{}", asked.user_code)).await.must_be(200);
    }
    for code in ["BBBB-BBBB", "x", "BBBBBBBB", "CCCC-CCCC", "DDDD-DDDD"] {
        ann.ask(Method::GET, &format!("/v1/device/{code}")).await.must_refuse(404, "not_found");
    }
    decide(&ann, &asked.user_code, true).await.must_refuse(429, "rate_limited");
    house.clock.advance_minutes(10);
    let again = start(&house).await;
    decide(&ann, &again.user_code, true).await.must_be(204);
}

#[tokio::test]
async fn device_codes_are_limited_by_address() {
    let house = House::open().await;
    let ask = || {
        let fields = [("client_id", "frontrow")];
        read(form(&house, "/oauth/device_authorization", &fields).header("x-forwarded-for", "203.0.113.7"))
    };
    for _ in 0..10 {
        ask().await.must_be(200);
    }
    let limited = ask().await.must_be(429);
    assert_eq!(
        (&limited.body["error"], &limited.headers["retry-after"]),
        (&json!("temporarily_unavailable"), &"60".parse().unwrap())
    );
    start(&house).await;
}

#[tokio::test]
async fn an_unmodified_oauth_client_is_let_in_and_stays_signed_in() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let found = house.get("/.well-known/oauth-authorization-server").await.must_be(200);
    let found: wire::AuthorizationServer = found.read();
    assert_eq!(found.issuer, house.running.url());
    assert_eq!(found.grant_types_supported, [GRANT, "refresh_token"]);
    let http = |request: HttpRequest| {
        let request = house.client.execute(request.try_into().unwrap());
        async move {
            let answer = request.await?;
            let mut response = HttpResponse::new(Vec::new());
            *response.status_mut() = answer.status();
            *response.headers_mut() = answer.headers().clone();
            *response.body_mut() = answer.bytes().await?.to_vec();
            Ok::<_, reqwest::Error>(response)
        }
    };
    let client = BasicClient::new(ClientId::new("frontrow".to_owned()))
        .set_auth_uri(AuthUrl::new(found.issuer).unwrap())
        .set_device_authorization_url(DeviceAuthorizationUrl::new(found.device_authorization_endpoint).unwrap())
        .set_token_uri(TokenUrl::new(found.token_endpoint).unwrap());
    let asking = client.exchange_device_code().add_scope(Scope::new("openid".to_owned()));
    let details: StandardDeviceAuthorizationResponse = asking.request_async(&http).await.unwrap();
    let user_code = details.user_code().secret().clone();
    let rest = |wait: std::time::Duration| {
        house.clock.advance_seconds(wait.as_secs().cast_signed());
        let (ann, user_code) = (&ann, user_code.clone());
        async move {
            // The first time it is let in, later it is already.
            decide(ann, &user_code, true).await;
        }
    };
    let token = client.exchange_device_access_token(&details).request_async(&http, rest, None).await.unwrap();
    let me = |token: &str| house.send(house.request(Method::GET, "/v1/me").bearer_auth(token));
    assert_eq!(me(token.access_token().secret()).await.must_be(200).body["user"]["email"], "ann@example.org");
    house.clock.advance_minutes(10);
    me(token.access_token().secret()).await.must_refuse(401, "invalid_token");
    let refresh_token = token.refresh_token().unwrap();
    let refreshed = client.exchange_refresh_token(refresh_token).request_async(&http).await.unwrap();
    assert_eq!(refreshed.refresh_token().unwrap().secret(), refresh_token.secret());
    assert_eq!(refreshed.expires_in(), Some(std::time::Duration::from_secs(60)));
    me(refreshed.access_token().secret()).await.must_be(200);
}

/// What the page says, without its markup's attributes decoded.
fn text(answer: &Answer) -> String {
    answer.body.as_str().unwrap_or_else(|| panic!("a page: {}", answer.body)).to_owned()
}

fn value_of(page: &str, name: &str) -> String {
    let from = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("{name} in {page}"));
    from.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_page_lets_a_device_in_with_a_password() {
    let house = House::open().await;
    house.sign_up("ann@example.org").await;
    let asked = start(&house).await;
    assert!(text(&house.get("/device").await.must_be(200)).contains("Type the code"));
    let shown = house.get(&format!("/device?user_code={}", asked.user_code)).await.must_be(200);
    let policy = shown.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; form-action 'self'"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"));
    let page = text(&shown);
    for word in ["Foyer &lt;b&gt;", "127.0.0.1", &asked.user_code, "Only approve if you started this"] {
        assert!(page.contains(word), "{word} in {page}");
    }
    assert!(!page.contains("<script") && !page.contains("Foyer <b>"));
    let cookie = shown.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let (cookie, token) = (cookie.split(';').next().unwrap().to_owned(), value_of(&page, "token"));
    let send = |cookie: &str, token: &str, password: &str, decision: &str| {
        let fields = [
            ("token", token),
            ("user_code", &*asked.user_code),
            ("email", "ann@example.org"),
            ("password", password),
            ("decision", decision),
        ];
        read(form(&house, "/device", &fields).header("cookie", cookie))
    };
    // Another site has neither the cookie nor its token.
    for (cookie, token) in [("", &*token), (&*cookie, ""), (&*cookie, "x"), ("frontrow_device=x", &*token)] {
        send(cookie, token, "correct horse", "approve").await.must_be(403);
    }
    let wrong = text(&send(&cookie, &token, "wrong horse", "approve").await.must_be(401));
    assert!(
        wrong.contains("password is wrong")
            && wrong.contains("value=\"ann@example.org\"")
            && !wrong.contains("wrong horse")
    );
    refused(&poll(&house, &asked.device_code).await, "authorization_pending");
    assert!(text(&send(&cookie, &token, "correct horse", "approve").await.must_be(200)).contains("Approved"));
    house.clock.advance_seconds(5);
    poll(&house, &asked.device_code).await.must_be(200);
    assert!(
        house.get("/device/style.css").await.must_be(200).headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/css")
    );
}

#[tokio::test]
async fn the_page_says_what_is_wrong_with_a_code_and_repeats_it_as_text() {
    let house = House::open().await;
    let page = text(&house.get("/device?user_code=%22%3E%3Cscript%3E").await.must_be(404));
    assert!(page.contains("value=\"&quot;&gt;&lt;script&gt;\"") && !page.contains("<script"), "{page}");
    assert!(page.contains("No device waits"), "{page}");
    house.get("/device?user_code=a&user_code=b").await.must_be(400);
}

#[tokio::test]
async fn a_public_address_is_what_devices_are_sent_to() {
    let public = "https://tickets.example.org/".parse().unwrap();
    let house = House::open_with(|options| options.public_url = Some(public)).await;
    let asked = start(&house).await;
    assert_eq!((asked.verification_uri.as_str(), &*asked.notice), ("https://tickets.example.org/device", ""));
    let through = |host: &str| house.send(house.request(Method::GET, "/v1/time").header("host", host));
    through("tickets.example.org").await.must_be(200);
    through("evil.example.org").await.must_refuse(421, "misdirected_host");
    let page = house.get(&format!("/device?user_code={}", asked.user_code)).await.must_be(200);
    assert!(page.headers[header::SET_COOKIE].to_str().unwrap().ends_with("Secure"));
}

#[tokio::test]
async fn no_code_or_ticket_is_in_the_database() {
    let house = House::open().await;
    let ann = house.sign_up("ann@example.org").await;
    let asked = start(&house).await;
    let token = ann.token().await;
    let request = house.request(Method::POST, "/v1/auth/tickets").bearer_auth(token).json(&json!({"expires_in": 60}));
    let ticket: wire::TicketAnswer = house.send(request).await.must_be(201).read();
    house.running.stop().await;
    let bytes = std::fs::read(house.dir.path().join("boxoffice.db")).unwrap();
    let holds = |secret: &str| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
    assert!(holds("Foyer <b>"), "the search works");
    assert!(!holds(&asked.device_code) && !holds(&ticket.ticket));
}
