//! The provider against a real box office: every way in that it offers.

use super::*;
use crate::{
    api::devices::{Decision, Devices},
    effects::ports::Bearer,
    platform::env::{OsEntropy, SystemClock},
    server::{
        self, Demo, Options, Running,
        faults::Faults,
        mail::{Mail, MailError, Mailer},
    },
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use url::Url;

/// Hands mails to the test.
struct Pigeons(UnboundedSender<Mail>);

#[async_trait]
impl Mailer for Pigeons {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        self.0.send(mail).unwrap();
        Ok(())
    }
}

struct House {
    accounts: LocalAccounts,
    devices: Devices,
    mails: UnboundedReceiver<Mail>,
    _server: Running,
    _folder: tempfile::TempDir,
}

struct Nobody;

#[async_trait]
impl Keeper for Nobody {
    async fn keep(&self, _: Credential) -> Result<(), Failure> {
        panic!("a mint brings no successor here")
    }
}

/// With or without mail.
async fn open(mail: bool) -> House {
    let folder = tempfile::tempdir().unwrap();
    let (send, mails) = unbounded_channel();
    let mailer = mail.then(|| Arc::new(Pigeons(send)) as Arc<dyn Mailer>);
    let server = server::start(Options {
        data_dir: folder.path().to_owned(),
        bind: "127.0.0.1:0".parse().unwrap(),
        demo: Demo::Seed,
        rules: Default::default(),
        public_url: None,
        mailer,
        outside: Default::default(),
        clock: Arc::new(SystemClock::new()),
        entropy: Arc::new(OsEntropy),
        faults: Faults::default(),
    })
    .await
    .unwrap();
    let http = Arc::new(Http::new(Url::parse(server.url()).unwrap()));
    let devices = Devices::new(http.clone());
    House { accounts: LocalAccounts::new(http), devices, mails, _server: server, _folder: folder }
}

impl House {
    async fn take(&self, step: Step) -> Reached {
        self.accounts.step(step).await.unwrap()
    }

    async fn fails(&self, step: Step) -> Failure {
        self.accounts.step(step).await.err().unwrap()
    }

    fn new_account() -> Step {
        let (email, name) = ("ada@example.org".to_owned(), "Ada".to_owned());
        Step::SignUp { email, name, password: SecretString::from("correct horse battery") }
    }

    async fn code(&mut self) -> SecretString {
        let mail = self.mails.recv().await.unwrap();
        let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit());
        SecretString::from(mail.text.lines().map(str::trim).find(is_code).unwrap())
    }

    async fn bearer(&self, granted: &Granted) -> Bearer {
        Bearer::new(self.accounts.mint(&granted.credential, &Nobody).await.unwrap().token)
    }
}

#[track_caller]
fn granted(reached: Reached) -> Granted {
    match reached {
        Reached::Granted(granted) => granted,
        Reached::Asks(challenge) => panic!("asks for {challenge:?}"),
    }
}

fn code(code: SecretString) -> Step {
    Step::Code { from: CodeFrom::Email, code }
}

#[tokio::test]
async fn an_account_is_opened_and_used_by_mailed_codes() {
    let mut house = open(true).await;
    let sent_to = Some(Text::new("ada@example.org"));
    let asked = Challenge::Code { from: CodeFrom::Email, sent_to, instead: Vec::new() };
    assert!(matches!(house.take(House::new_account()).await, Reached::Asks(challenge) if challenge == asked));
    let right = house.code().await;
    // A mistyped code can be typed again.
    assert_eq!(house.fails(code(SecretString::from("nonsense"))).await.code, "bad_login");
    let ada = granted(house.take(code(right)).await);
    let asking = Step::SendCode { email: "ada@example.org".to_owned() };
    assert!(matches!(house.take(asking).await, Reached::Asks(challenge) if challenge == asked));
    let right = house.code().await;
    assert_eq!(granted(house.take(code(right.clone())).await).user, ada.user);
    assert_eq!(house.fails(code(right)).await.code, "no_code_asked", "what was waited for is over");
}

#[tokio::test]
async fn a_device_is_let_in_and_its_credential_rotated() {
    let house = open(false).await;
    let ada = granted(house.take(House::new_account()).await);
    assert_eq!(house.fails(Step::Await).await.code, "no_approval_asked");
    let Reached::Asks(Challenge::Approval(approval)) = house.take(Step::Device).await else { panic!("an approval") };
    assert_eq!((approval.ttl_ms, approval.url_with_code), (600_000, None), "a phone cannot open this address");
    let user_code = approval.user_code.unwrap();
    let waiting = house.devices.waiting(house.bearer(&ada).await, user_code.as_str()).await.unwrap();
    assert_eq!(waiting.device_label.as_str(), device_label());
    house.devices.decide(house.bearer(&ada).await, user_code.as_str(), Decision::Approve).await.unwrap();
    let device = granted(house.take(Step::Await).await);
    assert_eq!(device.user, ada.user);
    let successor = house.accounts.rotate(&device.credential).await.unwrap().unwrap();
    assert_eq!((successor.session.as_str(), successor.generation), (device.credential.session.as_str(), 2));
    house.accounts.mint(&successor, &Nobody).await.unwrap();
}

#[tokio::test]
async fn a_ticket_signs_in() {
    let house = open(false).await;
    let ada = granted(house.take(House::new_account()).await);
    let ticket = house.devices.ticket(house.bearer(&ada).await, Duration::from_secs(60)).await.unwrap().ticket;
    let by = |ticket: &str| Step::Ticket { ticket: SecretString::from(ticket) };
    assert_eq!(granted(house.take(by(&format!(" {ticket}\n"))).await).user, ada.user);
    assert_eq!(house.fails(by(&ticket)).await.code, "bad_login");
    assert_eq!(house.fails(Step::Browser).await.code, "not_offered");
}
