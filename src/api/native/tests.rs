//! The adapter against the real box office, with faults on purpose.

use super::*;
use crate::{
    api::accounts::LocalAccounts,
    auth::{
        session::{Keeping, KeptSession},
        store::Stores,
    },
    config::{StoreChoice, TokenPolicy},
    effects::ports::{Session, Step},
    platform::{
        dirs::Dirs,
        env::{OsEntropy, SystemClock},
    },
    server::{
        self, Demo, Options, Running,
        faults::{Fault, Faults},
    },
};
use url::Url;

struct House {
    server: Running,
    faults: Faults,
    office: NativeBoxOffice,
    session: KeptSession,
    _folder: tempfile::TempDir,
}

impl House {
    /// A demo cinema with one person signed in.
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let faults = Faults::default();
        let server = server::start(Options {
            data_dir: folder.path().to_owned(),
            bind: "127.0.0.1:0".parse().unwrap(),
            demo: Demo::Seed,
            rules: Default::default(),
            public_url: None,
            mailer: None,
            outside: Default::default(),
            clock: Arc::new(SystemClock::new()),
            entropy: Arc::new(OsEntropy),
            faults: faults.clone(),
        })
        .await
        .unwrap();
        let http = Arc::new(Http::new(Url::parse(server.url()).unwrap()));
        let accounts = Arc::new(LocalAccounts::new(http.clone()));
        let dirs = Dirs::find(Some(folder.path())).unwrap();
        let keeping = Keeping {
            account: "test".to_owned(),
            issuer: server.identity().to_owned(),
            stores: Stores::new(StoreChoice::Memory, &dirs, None, Arc::new(OsEntropy)),
            policy: TokenPolicy::Always,
            locks: dirs.locks(),
        };
        let session = KeptSession::new(accounts, keeping, Arc::new(SystemClock::new()));
        let (email, name) = ("ada@example.org".to_owned(), "Ada".to_owned());
        let password = SecretString::from("correct horse battery");
        session.step(Step::SignUp { email, name, password }).await.unwrap();
        Self { server, faults, office: NativeBoxOffice::new(http), session, _folder: folder }
    }

    /// Holds the first free seat of some show.
    async fn held(&self) -> Hold {
        let movie = self.office.movies().await.unwrap().remove(0);
        let show = self.office.shows(&movie.id).await.unwrap().remove(0);
        let chart = self.office.chart(&show.chart).await.unwrap();
        let of = ShowPlan { show: show.id.clone(), chart: show.chart.clone(), count: chart.seats.len() };
        let SeatsNow::States { etag, states } = self.office.seats(&of, None).await.unwrap() else {
            panic!("nothing was known yet")
        };
        assert!(!etag.is_empty());
        let free = states.iter().position(|state| state == crate::domain::show::SeatState::Free).unwrap();
        self.office.hold(&show.id, std::slice::from_ref(&chart.seats[free].id), LeftAlone::Tell).await.unwrap()
    }

    async fn book(&self, hold: &HoldId) -> Result<Booking, Failure> {
        let bearer = self.session.fresh().await.unwrap();
        let sale = self.office.book(bearer, hold, PaymentMethod::Demo, &SaleKey::new("sale-1")).await?;
        let Sale::Booked(booking) = sale else { panic!("this API answers every sale") };
        Ok(booking)
    }

    async fn bookings(&self) -> Vec<Booking> {
        self.office.bookings(self.session.fresh().await.unwrap()).await.unwrap()
    }
}

#[tokio::test]
async fn a_booking_whose_answer_is_lost_is_sent_again_and_made_once() {
    let house = House::open().await;
    let hold = house.held().await;
    assert!(hold.ttl_ms > Some(0));
    house.faults.add(None, "/v1/bookings", Fault::CutAfter, 1);
    let booking = house.book(&hold.id).await.unwrap();
    assert_eq!(house.bookings().await.iter().map(|b| &b.code).collect::<Vec<_>>(), [&booking.code]);
    house.server.stop().await;
}

#[tokio::test]
async fn a_booking_that_is_never_answered_is_unknown_and_the_same_key_tells_its_outcome() {
    let house = House::open().await;
    let hold = house.held().await;
    house.faults.add(None, "/v1/bookings", Fault::CutAfter, 3);
    let failure = house.book(&hold.id).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unknown);
    let booking = house.book(&hold.id).await.unwrap();
    assert_eq!(house.bookings().await, [booking]);
    house.server.stop().await;
}

#[tokio::test]
async fn a_read_whose_connection_is_cut_is_tried_again() {
    let house = House::open().await;
    house.faults.add(None, "/v1/movies", Fault::CutBefore, 2);
    assert!(!house.office.movies().await.unwrap().is_empty());
    house.server.stop().await;
}

#[tokio::test]
async fn a_refused_token_is_a_sign_in_failure_with_its_code() {
    let house = House::open().await;
    let failure = house.office.bookings(Bearer::new(SecretString::from("a.b.c"))).await.unwrap_err();
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::SignIn, "invalid_token"));
    house.server.stop().await;
}

#[tokio::test]
async fn seats_of_another_number_than_the_plan_has_are_refused() {
    let house = House::open().await;
    let hold = house.held().await;
    let chart = house.office.show(&hold.show).await.unwrap().chart;
    let mut of = ShowPlan { show: hold.show, chart, count: 3 };
    assert_eq!(house.office.seats(&of, None).await.unwrap_err().code, "seat_count");
    of.chart = ChartHash("another".to_owned());
    assert_eq!(house.office.seats(&of, None).await.unwrap_err().code, CHART_CHANGED);
    house.server.stop().await;
}

#[tokio::test]
async fn a_web_page_is_not_a_box_office() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let page = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 1024];
        assert!(stream.read(&mut request).await.unwrap() > 0);
        let answer = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 13\r\n\r\n<html></html>";
        stream.write_all(answer.as_bytes()).await.unwrap();
    };
    let office = NativeBoxOffice::new(Arc::new(Http::new(url.clone())));
    let (outcome, ()) = tokio::join!(office.movies(), page);
    let failure = outcome.unwrap_err();
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::Other, "not_a_box_office"));
    assert!(failure.why.contains(url.as_str().trim_end_matches('/')), "{}", failure.why);
}
