//! The other devices of a person: letting one in, seeing where one is signed in, ending that.

use super::http::{Call, Http};
use crate::{
    domain::failure::Failure,
    effects::ports::Bearer,
    wire::{DeviceApproval, DeviceRequestAnswer, DeviceSession, SessionsAnswer, TicketAnswer, TicketRequest},
};
use std::{sync::Arc, time::Duration};

/// What a person answers a device that wants to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Refuse,
}

/// A box office's routes for the devices of the person who asks.
pub struct Devices {
    http: Arc<Http>,
}

impl Devices {
    pub fn new(http: Arc<Http>) -> Self {
        Self { http }
    }

    /// What waits for an approval under this code.
    pub async fn waiting(&self, bearer: Bearer, user_code: &str) -> Result<DeviceRequestAnswer, Failure> {
        self.http.send(Call::get(&["v1", "device", user_code]).bearer(bearer)?).await?.json()
    }

    pub async fn decide(&self, bearer: Bearer, user_code: &str, decision: Decision) -> Result<(), Failure> {
        let approval = DeviceApproval { user_code: user_code.to_owned(), approve: decision == Decision::Approve };
        self.http.send(Call::post(&["v1", "device", "approve"]).bearer(bearer)?.json(&approval)?).await.map(drop)
    }

    /// Where the person is signed in, newest first.
    pub async fn sessions(&self, bearer: Bearer) -> Result<Vec<DeviceSession>, Failure> {
        let answer: SessionsAnswer = self.http.send(Call::get(&["v1", "sessions"]).bearer(bearer)?).await?.json()?;
        Ok(answer.sessions)
    }

    /// Signs the person out there.
    pub async fn end(&self, bearer: Bearer, session: &str) -> Result<(), Failure> {
        self.http.send(Call::delete(&["v1", "sessions", session]).bearer(bearer)?).await.map(drop)
    }

    /// A ticket with which the person can sign in once.
    pub async fn ticket(&self, bearer: Bearer, lives_for: Duration) -> Result<TicketAnswer, Failure> {
        let request = TicketRequest { user_id: None, expires_in: lives_for.as_secs(), kiosk: false };
        self.http.send(Call::post(&["v1", "auth", "tickets"]).bearer(bearer)?.json(&request)?).await?.json()
    }
}
