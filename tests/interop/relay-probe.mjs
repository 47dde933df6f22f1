// Probes a relay (ws://… as the only argument) for NIP-01, 09, 11, 40, 42, 45, 70 and 77, modelled on the items of
// mikedilger/relay-tester. A line each: {"check","pass","detail"}; then {"passed","failed"}.
import { schnorr } from '@noble/curves/secp256k1.js'
import { finalizeEvent, generateSecretKey, getEventHash, getPublicKey } from 'nostr-tools/pure'
import WebSocket from 'ws'
import { say } from './lines.mjs'

const url = process.argv[2]
const answerMs = 5_000
const silenceMs = 500
const seconds = () => Math.floor(Date.now() / 1000)
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const secret = generateSecretKey()
const pubkey = getPublicKey(secret)
const strangerSecret = generateSecretKey()
const topic = 'u' + Math.random().toString(36).slice(2, 10)
const event = (template, by = secret) =>
  finalizeEvent({ kind: 1, created_at: seconds(), content: '', tags: [], ...template }, by)

class Client {
  messages = []
  waiting = []

  async open() {
    this.socket = new WebSocket(url)
    this.socket.on('message', (data) => this.hear(JSON.parse(data)))
    await new Promise((resolve, reject) => this.socket.on('open', resolve).on('error', reject))
    return this
  }

  hear(message) {
    this.messages.push(message)
    this.waiting = this.waiting.filter((wait) => !wait(message))
  }

  send(message) {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  // The first message that fits, heard already or to come; null when none comes in time.
  wait(fits, ms = answerMs) {
    const known = this.messages.find(fits)
    if (known) return Promise.resolve(known)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), ms)
      this.waiting.push((message) => {
        if (!fits(message)) return false
        clearTimeout(timer)
        resolve(message)
        return true
      })
    })
  }

  async publish(published) {
    this.messages = this.messages.filter((m) => !(m[0] === 'OK' && m[1] === published.id))
    this.send(['EVENT', published])
    const ok = await this.wait((m) => m[0] === 'OK' && m[1] === published.id)
    return { accepted: ok ? ok[2] : null, reason: ok ? String(ok[3]) : 'no answer' }
  }

  async query(...filters) {
    const id = 's' + Math.random().toString(36).slice(2)
    this.send(['REQ', id, ...filters])
    const end = await this.wait((m) => (m[0] === 'EOSE' || m[0] === 'CLOSED') && m[1] === id)
    const events = this.messages.filter((m) => m[0] === 'EVENT' && m[1] === id).map((m) => m[2])
    this.send(['CLOSE', id])
    return { events, end: end?.[0], ids: events.map((e) => e.id) }
  }
}

const tally = { passed: 0, failed: 0 }
const check = (name, pass, detail = '') => {
  tally[pass ? 'passed' : 'failed']++
  say({ check: name, pass: !!pass, detail: String(detail).slice(0, 200) })
}
const same = (left, right) => JSON.stringify(left) === JSON.stringify(right)
const sortedIds = (events) => events.map((e) => e.id).sort()

const client = await new Client().open()
const other = await new Client().open()

async function information() {
  const response = await fetch(url.replace('ws', 'http'), { headers: { accept: 'application/nostr+json' } })
  const body = await response.json().catch(() => null)
  const open = response.headers.get('access-control-allow-origin') === '*'
  check('NIP-11 document with CORS for all', response.status === 200 && body && open, JSON.stringify(body?.limitation))
}

async function publishing() {
  const first = event({ content: 'a' })
  let ok = await client.publish(first)
  check('EVENT is answered OK true', ok.accepted === true, ok.reason)
  ok = await client.publish(first)
  check('the same again is OK true, duplicate:', ok.accepted === true && ok.reason.startsWith('duplicate'), ok.reason)
  ok = await client.publish({ ...event({ content: 'forged' }), sig: '00'.repeat(64) })
  check('wrong signature is OK false, invalid:', ok.accepted === false && ok.reason.startsWith('invalid'), ok.reason)
  ok = await client.publish({ ...event({ content: 'before' }), content: 'after' })
  check('wrong id is OK false, invalid:', ok.accepted === false && ok.reason.startsWith('invalid'), ok.reason)
  const texts = ['\n"\\\r\t\b\f', '\u0000\u0001\u001f\u007f', '😀 ü 日本 \u2028\u2029', '\ufffe\uffff', '</script>/']
  for (const content of texts) {
    const sent = event({ content, tags: [['t', content.slice(0, 3)]] })
    ok = await client.publish(sent)
    const { events } = await client.query({ ids: [sent.id] })
    const whole = ok.accepted === true && events[0]?.content === content && same(events[0].tags, sent.tags)
    check('content survives: ' + JSON.stringify(content), whole, ok.reason)
  }
  const escaped = event({ content: 'q"uote/slash' })
  client.send(`["EVENT",${JSON.stringify(escaped).replace('q\\"uote', 'q\\u0022uote').replace('/', '\\/')}]`)
  const answer = await client.wait((m) => m[0] === 'OK' && m[1] === escaped.id)
  check('JSON escapes that NIP-01 does not list are read', answer?.[2] === true, answer?.[3])
  ok = await client.publish(event({ kind: 65535 }))
  check('kind 65535 is accepted', ok.accepted === true, ok.reason)
  const beyond = { ...event({}), kind: 65536 }
  beyond.id = getEventHash(beyond)
  beyond.sig = Buffer.from(schnorr.sign(Buffer.from(beyond.id, 'hex'), secret)).toString('hex')
  ok = await client.publish(beyond)
  check('kind 65536 is refused', ok.accepted === false, ok.reason)
}

