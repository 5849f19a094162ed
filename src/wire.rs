//! The JSON envelopes of the native API, version 1. Entities are the domain's own types; every answer carries the
//! server's time (`server_time` in JSON, `Server-Time` in the header of every answer, both RFC 3339 UTC).

use crate::domain::{
    booking::{Booking, PaymentMethod},
    cinema::Cinema,
    failure::Conflict,
    ids::{ChartHash, HoldId, MovieId, SeatId, ShowId, UserId},
    movie::Movie,
    seating::{
        best::Rung,
        party::{Party, PricedProposal},
    },
    show::{Hold, LeftAlone, NamedSeat, Show},
    sign_in::Offer,
    text::Text,
    user::User,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The header in which a hold's token travels.
pub const HOLD_TOKEN: &str = "hold-token";
/// The header that names a sale (draft-ietf-httpapi-idempotency-key-header).
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The header of the server's time.
pub const SERVER_TIME: &str = "server-time";

/// The client id under which programs ask for a device grant.
pub const CLIENT_ID: &str = "frontrow";
/// The grant type of RFC 6749, 6: for an OAuth client, the credential is the refresh token.
pub const REFRESH_GRANT: &str = "refresh_token";
/// The grant type of RFC 8628.
pub const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// `POST /v1/auth/sign-in`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum SignInRequest {
    Password {
        email: String,
        password: String,
        #[serde(default)]
        device_label: String,
    },
    EmailCode {
        email: String,
        code: String,
        #[serde(default)]
        device_label: String,
    },
    Ticket {
        ticket: String,
        #[serde(default)]
        device_label: String,
    },
}

