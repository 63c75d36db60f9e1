// The first system's receiver: check the signature, one INSERT for each message, then 200.
import { createHmac, timingSafeEqual } from 'node:crypto'
import express from 'express'
import pg from 'pg'

const secret = process.env.META_APP_SECRET
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 })
await pool.query(`create table if not exists instagram_messages (
  id bigserial primary key, message_id text not null unique, account_id text not null,
  sender_id text not null, recipient_id text not null, message_text text, message_type text,
  attachments jsonb, raw_payload jsonb, sent_at timestamptz, created_at timestamptz default now())`)

const insert = `insert into instagram_messages
  (message_id, account_id, sender_id, recipient_id, message_text, message_type, attachments, raw_payload, sent_at)
  values ($1, $2, $3, $4, $5, 'text', $6, $7, to_timestamp($8 / 1000.0)) on conflict (message_id) do nothing`

function signed(request) {
  const given = Buffer.from(request.get('x-hub-signature-256') ?? '')
  const expected = Buffer.from('sha256=' + createHmac('sha256', secret).update(request.body).digest('hex'))
  return given.length === expected.length && timingSafeEqual(given, expected)
}

const app = express()
app.disable('x-powered-by')
app.post('/api/meta/webhook', express.raw({ type: '*/*', limit: '3mb' }), async (request, response) => {
  if (!signed(request)) return response.sendStatus(401)
  try {
    for (const entry of JSON.parse(request.body.toString()).entry) {
      for (const event of entry.messaging ?? []) {
        await pool.query({
          name: 'insert', text: insert,
          values: [event.message.mid, entry.id, event.sender.id, event.recipient.id, event.message.text,
            JSON.stringify(event.message.attachments ?? null), JSON.stringify(event), event.timestamp],
        })
      }
    }
    response.status(200).end()
  } catch (error) {
    console.error(error.message)
    response.sendStatus(503)
  }
})
const server = app.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`ready ${server.address().port}`)
})
process.on('SIGTERM', () => process.exit(0))