async function finding() {
  const base = seconds() - 5_000
  const stored = Array.from({ length: 12 }, (_, i) =>
    event({ kind: 5100 + (i % 2), created_at: base + i, tags: [['t', topic], ['r', 'r' + (i % 3)], ['i', 'v' + i]] }))
  await Promise.all(stored.map((e) => client.publish(e)))
  const count = async (name, expected, ...filters) => {
    const { ids } = await client.query(...filters)
    check(name, ids.length === expected, `${ids.length} events`)
  }

  const byTag = { '#t': [topic] }
  await count('by a tag', 12, byTag)
  const { events } = await client.query(byTag)
  check('newest first', events.every((e, i) => i === 0 || events[i - 1].created_at >= e.created_at))
  const newest = await client.query({ ...byTag, limit: 3 })
  check('limit takes the newest', newest.ids.length === 3 && newest.ids[0] === stored[11].id, newest.ids.length)
  await count('two tags are AND', 4, { ...byTag, '#r': ['r0'] })
  await count('three tags are AND', 2, { ...byTag, '#r': ['r0'], '#i': ['v0', 'v3'] })
  await count('author, kind and tag', 6, { ...byTag, authors: [pubkey], kinds: [5100] })
  await count('since and until are inclusive', 3, { ...byTag, since: base + 3, until: base + 5 })
  await count('by ids', 2, { ids: [stored[0].id, stored[1].id] })
  await count('several filters are OR', 3, { ids: [stored[0].id] }, { ...byTag, limit: 2 })
  await count('OR sends an event once', 1, { ids: [stored[0].id] }, { ids: [stored[0].id] })
  const none = await client.query({ ...byTag, limit: 0 })
  check('limit 0 is EOSE alone', none.ids.length === 0 && none.end === 'EOSE', none.end)
  await count('a shortened id finds nothing', 0, { ids: [stored[0].id.slice(0, 10)] })
  const ties = [0, 1, 2, 3].map((i) =>
    event({ kind: 5102, created_at: base, content: 'tie' + i, tags: [['t', topic + 't']] }))
  for (const tie of ties) await client.publish(tie)
  const tied = await client.query({ '#t': [topic + 't'] })
  check('of equal times the lowest id first', same(tied.ids, sortedIds(ties)), tied.ids.map((id) => id.slice(0, 4)))
}

async function listening() {
  const tags = [['t', topic + 'l']]
  const arrives = (e, ms) => other.wait((m) => m[0] === 'EVENT' && m[2].id === e.id, ms)
  other.send(['REQ', 'live', { kinds: [5100, 20100], '#t': [topic + 'l'] }])
  await other.wait((m) => m[0] === 'EOSE' && m[1] === 'live')
  const live = event({ kind: 5100, tags })
  await client.publish(live)
  check('live event after EOSE', await arrives(live))
  const ephemeral = event({ kind: 20100, tags })
  const ok = await client.publish(ephemeral)
  check('ephemeral event is delivered', await arrives(ephemeral), ok.reason)
  other.messages = []
  other.send(['REQ', 'live', { kinds: [9999], '#t': ['none'] }])
  await other.wait((m) => m[0] === 'EOSE' && m[1] === 'live')
  const missed = event({ kind: 5100, tags, content: 'after' })
  await client.publish(missed)
  check('the same subscription id replaces', !(await arrives(missed, silenceMs)))
  other.send(['CLOSE', 'live'])
}

