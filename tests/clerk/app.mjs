// A backend as QuickShow has it: Clerk's own middleware in front, handlers that look whether somebody is signed in and
// otherwise answer 200 with `success: false`. Usage: node app.mjs FOLDER_WITH_NODE_MODULES; settings come in variables.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.argv[2], 'package.json'));
const express = require('express');
const { clerkMiddleware, getAuth } = require('@clerk/express');

const parties = process.env.AUTHORIZED_PARTIES;
const app = express();
app.use(express.json());
app.use(
  clerkMiddleware({
    publishableKey: process.env.CLERK_PUBLISHABLE_KEY,
    secretKey: process.env.CLERK_SECRET_KEY,
    apiUrl: process.env.CLERK_API_URL,
    ...(parties ? { authorizedParties: [parties] } : {}),
  }),
);

let bookings = 0;

app.get('/api/user/bookings', (req, res) => {
  const { userId } = req.auth();
  if (!userId) return res.json({ success: false, message: 'not authorized' });
  res.json({ success: true, user: userId, bookings });
});

app.post('/api/booking/create', (req, res) => {
  const { userId } = req.auth();
  if (!userId) return res.json({ success: false, message: 'not authorized' });
  bookings += 1;
  res.json({ success: true, user: userId, seats: req.body.selectedSeats });
});

// How the two ways of asking answer, for the table of what is accepted.
app.get('/probe', (req, res) => res.json({ auth: req.auth().userId ?? null, getAuth: getAuth(req).userId ?? null }));

const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
