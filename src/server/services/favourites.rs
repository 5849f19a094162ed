//! The films a person has marked.

use super::catalogue;
use crate::{
    domain::ids::{MovieId, UserId},
    server::{office::Office, problem::Refusal},
};
use sqlx::Row;
use std::sync::Arc;

/// Whether a film is to be among them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Yes,
    No,
}

/// In the order in which they were marked.
pub async fn list(office: &Office, user: &UserId) -> Result<Vec<MovieId>, Refusal> {
    let rows = sqlx::query("SELECT movie_id FROM favourites WHERE user_id=$1 ORDER BY created_at, movie_id")
        .bind(user.0.clone())
        .fetch_all(office.db.read())
        .await?;
    rows.iter().map(|row| Ok(MovieId(row.try_get("movie_id")?))).collect()
}

/// Marks or unmarks a film; returns all favourites after it.
pub async fn set(
    office: &Arc<Office>,
    user: &UserId,
    movie: &MovieId,
    wanted: Wanted,
) -> Result<Vec<MovieId>, Refusal> {
    if wanted == Wanted::Yes {
        catalogue::movie(office, movie).await?;
    }
    let (at, person, film) = (Arc::clone(office), user.0.clone(), movie.0.clone());
    office
        .db
        .write(move |tx| {
            Box::pin(async move {
                let query = match wanted {
                    Wanted::Yes => sqlx::query(
                        "INSERT INTO favourites(user_id,movie_id,created_at) VALUES($1,$2,$3)
                         ON CONFLICT(user_id,movie_id) DO NOTHING",
                    )
                    .bind(person)
                    .bind(film)
                    .bind(at.now_ms()),
                    Wanted::No => {
                        sqlx::query("DELETE FROM favourites WHERE user_id=$1 AND movie_id=$2").bind(person).bind(film)
                    }
                };
                query.execute(tx).await?;
                Ok(())
            })
        })
        .await?;
    list(office, user).await
}
