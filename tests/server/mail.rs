//! Codes by mail, through a little mail server of the test: who gets which mail, and what a code opens.

use crate::house::{Answer, House};
use frontrow::{
    server::mail::{Encryption, SmtpMailer, SmtpServer},
    wire,
};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

/// A house that sends its mail to the test.
struct Post {
    house: House,
    mails: UnboundedReceiver<String>,
}

impl Post {
    async fn open() -> Self {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = server.local_addr().unwrap().port();
        let (tell, mails) = unbounded_channel();
        tokio::spawn(async move {
            while let Ok((connection, _)) = server.accept().await {
                tokio::spawn(take_mail(connection, tell.clone()));
            }
        });
        let (host, from) = ("127.0.0.1".to_owned(), "Odeon <tickets@example.org>".to_owned());
        let smtp = SmtpServer { host, port, encryption: Encryption::None, account: None, from };
        let mailer = Arc::new(SmtpMailer::new(smtp).unwrap());
        let house = House::open_with(|options| options.mailer = Some(mailer)).await;
        Self { house, mails }
    }

    /// The next mail, whole.
    async fn mail(&mut self) -> String {
        tokio::time::timeout(Duration::from_secs(20), self.mails.recv()).await.expect("a mail comes").unwrap()
    }

    async fn code(&mut self) -> String {
        code_in(&self.mail().await)
    }

    async fn sign_up(&self, email: &str, code: Option<&str>) -> Answer {
        let mut body = json!({"email": email, "password": "correct horse", "name": "Ann"});
        if let Some(code) = code {
            body["code"] = json!(code);
        }
        self.house.post("/v1/auth/sign-up", body).await
    }

    /// An account whose address is proven.
    async fn account(&mut self, email: &str) -> wire::SignedIn {
        self.sign_up(email, None).await.must_be(202);
        let code = self.code().await;
        self.sign_up(email, Some(&code)).await.must_be(201).read()
    }

    async fn ask_for_code(&self, email: &str) -> Answer {
        self.house.post("/v1/auth/email-code", json!({"email": email})).await
    }

    async fn sign_in(&self, email: &str, code: &str) -> Answer {
        self.house.post("/v1/auth/sign-in", json!({"method": "email_code", "email": email, "code": code})).await
    }
}

#[tokio::test]
async fn whoever_proves_an_address_takes_the_account_from_whoever_did_not() {
    use sqlx::Connection;
    let mut post = Post::open().await;
    let squatter = post.account("ann@example.org").await;
    // As when it was opened before this box office sent mail.
    let url = format!("sqlite://{}", post.house.dir.path().join("boxoffice.db").display());
    let mut database = sqlx::AnyConnection::connect(&url).await.unwrap();
    sqlx::query("UPDATE users SET email_verified_at=NULL").execute(&mut database).await.unwrap();
    let mut body = json!({"email": "ann@example.org", "password": "battery staple", "name": "The real Ann"});
    post.house.post("/v1/auth/sign-up", body.clone()).await.must_be(202);
    let code = post.code().await;
    body["code"] = json!(other_than(&code));
    post.house.post("/v1/auth/sign-up", body.clone()).await.must_refuse(401, "bad_login");
    let with = |word: &str| json!({"method": "password", "email": "ann@example.org", "password": word});
    post.house.post("/v1/auth/sign-in", with("correct horse")).await.must_be(200);
    body["code"] = json!(code);
    let owner: wire::SignedIn = post.house.post("/v1/auth/sign-up", body).await.must_be(201).read();
    assert_eq!((owner.user.id, owner.user.name.as_str()), (squatter.user.id, "The real Ann"));
    let path = format!("/v1/sessions/{}/tokens", squatter.session.id);
    let mint = post.house.request(reqwest::Method::POST, &path).bearer_auth(squatter.credential);
    post.house.send(mint).await.must_refuse(401, "session_revoked");
    post.house.post("/v1/auth/sign-in", with("correct horse")).await.must_refuse(401, "bad_login");
    post.house.post("/v1/auth/sign-in", with("battery staple")).await.must_be(200);
}

/// The six digits that stand alone on a line.
fn code_in(mail: &str) -> String {
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit());
    mail.lines().map(str::trim).find(is_code).unwrap_or_else(|| panic!("a code in {mail}")).to_owned()
}

/// Another code than this one.
fn other_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

