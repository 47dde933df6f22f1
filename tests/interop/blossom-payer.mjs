// Somebody who pays a Blossom server for what he keeps there (BUD-07), with @cashu/cashu-ts for a wallet and nostr-tools
// for a signer. Argument: {blossom, other, mint, faucet} as JSON; a blob of the other server is mirrored. One line a
// step: what the server answered, and how the mint sees the coins that were sent.
import { createHash, randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { decodePaymentRequest, getEncodedToken, Wallet } from '@cashu/cashu-ts'
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure'
import { say } from './lines.mjs'

const { blossom, other, mint, faucet } = JSON.parse(process.argv[2])
const secret = generateSecretKey()
const wallet = new Wallet(mint)
await wallet.loadMint()

const post = async (path, body) => (await fetch(`${faucet}${path}`, {
  method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' },
})).json()

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex')

const authorization = (hash) => {
  const now = Math.floor(Date.now() / 1000)
  const tags = [['t', 'upload'], ['expiration', `${now + 300}`], ['x', hash]]
  const event = finalizeEvent({ kind: 24242, created_at: now, content: 'Keep this', tags }, secret)
  return `Nostr ${Buffer.from(JSON.stringify(event)).toString('base64url')}`
}

const read = (answer) => ({
  status: answer.status, reason: answer.headers.get('x-reason'), cashu: answer.headers.get('x-cashu'),
  lightning: answer.headers.get('x-lightning'),
})

const put = async (bytes, headers = {}, server = blossom) => read(await fetch(`${server}/upload`, {
  method: 'PUT', body: bytes,
  headers: { authorization: authorization(hashOf(bytes)), 'content-type': 'application/octet-stream', ...headers },
}))

const ask = async (bytes) => read(await fetch(`${blossom}/upload`, {
  method: 'HEAD',
  headers: {
    authorization: authorization(hashOf(bytes)), 'x-sha-256': hashOf(bytes), 'x-content-length': `${bytes.length}`,
    'x-content-type': 'application/octet-stream',
  },
}))

const mirror = async (url, hash, headers = {}) => read(await fetch(`${blossom}/mirror`, {
  method: 'PUT', body: JSON.stringify({ url }),
  headers: { authorization: authorization(hash), 'content-type': 'application/json', ...headers },
}))

/** Half of what was announced, and then nothing more. */
const breakOff = (bytes, headers) => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(blossom)
  const socket = connect(Number(port), hostname, () => {
    const lines = Object.entries({
      host: `${hostname}:${port}`, authorization: authorization(hashOf(bytes)), 'content-length': bytes.length, ...headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`PUT /upload HTTP/1.1\r\n${lines.join('')}\r\n`)
    socket.write(bytes.subarray(0, bytes.length / 2), () => socket.destroy())
  })
  socket.on('close', resolve).on('error', reject)
})

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** A rail that is slow is left out of an answer: asked again, until both are there. */
const demanded = async (ask) => {
  for (;;) {
    const answer = await ask()
    if (answer.status !== 503 && !(answer.status === 402 && !(answer.cashu && answer.lightning))) return answer
    await pause(500)
  }
}

/** The mint says a moment after the wallet that an invoice is paid; until then the same is sent again. */
const proven = async (send) => {
  for (;;) {
    const answer = await send()
    if (!answer.reason?.includes('[blossom/payment-unknown]')) return answer
    await pause(500)
  }
}

let coins = await wallet.receive((await post('/token', { amount_sat: 200 })).token)

/** As much ecash as a payment request asks for. */
const pay = async (creq) => {
  const asked = decodePaymentRequest(creq)
  const { keep, send } = await wallet.send(Number(asked.amount.toString()), coins)
  coins = keep
  return {
    asked: { amount: Number(asked.amount.toString()), unit: asked.unit, mints: asked.mints },
    send, token: getEncodedToken({ mint, unit: asked.unit, proofs: send }),
  }
}

const states = async (proofs) => [...new Set((await wallet.checkProofsStates(proofs)).map((one) => one.state))]
const blob = () => randomBytes(40_000)

const first = blob()
const demand = await demanded(() => ask(first))
const refused = await demanded(() => put(first))
const paid = await pay(demand.cashu)
say({ step: 'asked', demand, refused, asked: paid.asked })
say({
  step: 'cashu', kept: await put(first, { 'x-cashu': paid.token }), coins: await states(paid.send),
  again: await put(first), withCoins: await put(first, { 'x-cashu': paid.token }),
})

const broken = blob()
const held = await pay((await demanded(() => put(broken))).cashu)
await breakOff(broken, { 'x-cashu': held.token })
say({
  step: 'broken', before: await states(held.send), kept: await put(broken, { 'x-cashu': held.token }),
  after: await states(held.send),
})

const third = blob()
const { lightning } = await demanded(() => put(third))
const { preimage } = await post('/pay', { invoice: lightning })
await breakOff(third, { 'x-lightning': preimage })
say({
  step: 'lightning', invoice: lightning, kept: await proven(() => put(third, { 'x-lightning': preimage })),
  again: await put(third, { 'x-lightning': preimage }), used: await put(blob(), { 'x-lightning': preimage }),
})

const far = blob()
const url = `${other}/${hashOf(far)}`
say({ step: 'other', put: await put(far, {}, other) })
const price = await demanded(() => mirror(url, hashOf(far)))
const spent = await pay(price.cashu)
say({
  step: 'mirror', price, kept: await mirror(url, hashOf(far), { 'x-cashu': spent.token }),
  again: await mirror(url, hashOf(far)), coins: await states(spent.send),
})
say({ step: 'nonsense', answer: await put(blob(), { 'x-cashu': 'cashuBnonsense' }) })