/// Declares wire structs with the derives that all of them need.
macro_rules! wire {
    ($($(#[$doc:meta])* pub struct $name:ident { $($(#[$fdoc:meta])* pub $field:ident : $type:ty),* $(,)? })*) => {$(
        #[derive(Clone, Debug, Serialize, Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        $(#[$doc])*
        pub struct $name { $($(#[$fdoc])* pub $field : $type),* }
    )*};
}

wire! {
    /// `GET /v1/cinema`
    pub struct CinemaAnswer { pub cinema: Cinema, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp }
    /// `GET /v1/movies`
    pub struct MoviesAnswer { pub movies: Vec<Movie>, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp }
    /// `GET /v1/movies/{id}`
    pub struct MovieAnswer { pub movie: Movie, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp }
    /// `GET /v1/shows?movie=`
    pub struct ShowsAnswer { pub shows: Vec<Show>, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp }
    /// `GET /v1/shows/{id}`
    pub struct ShowAnswer { pub show: Show, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp }
    /// `GET /v1/shows/{id}/seats`; `ETag` is the hash of the packed states.
    pub struct SeatsAnswer {
        pub show: ShowId,
        pub chart: ChartHash,
        /// Number of seats in the chart.
        pub count: u32,
        /// Base64 (standard alphabet, padded) of two bits a seat in chart order: 0 free, 1 held, 2 sold, 3 blocked.
        pub states: String,
        #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))]
        pub server_time: Timestamp,
    }
    /// `GET /v1/shows/{id}/events`, event `changes`: pairs of a seat's place in the chart and what it is now (0 free,
    /// 1 held, 2 sold, 3 blocked). `v` is 1.
    pub struct SeatChanges { pub v: u8, #[cfg_attr(feature = "server", schema(value_type = Vec<Vec<u32>>))] pub changes: Vec<(u32, u8)> }
    /// `POST /v1/shows/{id}/propose`: read only.
    #[serde(deny_unknown_fields)]
    pub struct ProposeRequest {
        pub party: Party,
        /** How many proposals, 1 to 10; without it 3. */
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "server", schema(minimum = 1, maximum = 10))]
        pub limit: Option<u32>,
    }
    /// The best seats first.
    pub struct ProposeAnswer { pub proposals: Vec<PricedProposal>, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp }
    /// `POST /v1/holds`: either seats or a party.
    #[serde(deny_unknown_fields)]
    pub struct HoldRequest {
        pub show: ShowId,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "server", schema(min_items = 1, max_items = 20))]
        pub seats: Vec<SeatId>,
        /** The best seats for it are found and held in one step. */
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub party: Option<Party>,
        /** What happens if a single seat is left alone that need not be. */
        #[serde(default)]
        pub orphans: LeftAlone,
    }
    /// The answer to `POST /v1/holds`: the only place where the token is ever told.
    pub struct HoldCreated {
        pub hold: Hold,
        /** The secret that later calls send as `Hold-Token`. */
        pub token: String,
        /** For a party: how close together the seats are. */
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub closeness: Option<Rung>,
        /** For a party: the same in words. */
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub words: Option<Text>,
        /** Seats that the hold leaves alone and need not: it cannot be booked like this. */
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub orphans: Vec<NamedSeat>,
        /** What could be held instead, the nearest first. */
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub suggest: Vec<Vec<NamedSeat>>,
        #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp,
    }
    /// `PATCH /v1/holds/{id}`: all of it happens, or none.
    #[serde(deny_unknown_fields)]
    pub struct HoldChange {
        #[serde(default)]
        pub add: Vec<SeatId>,
        #[serde(default)]
        pub remove: Vec<SeatId>,
        /** Start the time again. */
        #[serde(default)]
        pub extend: bool,
        /** What happens if a single seat is left alone that need not be. */
        #[serde(default)]
        pub orphans: LeftAlone,
    }
    /// `GET` and `PATCH /v1/holds/{id}`
    pub struct HoldAnswer {
        pub hold: Hold,
        /** Seats that the change leaves alone and need not: the hold cannot be booked like this. */
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub orphans: Vec<NamedSeat>,
        /** What could be held instead, the nearest first. */
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub suggest: Vec<Vec<NamedSeat>>,
        #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp,
    }
    /// `POST /v1/bookings`, with `Idempotency-Key` and `Hold-Token`
    #[serde(deny_unknown_fields)]
    pub struct BookRequest { pub hold: HoldId, pub payment: PaymentMethod }
    /// One booking.
    pub struct BookingAnswer { pub booking: Booking, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp }
    /// `GET /v1/bookings`: the person's own, newest first.
    pub struct BookingsAnswer { pub bookings: Vec<Booking>, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp }
    /// `GET /v1/favorites`, `PUT` and `DELETE /v1/favorites/{movie}`: all favourites after the change.
    pub struct FavoritesAnswer { pub movies: Vec<MovieId>, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp }
    /// `POST /v1/auth/sign-up`: answers [`SignedIn`]. Where addresses are proven by mail it answers [`MailSent`] first,
    /// and the same request again, with the code from the mail, opens the account.
    #[serde(deny_unknown_fields)]
    pub struct SignUpRequest { pub email: String, pub password: String, pub name: String, #[serde(default)] pub device_label: String, #[serde(default, skip_serializing_if = "Option::is_none")] pub code: Option<String> }
    /// `GET /v1/auth/methods`
    pub struct MethodsAnswer { #[serde(flatten)] pub offer: Offer, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp }
    /// `POST /v1/auth/email-code`: answered with [`MailSent`], whether there is such an account or not.
    #[serde(deny_unknown_fields)]
    pub struct EmailCodeRequest { pub email: String }
    /// A code is on its way, if the address is known. `email` is as it was given.
    pub struct MailSent { pub mailed_to: String, /** Seconds that the code is good for. */ pub expires_in: u64, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp }
    /// The answer to sign-up, sign-in and the device grant. The credential is long-lived and only mints tokens; the
    /// token lives a minute. The last three fields make it an OAuth token answer (RFC 6749, 5.1), too.
    pub struct SignedIn {
        pub user: User,
        pub session: SessionInfo,
        pub credential: String,
        pub access_token: String,
        /** `Bearer` */
        pub token_type: String,
        /** Seconds. */
        pub expires_in: u64,
        #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp,
    }
    pub struct SessionInfo { pub id: String, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub expires_at: Timestamp, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub idle_expires_at: Timestamp }
    /// `POST /v1/sessions/{sid}/tokens`, with the credential as bearer
    pub struct TokenAnswer {
        pub object: String,
        pub jwt: String,
        /** Seconds. */
        pub expires_in: u64,
        /** The credential is old enough to be rotated when there is time. */
        #[serde(default)]
        pub rotate: bool,
        /** Another credential has taken this one's place; this one ends within a minute. */
        #[serde(default)]
        pub superseded: bool,
        #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp,
    }
    /// `POST /v1/sessions/{sid}/rotate`, with the credential as bearer. The old credential stays good until the new
    /// one is first used.
    pub struct RotatedAnswer { pub credential: String, /** Counts the session's credentials, from 1. */ pub r#gen: u32, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp }
    /// `GET /v1/sessions`: where the person is signed in, newest first.
    pub struct SessionsAnswer { pub sessions: Vec<DeviceSession>, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp }
    pub struct DeviceSession {
        pub id: String,
        pub device_label: Text,
        #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub created_at: Timestamp,
        #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub last_seen_at: Timestamp,
        #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub expires_at: Timestamp,
        /** Whether it is the session that asks. */
        pub current: bool,
    }
    /// `GET /v1/device/{user_code}`: what waits for an approval.
    pub struct DeviceRequestAnswer {
        pub user_code: String,
        pub device_label: Text,
        /** The address it was asked for from. */
        pub address: String,
        #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub expires_at: Timestamp,
        #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp,
    }
    /// `POST /v1/device/approve`, answered with 204
    #[serde(deny_unknown_fields)]
    pub struct DeviceApproval { pub user_code: String, pub approve: bool }
    /// `POST /v1/auth/tickets`; without `user_id` for oneself.
    #[serde(deny_unknown_fields)]
    pub struct TicketRequest { #[serde(default)] pub user_id: Option<UserId>, /** Seconds, 60 to 600. */ pub expires_in: u64, /** For a machine that stands where everybody can use it: its sign-in lasts longer. Only admins make such tickets. */ #[serde(default)] pub kiosk: bool }
    /// The only place where the ticket is ever told.
    pub struct TicketAnswer { pub ticket: String, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub expires_at: Timestamp, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp }
    /// The answer of `POST /oauth/device_authorization` (RFC 8628, 3.2)
    pub struct DeviceAuthorization {
        pub device_code: String,
        pub user_code: String,
        pub verification_uri: String,
        pub verification_uri_complete: String,
        /** Seconds. */
        pub expires_in: u64,
        /** Seconds between two questions. */
        pub interval: u64,
        /** One sentence for people: from where the page can be opened, where that is not everywhere. */
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub notice: String,
    }
    /// `POST /oauth/token` for a device code: the answer to a sign-in. OAuth clients know its credential as the refresh
    /// token.
    pub struct DeviceGranted { #[serde(flatten)] pub signed_in: SignedIn, pub refresh_token: String }
    /// `POST /oauth/token` for a refresh token (RFC 6749, 5.1). The refresh token is the one that came.
    pub struct Refreshed {
        pub access_token: String,
        /** `Bearer` */
        pub token_type: String,
        /** Seconds. */
        pub expires_in: u64,
        pub refresh_token: String,
        #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp,
    }
    /// A refusal of the OAuth routes (RFC 6749, 5.2).
    pub struct OAuthProblem { pub error: String, #[serde(default)] pub error_description: String }
    /// `GET /.well-known/oauth-authorization-server` (RFC 8414, 2)
    pub struct AuthorizationServer {
        pub issuer: String,
        pub token_endpoint: String,
        pub device_authorization_endpoint: String,
        pub revocation_endpoint: String,
        pub jwks_uri: String,
        pub grant_types_supported: Vec<String>,
        pub response_types_supported: Vec<String>,
        pub token_endpoint_auth_methods_supported: Vec<String>,
    }
    /// `GET /v1/me`
    pub struct MeAnswer { pub user: User, #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))] pub server_time: Timestamp }
    /// Every refusal: RFC 9457 `application/problem+json` with a stable `code`.
    pub struct Problem {
        #[serde(rename = "type")]
        pub kind: String,
        pub title: String,
        pub status: u16,
        /// One sentence for people.
        pub detail: String,
        /// Stable, for programs: `seat_taken`, `not_found`, `invalid_request` …
        pub code: String,
        /// Whether the same request may succeed later.
        #[serde(default)]
        pub retryable: bool,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub conflicts: Vec<Conflict>,
        /// Seats that would be left alone.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub orphans: Vec<NamedSeat>,
        /// What could be had instead, the nearest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub suggest: Vec<Vec<NamedSeat>>,
        /// Seconds after which another try makes sense, as in `Retry-After`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub retry_after: Option<u64>,
        /// Why a session was ended: `signed_out`, `signed_out_elsewhere`, `credential_reuse`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
        #[cfg_attr(feature = "server", schema(value_type = String, format = DateTime))]
        pub server_time: Timestamp,
        #[serde(default)]
        pub request_id: String,
    }
}