// Subscriptions are opened while events stream in: each must see every event, stored or live.
async function gaps() {
  const all = Array.from({ length: 150 }, (_, i) => event({ kind: 5103, content: 'g' + i, tags: [['t', topic + 'g']] }))
  const subscriptions = []
  const answers = []
  for (let i = 0; i < all.length; i++) {
    answers.push(client.publish(all[i]))
    if (i % 10 === 5) {
      other.send(['REQ', 'g' + i, { kinds: [5103], '#t': [topic + 'g'], limit: 500 }])
      subscriptions.push('g' + i)
    }
    if (i % 5 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(answers)
  const heard = (id) => new Set(other.messages.filter((m) => m[0] === 'EVENT' && m[1] === id).map((m) => m[2].id))
  const missing = () => subscriptions.map((id) => all.length - heard(id).size)
  for (let waited = 0; waited < answerMs && missing().some((n) => n > 0); waited += 100) await pause(100)
  check('no gap between stored and live', missing().every((n) => n === 0), 'missing ' + missing())
  subscriptions.forEach((id) => other.send(['CLOSE', id]))
}

async function replacing(start) {
  const lists = [0, 1].map((i) => event({ kind: 10002, created_at: start + i, tags: [['r', 'wss://r' + i]] }))
  for (const list of lists) await client.publish(list)
  const mine = { kinds: [10002], authors: [pubkey] }
  let { ids } = await client.query(mine)
  check('replaceable: the newest stays', same(ids, [lists[1].id]), ids.length)
  const ok = await client.publish(event({ kind: 10002, created_at: start - 50 }))
  ids = (await client.query(mine)).ids
  check('replaceable: an older one is not served', same(ids, [lists[1].id]), ok.reason)
  ids = (await client.query({ ...mine, '#d': [''] })).ids
  check('#d of "" finds a replaceable without d', ids.length === 1, ids.length)
  const ties = ['x', 'y'].map((content) => event({ kind: 10003, created_at: start, content }))
  for (const tie of ties) await client.publish(tie)
  ids = (await client.query({ kinds: [10003], authors: [pubkey] })).ids
  check('replaceable: of equal times the lowest id', same(ids, [sortedIds(ties)[0]]), ids.length)
  const at = (seconds, ...tags) => event({ kind: 30078, created_at: start + seconds, tags })
  const named = [at(0, ['d', 'anc']), at(5, ['d', 'anc']), at(0, ['d', 'other']), at(0), at(2, ['d', ''])]
  for (const one of named) await client.publish(one)
  ids = (await client.query({ kinds: [30078], authors: [pubkey] })).ids
  const right = ids.length === 3 && ids.includes(named[1].id) && ids.includes(named[4].id)
  check('addressable: one for each d, none is ""', right, ids.length)
}

async function deleting(start) {
  const tags = [['t', topic + 'd']]
  const own = event({ kind: 5100, tags })
  const foreign = event({ kind: 5100, tags }, strangerSecret)
  await client.publish(own)
  await client.publish(foreign)
  const deletion = event({ kind: 5, tags: [['e', own.id], ['e', foreign.id]] })
  let ok = await client.publish(deletion)
  check('kind 5 is accepted', ok.accepted === true, ok.reason)
  let { ids } = await client.query({ ids: [own.id, foreign.id] })
  check('kind 5 deletes its author\'s events only', same(ids, [foreign.id]), ids.length)
  ids = (await client.query({ ids: [deletion.id] })).ids
  check('kind 5 is served', ids.length === 1)
  ok = await client.publish(own)
  ids = (await client.query({ ids: [own.id] })).ids
  check('a deleted event does not come back', ok.accepted === false && ids.length === 0, ok.reason)
  const served = async (d) => (await client.query({ kinds: [30078], authors: [pubkey], '#d': [d] })).ids.length
  ok = await client.publish(event({ kind: 5, created_at: start + 10, tags: [['a', `30078:${pubkey}:anc`]] }))
  check('kind 5 deletes an address', (await served('anc')) === 0, ok.reason)
  await client.publish(event({ kind: 5, created_at: start - 50, tags: [['a', `30078:${pubkey}:other`]] }))
  check('only what is older than it', (await served('other')) === 1)
  await other.publish(event({ kind: 5, tags: [['a', `30078:${pubkey}:other`]] }, strangerSecret))
  check('and no address of somebody else', (await served('other')) === 1)
}

async function extensions() {
  let ok = await client.publish(event({ tags: [['expiration', String(seconds() - 5)]] }))
  check('NIP-40: expired is refused', ok.accepted === false, ok.reason)
  const brief = event({ tags: [['expiration', String(seconds() + 2)]] })
  await client.publish(brief)
  await pause(3_500)
  check('NIP-40: what expires is not served', (await client.query({ ids: [brief.id] })).ids.length === 0)
  ok = await client.publish(event({ tags: [['-']] }))
  check('NIP-70: protected needs AUTH', ok.accepted === false && ok.reason.startsWith('auth-required'), ok.reason)
  client.send(['COUNT', 'count', { '#t': [topic] }])
  const counted = await client.wait((m) => m[0] === 'COUNT' && m[1] === 'count')
  check('NIP-45: COUNT', counted?.[2]?.count === 12, JSON.stringify(counted))
  client.send(['NEG-OPEN', 'neg', { '#t': [topic] }, '6100000200'])
  const negotiated = await client.wait((m) => /^NEG-/.test(m[0]))
  check('NIP-77: NEG-OPEN is answered NEG-MSG', negotiated?.[0] === 'NEG-MSG', JSON.stringify(negotiated))
}

const start = seconds() - 100
await information()
await publishing()
await finding()
await listening()
await gaps()
await replacing(start)
await deleting(start)
await extensions()
say(tally)
process.exit(0)
