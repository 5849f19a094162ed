//! What those who run the cinema see: who has which seat, all bookings, and what they come to.

use super::{
    plans::Plan,
    records::{Record, select_records},
};
use crate::{
    domain::{ids::UserId, money::Money, text::Text, user::User},
    server::{office::Office, problem::Refusal},
};
use iso_currency::Currency;
use sqlx::{AssertSqlSafe, Row};
use std::collections::{BTreeMap, HashMap};

/// So many shows are looked up by one statement.
const LOOKED_UP: usize = 64;

/// Who has a seat; nobody by name where it was bought without an account.
pub type Owner = Option<UserId>;

/// The seats of shows that are held or sold, each with who has it.
pub async fn owners(office: &Office, shows: &[i64]) -> Result<HashMap<i64, Vec<(u32, Owner)>>, Refusal> {
    let mut owners: HashMap<i64, Vec<(u32, Owner)>> = HashMap::new();
    for some in shows.chunks(LOOKED_UP) {
        let places: Vec<String> = (2..2 + some.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "SELECT c.show_id, c.seat, b.user_id FROM seat_claims c JOIN bookings b ON b.id=c.booking_id
             WHERE (c.state=2 OR c.expires_at>$1) AND c.show_id IN ({})",
            places.join(",")
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(office.now_ms());
        let query = some.iter().fold(query, |query, show| query.bind(*show));
        for row in query.fetch_all(office.db.read()).await? {
            let seat = u32::try_from(row.try_get::<i64, _>("seat")?).map_err(Refusal::internal)?;
            let owner = row.try_get::<Option<String>, _>("user_id")?.map(UserId);
            owners.entry(row.try_get("show_id")?).or_default().push((seat, owner));
        }
    }
    Ok(owners)
}

/// The same by the seats' labels.
pub fn labelled(plan: &Plan, owners: &[(u32, Owner)]) -> BTreeMap<String, Owner> {
    owners.iter().map(|(seat, owner)| (plan.place(*seat).label.to_string(), owner.clone())).collect()
}

/// Everybody's bookings that are paid or still wait for it, newest first, with the accounts that they are of. The demo's
/// crowd has none.
pub async fn bookings(office: &Office) -> Result<Vec<(Record, Option<User>)>, Refusal> {
    let sql = select_records!(
        "WHERE b.code IS NOT NULL AND (b.status='paid' OR (b.status='pending' AND b.expires_at>$1))
         ORDER BY b.created_at DESC, b.id DESC"
    );
    let rows = sqlx::query(sql).bind(office.now_ms()).fetch_all(office.db.read()).await?;
    let records: Vec<Record> = rows.iter().map(Record::of).collect::<Result<_, _>>()?;
    let rows = sqlx::query(
        "SELECT u.id, u.name, COALESCE(u.told_email, u.email) AS email FROM users u
         WHERE EXISTS (SELECT 1 FROM bookings b WHERE b.user_id=u.id)",
    )
    .fetch_all(office.db.read())
    .await?;
    let mut people = HashMap::new();
    for row in rows {
        let id: String = row.try_get("id")?;
        let (name, email) = (Text::new(row.try_get("name")?), Text::new(row.try_get("email")?));
        people.insert(id.clone(), User { id: UserId(id), name, email });
    }
    let with_person = |record: Record| {
        let person = record.user.as_ref().and_then(|user| people.get(user)).cloned();
        (record, person)
    };
    Ok(records.into_iter().map(with_person).collect())
}

/// What the paid bookings come to.
pub struct Totals {
    pub bookings: i64,
    /// In the cinema's currency.
    pub revenue: Money,
    pub users: i64,
}

/// Counts the same bookings as [`bookings`] lists, as far as they are paid.
pub async fn totals(office: &Office) -> Result<Totals, Refusal> {
    let currency = currency(office)?;
    let paid = sqlx::query(
        "SELECT COUNT(*) AS bookings, CAST(COALESCE(SUM(CASE WHEN currency=$1 THEN amount ELSE 0 END), 0) AS BIGINT)
           AS revenue
         FROM bookings WHERE code IS NOT NULL AND status='paid'",
    )
    .bind(currency.code())
    .fetch_one(office.db.read())
    .await?;
    let users = sqlx::query("SELECT COUNT(*) FROM users").fetch_one(office.db.read()).await?;
    Ok(Totals {
        bookings: paid.try_get("bookings")?,
        revenue: Money::new(paid.try_get("revenue")?, currency),
        users: users.try_get(0)?,
    })
}

/// What the cinema's prices are in.
pub fn currency(office: &Office) -> Result<Currency, Refusal> {
    let code = &office.cinema.currency;
    Currency::from_code(code).ok_or_else(|| Refusal::internal(format!("currency {code} is not known")))
}
