//! Selling at a QuickShow server.

use super::Inner;
use crate::{
    domain::{
        booking::Booking,
        failure::Failure,
        ids::{HoldId, SaleKey},
    },
    effects::ports::{Bearer, Sale},
};

/// The sales of this program's life.
#[derive(Default)]
pub struct Sales {}

impl Inner {
    pub async fn book(&self, _: Bearer, _: &HoldId, _: &SaleKey) -> Result<Sale, Failure> {
        Err(self.cannot("not_yet", "cannot be booked at yet"))
    }

    pub async fn sold(&self, _: Bearer, _: &SaleKey) -> Result<Booking, Failure> {
        Err(self.cannot("not_yet", "cannot be booked at yet"))
    }

    pub async fn bookings(&self, _: Bearer) -> Result<Vec<Booking>, Failure> {
        Err(self.cannot("not_yet", "cannot be booked at yet"))
    }
}
