//! The thunk of the posters slice.

use super::ports::Ports;
use crate::{
    domain::{
        failure::{Failure, FailureKind},
        picture::PictureSize,
    },
    store::{
        action::{Action, PostersAction},
        remote::Req,
    },
};
use std::time::Duration;

/// A poster that cannot be had is nobody's trouble: the log says why.
pub async fn load(ports: Ports, req: Req, place: String, fit: PictureSize, after_ms: u64) -> Action {
    tokio::time::sleep(Duration::from_millis(after_ms)).await;
    let loaded = match &ports.gallery {
        Some(gallery) => gallery.poster(&place, fit).await,
        None => Err(Failure::new(FailureKind::NotFound, "no_gallery", "no posters are fetched")),
    };
    if let Err(why) = &loaded {
        tracing::info!(code = why.code, why = why.why, "a film has no poster");
    }
    PostersAction::Loaded(req, loaded).into()
}
