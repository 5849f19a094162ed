//! The demo cinema: its films, halls and prices, and shows for today and the days after it. Seeding the same day
//! always gives the same shows; what exists is never touched.

mod crowd;
mod day;
mod rules;

use super::{Demo, StartError, db::Db, office::Office, problem::Refusal};
use crate::domain::{cinema::Cinema, env::Clock, time};
use jiff::Timestamp;
use rules::House;
use sqlx::Row;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering::Relaxed},
};

/// The demo's programme, or none for a cinema that has its own.
pub struct Programme {
    house: Option<Arc<House>>,
    /// The last business day for which the shows were rolled forward, in days since 1970.
    rolled: AtomicI64,
    rolling: tokio::sync::Mutex<()>,
}

/// Prepares the cinema of a database: the demo's, or the one that is there.
pub async fn install(db: &Db, clock: &dyn Clock, demo: Demo) -> Result<(Programme, Cinema), StartError> {
    let house = match demo {
        Demo::Leave => None,
        Demo::Seed => Some(Arc::new(rules::load().map_err(StartError::Other)?)),
    };
    let programme = Programme { house, rolled: AtomicI64::new(i64::MIN), rolling: tokio::sync::Mutex::default() };
    if let Some(house) = &programme.house {
        store_house(db, Arc::clone(house)).await?;
    }
    programme.roll_forward(db, clock.now()).await?;
    let cinema = sqlx::query("SELECT value FROM meta WHERE key='cinema'").fetch_optional(db.read()).await;
    let cinema = match cinema.map_err(Refusal::from)? {
        Some(row) => {
            let json: String = row.try_get("value").map_err(Refusal::from)?;
            serde_json::from_str(&json).map_err(Refusal::internal)?
        }
        None => rules::nameless(),
    };
    Ok((programme, cinema))
}

/// The ids of shows that somebody added for a date by hand: those of no hall of the programme.
pub fn ids_of_added(date: jiff::civil::Date) -> std::ops::Range<i64> {
    day::added(day::number(date))
}

/// Adds the shows of days that have come into view since the last time. Costs nothing when there are none.
pub async fn roll_forward(office: &Office) -> Result<(), Refusal> {
    office.programme.roll_forward(&office.db, office.now()).await
}

impl Programme {
    async fn roll_forward(&self, db: &Db, now: Timestamp) -> Result<(), Refusal> {
        let Some(house) = &self.house else { return Ok(()) };
        let today = day::number(time::business_day(now, &house.zone.clone().into()));
        if self.rolled.load(Relaxed) == today {
            return Ok(());
        }
        let _one_at_a_time = self.rolling.lock().await;
        if self.rolled.load(Relaxed) == today {
            return Ok(());
        }
        for number in today..=today + house.rules.programme.days_ahead {
            let known = sqlx::query("SELECT 1 FROM seeded_days WHERE day=$1").bind(number).fetch_optional(db.read());
            if known.await?.is_none() {
                let house = Arc::clone(house);
                db.write(move |tx| Box::pin(async move { day::insert(tx, &house, number, now).await })).await?;
            }
        }
        self.rolled.store(today, Relaxed);
        Ok(())
    }
}

/// Films and cinema as this program knows them; plans are added, because older shows keep theirs.
async fn store_house(db: &Db, house: Arc<House>) -> Result<(), Refusal> {
    db.write(move |tx| {
        Box::pin(async move {
            sqlx::query("INSERT INTO meta(key,value) VALUES('cinema',$1) ON CONFLICT(key) DO UPDATE SET value=$1")
                .bind(serde_json::to_string(&house.cinema).map_err(Refusal::internal)?)
                .execute(&mut *tx)
                .await?;
            for hall in &house.halls {
                sqlx::query("INSERT INTO charts(hash,json) VALUES($1,$2) ON CONFLICT(hash) DO NOTHING")
                    .bind(hall.hash.0.clone())
                    .bind(hall.chart_json.clone())
                    .execute(&mut *tx)
                    .await?;
            }
            for film in &house.films {
                sqlx::query(
                    "INSERT INTO movies(id,title,json) VALUES($1,$2,$3)
                     ON CONFLICT(id) DO UPDATE SET title=excluded.title, json=excluded.json",
                )
                .bind(film.id.0.clone())
                .bind(film.title.to_string())
                .bind(serde_json::to_string(film).map_err(Refusal::internal)?)
                .execute(&mut *tx)
                .await?;
            }
            Ok(())
        })
    })
    .await
}