/// One conversation of SMTP (RFC 5321), as little of it as a client needs.
async fn take_mail(mut connection: TcpStream, tell: UnboundedSender<String>) {
    let (read, mut write) = connection.split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.split(' ').next().unwrap_or_default() {
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.unwrap();
                let mut mail = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    mail.push_str(&line);
                    mail.push('\n');
                }
                tell.send(mail).unwrap();
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn a_sign_up_proves_the_address_first() {
    let mut post = Post::open().await;
    let sent: wire::MailSent = post.sign_up("ann@example.org", None).await.must_be(202).read();
    assert_eq!((sent.mailed_to.as_str(), sent.expires_in), ("ann@example.org", 600));
    let mail = post.mail().await;
    assert!(mail.contains("To: ann@example.org") && mail.contains("From: Odeon"), "{mail}");
    let code = code_in(&mail);
    post.sign_up("ann@example.org", Some(&other_than(&code))).await.must_refuse(401, "bad_login");
    let password = json!({"method": "password", "email": "ann@example.org", "password": "correct horse"});
    post.house.post("/v1/auth/sign-in", password.clone()).await.must_refuse(401, "bad_login");
    post.sign_up("ann@example.org", Some(&code)).await.must_be(201);
    post.house.post("/v1/auth/sign-in", password).await.must_be(200);
}

#[tokio::test]
async fn a_sign_up_for_a_known_address_looks_the_same_and_changes_nothing() {
    let mut post = Post::open().await;
    let ann = post.account("ann@example.org").await;
    let known = post.sign_up("ann@example.org", None).await.must_be(202);
    assert!(post.mail().await.contains("You have one already"));
    let unknown = post.sign_up("bob@example.org", None).await.must_be(202);
    let fields = |answer: &Answer| answer.body.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(fields(&known), fields(&unknown));
    assert_eq!(known.body["expires_in"], unknown.body["expires_in"]);
    post.mail().await;
    // Somebody else's new password does not become the owner's.
    post.ask_for_code("ann@example.org").await.must_be(202);
    let code = post.code().await;
    let body = json!({"email": "ann@example.org", "password": "another horse", "name": "Eve", "code": code});
    let signed_in: wire::SignedIn = post.house.post("/v1/auth/sign-up", body).await.must_be(201).read();
    assert_eq!(signed_in.user, ann.user);
    let other = json!({"method": "password", "email": "ann@example.org", "password": "another horse"});
    post.house.post("/v1/auth/sign-in", other).await.must_refuse(401, "bad_login");
}

#[tokio::test]
async fn a_code_signs_in_once_and_an_unknown_address_looks_the_same() {
    let mut post = Post::open().await;
    let ann = post.account("ann@example.org").await;
    let unknown = post.ask_for_code("eve@example.org").await.must_be(202);
    let known = post.ask_for_code("ann@example.org").await.must_be(202);
    assert_eq!(known.body["expires_in"], unknown.body["expires_in"]);
    // The first mail that comes is Ann's: Eve was sent none.
    let mail = post.mail().await;
    assert!(mail.contains("To: ann@example.org"), "{mail}");
    let code = code_in(&mail);
    let refused = post.sign_in("eve@example.org", &code).await.must_refuse(401, "bad_login");
    let wrong = post.sign_in("ann@example.org", &other_than(&code)).await.must_refuse(401, "bad_login");
    assert_eq!(refused.body["detail"], wrong.body["detail"]);
    let signed_in: wire::SignedIn = post.sign_in("ANN@example.org", &code).await.must_be(200).read();
    assert_eq!(signed_in.user, ann.user);
    post.sign_in("ann@example.org", &code).await.must_refuse(401, "bad_login");
}

#[tokio::test]
async fn a_code_takes_five_tries_and_lives_ten_minutes() {
    let mut post = Post::open().await;
    post.account("ann@example.org").await;
    post.ask_for_code("ann@example.org").await.must_be(202);
    let code = post.code().await;
    for _ in 0..5 {
        post.sign_in("ann@example.org", &other_than(&code)).await.must_refuse(401, "bad_login");
    }
    post.sign_in("ann@example.org", &code).await.must_refuse(401, "bad_login");
    post.ask_for_code("ann@example.org").await.must_be(202);
    let code = post.code().await;
    post.ask_for_code("ann@example.org").await.must_refuse(429, "rate_limited");
    post.ask_for_code("eve@example.org").await.must_be(202);
    post.house.clock.advance_minutes(10);
    post.sign_in("ann@example.org", &code).await.must_refuse(401, "bad_login");
    post.ask_for_code("ann@example.org").await.must_be(202);
}

#[tokio::test]
async fn where_no_mail_is_sent_codes_are_not_offered() {
    let (house, post) = (House::open().await, Post::open().await);
    let ways = async |house: &House| house.get("/v1/auth/methods").await.must_be(200).body;
    assert_eq!(ways(&house).await["ways"], json!(["password", "device", "ticket"]));
    assert_eq!(ways(&post.house).await["ways"], json!(["password", "email_code", "device", "ticket"]));
    assert_eq!(ways(&house).await["sign_up"], true);
    let body = json!({"email": "ann@example.org"});
    house.post("/v1/auth/email-code", body).await.must_refuse(400, "invalid_request");
}
