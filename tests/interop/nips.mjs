// nostr-tools' NIPs, an operation a line. In: {"op", …its arguments}; out: {"value"} or {"error"}.
import { finalizeEvent } from 'nostr-tools/pure'
import * as nip13 from 'nostr-tools/nip13'
import * as nip17 from 'nostr-tools/nip17'
import * as nip19 from 'nostr-tools/nip19'
import * as nip42 from 'nostr-tools/nip42'
import * as nip59 from 'nostr-tools/nip59'
import * as nip98 from 'nostr-tools/nip98'
import { each, say } from './lines.mjs'

const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'))

const operations = {
  work: ({ id }) => nip13.getPow(id),
  mine: ({ event, bits }) => nip13.minePow(event, bits),
  message: ({ secret, receivers, text, subject, reply }) => {
    const all = receivers.map((publicKey) => ({ publicKey }))
    return nip17.wrapManyEvents(bytes(secret), all, text, subject, { eventId: reply })
  },
  open: ({ secret, wrap }) => nip17.unwrapEvent(wrap, bytes(secret)),
  wrap: ({ secret, receiver, event }) => nip59.wrapEvent(event, bytes(secret), receiver),
  unwrap: ({ secret, wrap }) => nip59.unwrapEvent(wrap, bytes(secret)),
  encode: ({ type, data }) => nip19[`${type}Encode`](type === 'nsec' ? bytes(data) : data),
  decode: ({ text }) => {
    const { type, data } = nip19.decode(text)
    return { type, data: type === 'nsec' ? Buffer.from(data).toString('hex') : data }
  },
  answer: ({ secret, relay, challenge }) => finalizeEvent(nip42.makeAuthEvent(relay, challenge), bytes(secret)),
  token: ({ secret, url, method, body }) =>
    nip98.getToken(url, method, (event) => finalizeEvent(event, bytes(secret)), true, body),
  admit: async ({ token, url, method, body }) =>
    nip98.validateEvent(await nip98.unpackEventFromToken(token), url, method, body),
}

await each(async ({ op, ...given }) => {
  try {
    say({ value: await operations[op](given) })
  } catch (error) {
    say({ error: error.message })
  }
})
