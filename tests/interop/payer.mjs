// A customer by nostr-tools and cashu-ts who pays for jobs. Argument: {relay, api, faucet, agent, kind} as JSON. One
// line in, one out: {"way", "input", "type", "accept"} sends a job with a key of its own, pays it that way, waits for
// its end, accepts the result by a reaction where told, and gives {way, request, pubkey, statuses, codes, result, refund,
// given}. {"states": [Y…]} gives how the mint sees these proofs.
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { SimplePool } from 'nostr-tools/pool'
import * as nip17 from 'nostr-tools/nip17'
import { getToken } from 'nostr-tools/nip98'
import { makeZapRequest } from 'nostr-tools/nip57'
import { decodePaymentRequest, getDecodedToken, getEncodedToken, Wallet } from '@cashu/cashu-ts'
import { each, say } from './lines.mjs'

const { relay, api, faucet, mint, agent, slug, kind } = JSON.parse(process.argv[2])
const pool = new SimplePool()
const now = () => Math.floor(Date.now() / 1000)
const copy = (event) => JSON.parse(JSON.stringify(event))
const wallet = new Wallet(mint)
await wallet.loadMint()
const keysets = wallet.keyChain.getKeysets().map((keyset) => keyset.id)

const post = async (url, body) => {
  const answer = await fetch(url, {
    method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  const text = await answer.text()
  return { status: answer.status, body: text ? JSON.parse(text) : null }
}

const token = async (sat) => (await post(`${faucet}/token`, { amount_sat: sat })).body.token
const value = (tags, name) => tags.find((tag) => tag[0] === name)

class Customer {
  secret = generateSecretKey()
  answers = new Map()
  messages = []
  #looks = new Set()

  constructor() {
    this.pubkey = getPublicKey(this.secret)
  }

  async listen() {
    const heard = (event) => {
      if (event.kind === 1059) this.messages.push(nip17.unwrapEvent(event, this.secret))
      else this.answers.set(event.id, event)
      for (const look of this.#looks) look()
    }
    await new Promise((resolve) => pool.subscribeMany(
      [relay], { kinds: [7000, kind + 1000, 1059], '#p': [this.pubkey] }, { onevent: heard, oneose: resolve }))
  }

  once(find) {
    return new Promise((resolve) => {
      const look = () => {
        const found = find()
        if (!found) return
        this.#looks.delete(look)
        resolve(found)
      }
      this.#looks.add(look)
      look()
    })
  }

  answer(holds) {
    return this.once(() => [...this.answers.values()].find(holds))
  }

  async publish(template) {
    const event = finalizeEvent({ created_at: now(), content: '', ...template }, this.secret)
    await Promise.all(pool.publish([relay], event))
    return copy(event)
  }
}

const isQuote = (event) => value(event.tags, 'status')?.[1] === 'payment-required'
const isResult = (event) => event.kind === kind + 1000
const isError = (event) => value(event.tags, 'status')?.[1] === 'error'
const refundIn = (event, ...states) => states.includes(value(event.tags, 'refund')?.[2])

// NIP-98 by nostr-tools.
const read = async (secret, url) => {
  const authorization = await getToken(url, 'GET', (event) => finalizeEvent(event, secret), true)
  const answer = await fetch(url, { headers: { authorization } })
  return { status: answer.status, body: await answer.json() }
}

// Coins that make the amount exactly: the library sends them as they are, and without their DLEQ proofs.
const exactProofs = async (sat) => {
  const coins = await wallet.receive(await token(sat + 9))
  const { send } = await wallet.send(sat, coins)
  if (send.some((proof) => proof.dleq)) throw new Error('the library swapped, or it keeps DLEQ proofs now')
  return send
}

// What a wallet makes of a payment request (NUT-18).
const payload = async (quote) => {
  const asked = decodePaymentRequest(value(quote.tags, 'cashu')[1])
  const { proofs } = getDecodedToken(await token(Number(asked.amount.toString())), keysets)
  return { asked, body: JSON.stringify({ id: asked.id, mint, unit: 'sat', proofs: proofs.map(plain) }) }
}

// Ecash that only the key of the agent's kind 10019 can spend (NUT-11).
const lockedProofs = async (sat) => {
  const info = await pool.get([relay], { kinds: [10019], authors: [agent] })
  const coins = await wallet.receive(await token(sat + 10))
  const { send } = await wallet.ops.send(sat, coins).asP2PK({ pubkey: value(info.tags, 'pubkey')[1] }).run()
  return send
}

const plain = (proof) => ({ ...proof, amount: Number(proof.amount.toString()) })

// NIP-57: the payee's server, asked as a wallet asks it; the faucet is the wallet's node.
const zap = async (me, sat, about, comment) => {
  const offer = await (await fetch(`${api}/.well-known/lnurlp/${slug}`)).json()
  const template = makeZapRequest({
    ...(about ? { event: about } : { pubkey: agent }), amount: sat * 1000, comment, relays: [relay],
  })
  const request = finalizeEvent(template, me.secret)
  const callback = new URL(offer.callback)
  callback.searchParams.set('amount', String(sat * 1000))
  callback.searchParams.set('nostr', JSON.stringify(request))
  const { pr, reason } = await (await fetch(callback)).json()
  if (!pr) throw new Error(`zap: ${reason}`)
  const paid = await post(`${faucet}/pay`, { invoice: pr })
  if (paid.status !== 200) throw new Error(`zap: ${JSON.stringify(paid)}`)
  return copy(request)
}

const target = (asked, type) => asked.transport.find((one) => one.type === type).target

const ways = {
  balance: {
    before: async (me) => {
      const answer = await post(`${api}/balances/${me.pubkey}/cashu`, await token(30))
      if (answer.status !== 200) throw new Error(`deposit: ${JSON.stringify(answer)}`)
      return [['bid', '21000'], ['pay', 'balance']]
    },
  },
  cashu: { before: async () => [['cashu', await token(21)]] },
  exact: {
    before: async (me) => {
      me.given = await exactProofs(21)
      return [['cashu', getEncodedToken({ mint, unit: 'sat', proofs: me.given })]]
    },
  },
  locked: {
    before: async () => [['cashu', getEncodedToken({ mint, unit: 'sat', proofs: await lockedProofs(22) })]],
  },
  nutzap: {
    pay: async (me, quote) => {
      const proofs = (await lockedProofs(22)).map((proof) => ['proof', JSON.stringify(plain(proof))])
      const tags = [...proofs, ['unit', 'sat'], ['u', mint], ['e', quote.id], ['k', '7000'], ['p', agent]]
      await me.publish({ kind: 9321, tags })
    },
  },
  zap: { pay: (me, quote) => zap(me, 21, quote, '') },
  hire: { instead: (me, input) => zap(me, 21, null, input) },
  bolt11: {
    pay: async (me, quote) => {
      const paid = await post(`${faucet}/pay`, { invoice: value(quote.tags, 'amount')[2] })
      if (paid.status !== 200) throw new Error(`invoice: ${JSON.stringify(paid)}`)
    },
  },
  post: {
    pay: async (me, quote) => {
      const { asked, body } = await payload(quote)
      const answer = await post(target(asked, 'post'), body)
      if (answer.status !== 200) throw new Error(`post: ${JSON.stringify(answer)}`)
    },
  },
  nip17: {
    pay: async (me, quote) => {
      const { body } = await payload(quote)
      await Promise.all(pool.publish([relay], nip17.wrapEvent(me.secret, { publicKey: agent, relayUrl: relay }, body)))
    },
  },
}

await each(async ({ way, input, type, accept, states }) => {
  if (states) {
    say({ states: (await wallet.mint.check({ Ys: states })).states.map((one) => one.state) })
    return
  }

  const me = new Customer()
  await me.listen()
  const { before, instead, pay } = ways[way]
  const request = instead
    ? await instead(me, input)
    : await me.publish({ kind, tags: [['p', agent], ['i', input, type], ...(before ? await before(me) : [])] })
  if (pay) await pay(me, await me.answer(isQuote))
  const end = await me.answer((event) => isResult(event) || (isError(event) && refundIn(event, 'pending')))
  let refund = null
  if (isResult(end) && accept === 'zap') {
    await zap(me, 5, end, '')
  } else if (isResult(end) && accept) {
    await me.publish({ kind: 7, tags: [['e', end.id], ['p', end.pubkey], ['k', String(end.kind)]], content: '+' })
  } else if (!isResult(end)) {
    const back = await me.answer((event) => refundIn(event, 'ready', 'collected'))
    refund = { tag: value(back.tags, 'refund') }
    if (refund.tag[4] === 'token') {
      const message = await me.once(() => me.messages[0])
      const money = getDecodedToken(message.content.split('\n').at(-1), keysets)
      refund.token = money.proofs.reduce((sum, proof) => sum + Number(proof.amount.toString()), 0)
      refund.from = message.pubkey
    }
    const url = `${api}/refunds/${refund.tag[1]}`
    refund.read = await read(me.secret, url)
    refund.stranger = (await read(generateSecretKey(), url)).body.code
  }

  const given = me.given ? (await wallet.checkProofsStates(me.given)).map((one) => one.state) : null
  const all = [...me.answers.values()].sort((a, b) => a.created_at - b.created_at)
  say({
    way, request: request.id, pubkey: me.pubkey, refund, given, result: isResult(end) ? end.content : null,
    statuses: all.map((event) => value(event.tags, 'status')?.[1]),
    codes: all.map((event) => value(event.tags, 'code')?.[1] ?? ''),
  })
})
process.exit(0)
