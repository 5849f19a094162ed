CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE charts(hash TEXT PRIMARY KEY, json TEXT NOT NULL);
CREATE TABLE movies(id TEXT PRIMARY KEY, title TEXT NOT NULL, json TEXT NOT NULL);
CREATE TABLE shows(
  id BIGINT PRIMARY KEY, movie_id TEXT NOT NULL REFERENCES movies(id),
  hall_id TEXT NOT NULL, hall_name TEXT NOT NULL, chart TEXT NOT NULL REFERENCES charts(hash),
  starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL, seats BIGINT NOT NULL, prices TEXT NOT NULL);
CREATE INDEX shows_movie ON shows(movie_id, starts_at);
CREATE TABLE seeded_days(day BIGINT PRIMARY KEY);
CREATE TABLE bookings(
  id TEXT PRIMARY KEY, show_id BIGINT NOT NULL REFERENCES shows(id), user_id TEXT, channel TEXT NOT NULL,
  status TEXT NOT NULL CHECK(status IN('held','pending','paid','released','expired','cancelled')),
  seat_count BIGINT NOT NULL CHECK(seat_count>0), amount BIGINT NOT NULL, currency TEXT NOT NULL,
  lines TEXT NOT NULL, token_hash TEXT UNIQUE, extensions BIGINT NOT NULL,
  code TEXT UNIQUE, method TEXT, ticket TEXT,
  expires_at BIGINT NOT NULL, created_at BIGINT NOT NULL, paid_at BIGINT, cancelled_at BIGINT);
CREATE INDEX bookings_due ON bookings(expires_at) WHERE status IN('held','pending');
CREATE INDEX bookings_user ON bookings(user_id, created_at);
CREATE TABLE seat_claims(
  show_id BIGINT NOT NULL, seat BIGINT NOT NULL, booking_id TEXT NOT NULL REFERENCES bookings(id),
  state BIGINT NOT NULL CHECK(state IN(1,2)), expires_at BIGINT,
  PRIMARY KEY(show_id,seat), CHECK((state=1)=(expires_at IS NOT NULL)));
CREATE INDEX seat_claims_booking ON seat_claims(booking_id);
CREATE TABLE idempotency(
  scope TEXT NOT NULL, key TEXT NOT NULL, body_hash TEXT NOT NULL, response TEXT NOT NULL,
  created_at BIGINT NOT NULL, PRIMARY KEY(scope,key));
CREATE TABLE users(
  id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, pw_hash TEXT NOT NULL,
  created_at BIGINT NOT NULL);
CREATE TABLE sessions(
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id), device_label TEXT NOT NULL,
  created_at BIGINT NOT NULL, idle_expires_at BIGINT NOT NULL, abs_expires_at BIGINT NOT NULL,
  revoked_at BIGINT);
CREATE TABLE credentials(
  session_id TEXT NOT NULL REFERENCES sessions(id), gen BIGINT NOT NULL, hash TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY(session_id,gen));
CREATE TABLE throttle(key TEXT PRIMARY KEY, failures BIGINT NOT NULL, since BIGINT NOT NULL);
CREATE TABLE favourites(
  user_id TEXT NOT NULL REFERENCES users(id), movie_id TEXT NOT NULL REFERENCES movies(id),
  created_at BIGINT NOT NULL, PRIMARY KEY(user_id,movie_id));
ALTER TABLE bookings ADD COLUMN return_url TEXT;
CREATE TABLE schema_steps(step BIGINT PRIMARY KEY);
INSERT INTO schema_steps(step) VALUES(1);
INSERT INTO schema_steps(step) VALUES(2);
INSERT INTO meta(key,value) VALUES('identity','embedded:old');
INSERT INTO meta(key,value) VALUES('signing_key','9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');
INSERT INTO users(id,email,name,pw_hash,created_at) VALUES('usr_old','ann@example.org','Ann','$argon2id$',1795168800000);
INSERT INTO sessions(id,user_id,device_label,created_at,idle_expires_at,abs_expires_at)
  VALUES('ses_old','usr_old','old laptop',1795168800000,1797760800000,1802944800000);
INSERT INTO credentials(session_id,gen,hash,state,created_at) VALUES('ses_old',1,'a082575d3e80b4e1c361f741a1e5bab7a51198e6b2ac8a52e07d6ede5c012eae','active',1795168800000);
INSERT INTO throttle(key,failures,since) VALUES('password ann@example.org',2,1795168800000);
