// nostr-tools' verdict on events. In: an event a line; out: true or false a line.
import { verifyEvent } from 'nostr-tools/pure'
import { each, say } from './lines.mjs'

await each((event) => say(verifyEvent(event)))
