//! Other devices of somebody who is signed in: letting one in, and tickets for one; and how to sign in at all.

use crate::{
    domain::sign_in::{Offer, Way},
    server::{
        confidential::confidential,
        extract::{Json as Body, Segment, small_bodies},
        office::Office,
        peer::Peer,
        problem::Refusal,
        services::{
            device_grants::{self, Decision, Waiting},
            email_codes::{self, Aim},
            sign_in_tickets,
            tokens::Person,
        },
    },
    wire::{
        DeviceApproval, DeviceRequestAnswer, EmailCodeRequest, MailSent, MethodsAnswer, Problem, TicketAnswer,
        TicketRequest,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

type Shared = State<Arc<Office>>;

pub fn routes() -> OpenApiRouter<Arc<Office>> {
    small_bodies(
        confidential(OpenApiRouter::new().routes(routes!(ticket)))
            .routes(routes!(methods))
            .routes(routes!(email_code))
            .routes(routes!(waiting))
            .routes(routes!(approve)),
    )
}

/// How people can sign in here, the best first.
#[utoipa::path(get, path = "/v1/auth/methods", responses((status = 200, body = MethodsAnswer)))]
async fn methods(State(office): Shared) -> Json<MethodsAnswer> {
    let by_mail = office.mailer.as_ref().map(|_| Way::EmailCode);
    let ways = [Some(Way::Password), by_mail, Some(Way::Device), Some(Way::Ticket)];
    let offer = Offer { ways: ways.into_iter().flatten().collect(), sign_up: true };
    Json(MethodsAnswer { offer, server_time: office.now() })
}

/// Mails a code to an address that has an account. The answer is the same for one that has none.
#[utoipa::path(post, path = "/v1/auth/email-code", request_body = EmailCodeRequest,
    responses((status = 202, body = MailSent), (status = 400, body = Problem), (status = 429, body = Problem)))]
async fn email_code(
    State(office): Shared,
    peer: Peer,
    Body(request): Body<EmailCodeRequest>,
) -> Result<(StatusCode, Json<MailSent>), Refusal> {
    let sent = email_codes::send(&office, &request.email, Aim::SignIn, peer).await?;
    Ok((StatusCode::ACCEPTED, Json(sent)))
}

/// Makes a ticket that is good for one sign-in.
#[utoipa::path(post, path = "/v1/auth/tickets", request_body = TicketRequest, security(("bearer" = [])),
    responses((status = 201, body = TicketAnswer), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn ticket(
    State(office): Shared,
    person: Person,
    peer: Peer,
    Body(request): Body<TicketRequest>,
) -> Result<(StatusCode, Json<TicketAnswer>), Refusal> {
    let ticket = sign_in_tickets::issue(&office, &person, request, peer).await?;
    Ok((StatusCode::CREATED, Json(ticket)))
}

/// What waits for an approval under a code.
#[utoipa::path(get, path = "/v1/device/{user_code}", params(("user_code" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = DeviceRequestAnswer), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 429, body = Problem)))]
async fn waiting(
    State(office): Shared,
    person: Person,
    Segment(user_code): Segment,
) -> Result<Json<DeviceRequestAnswer>, Refusal> {
    let Waiting { user_code, device_label, address, expires_at } =
        device_grants::waiting(&office, &person.user.id.0, &user_code).await?;
    Ok(Json(DeviceRequestAnswer { user_code, device_label, address, expires_at, server_time: office.now() }))
}

/// Lets a device in as oneself, or refuses it.
#[utoipa::path(post, path = "/v1/device/approve", request_body = DeviceApproval, security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 429, body = Problem)))]
async fn approve(
    State(office): Shared,
    person: Person,
    peer: Peer,
    Body(request): Body<DeviceApproval>,
) -> Result<StatusCode, Refusal> {
    let decision = if request.approve { Decision::Approve } else { Decision::Refuse };
    device_grants::decide(&office, &person.user, &request.user_code, decision, peer).await?;
    Ok(StatusCode::NO_CONTENT)
}
