//! Our own box office as the authorization server: to this provider it is one like any other.

use crate::{Shelf, approval, failure, granted, house::House, token};
use frontrow::{
    api::{
        http::Http,
        oauth::{OAuth, OAuthSettings, Pages, PlainHttp},
    },
    auth::provider::AuthProvider,
    domain::{failure::FailureKind, sign_in::Way},
    effects::ports::Step,
    platform::env::{OsEntropy, SystemClock},
};
use reqwest::Method;
use serde_json::json;
use std::sync::Arc;
use url::Url;

fn provider(house: &House) -> OAuth {
    let url = Url::parse(house.running.url()).unwrap();
    let settings = OAuthSettings {
        issuer: url.clone(),
        client_id: "frontrow".to_owned(),
        scopes: "openid profile email offline_access".to_owned(),
        plain_http: PlainHttp::Loopback,
        pages: Pages::Shown,
    };
    OAuth::new(settings, Arc::new(Http::new(url)), Arc::new(SystemClock::new()), Arc::new(OsEntropy))
}

/// Ann, at a terminal where she is signed in already, decides about another one.
async fn ann_decides(house: &House, provider: &OAuth, approve: bool) {
    let ann = house.sign_up("ann@example.org").await;
    let code = approval(provider, Step::Device).await.user_code.unwrap();
    let decision = json!({ "user_code": code, "approve": approve });
    let request = house.request(Method::POST, "/v1/device/approve").bearer_auth(ann.token().await).json(&decision);
    house.send(request).await.must_be(204);
}

#[tokio::test]
async fn our_own_box_office_lets_in_by_its_device_grant_and_keeps_its_people_signed_in() {
    let house = House::open().await;
    let provider = provider(&house);
    assert_eq!(provider.offer().await.unwrap().ways, [Way::Device]);
    ann_decides(&house, &provider, true).await;
    let granted = granted(&provider).await.unwrap();
    assert_eq!(granted.user.email.as_str(), "ann@example.org");
    let shelf = Shelf::default();
    for _ in 0..3 {
        house.clock.advance_minutes(60 * 24);
        let minted = provider.mint(&granted.credential, &shelf).await.unwrap();
        let request = house.request(Method::GET, "/v1/bookings").bearer_auth(token(&minted));
        house.send(request).await.must_be(200);
    }
    assert!(shelf.latest().is_none(), "the refresh token stays the same");
    provider.revoke(&granted.credential).await.unwrap();
    let over = failure(provider.mint(&granted.credential, &shelf).await);
    assert_eq!(over.kind, FailureKind::SignIn, "{}", over.code);
}

#[tokio::test]
async fn our_own_box_office_tells_of_a_refusal() {
    let house = House::open().await;
    let provider = provider(&house);
    ann_decides(&house, &provider, false).await;
    assert_eq!(failure(granted(&provider).await).code, "access_denied");
}
