// A wallet of @cashu/cashu-ts against a mint. Arguments: the mint's URL, the faucet's. It goes through everything a
// wallet does and prints one line for each step: {"step": name, …what a test looks at}. It ends with an error as soon
// as the mint does something the library does not take.
import WebSocket from 'ws'
import { createHash, randomBytes } from 'node:crypto'
import {
  Wallet, getDecodedToken, getEncodedToken, hasValidDleq, sumProofs, createRandomSecretKey, getPubKeyFromPrivKey,
  deriveKeysetId, injectWebSocketImpl, Mint,
} from '@cashu/cashu-ts'
import { say } from './lines.mjs'

injectWebSocketImpl(WebSocket)
const [mintUrl, faucetUrl] = process.argv.slice(2)
const hex = (bytes) => Buffer.from(bytes).toString('hex')
const sat = (proofs) => Number(sumProofs(proofs).toString())
const number = (amount) => Number(amount.toString())

const faucet = async (path, body) => {
  const answer = await fetch(faucetUrl + path, { method: 'POST', body: JSON.stringify(body) })
  const read = await answer.json()
  if (!answer.ok) throw new Error(`faucet ${path}: ${read.error}`)
  return read
}

const seed = randomBytes(64)
const wallet = new Wallet(mintUrl, { bip39seed: seed })
await wallet.loadMint()
const keyset = wallet.getKeyset()
say({
  step: 'keys', id: keyset.id, fee: keyset.fee,
  computed: deriveKeysetId(keyset.keys, {
    unit: 'sat', input_fee_ppk: keyset.fee, expiry: keyset.expiry, versionByte: Number(keyset.id.slice(0, 2)),
  }),
})

// NUT-04, NUT-20, NUT-17: the notification comes over the socket.
const quoteKey = createRandomSecretKey()
const locked = await wallet.createLockedMintQuote(64, hex(getPubKeyFromPrivKey(quoteKey)))
const paid = wallet.on.onceMintPaid(locked.quote, { timeoutMs: 20000 })
await faucet('/pay', { invoice: locked.request })
const state = (await paid).state
let unsigned
try {
  await wallet.mintProofsBolt11(64, locked.quote)
} catch (error) {
  unsigned = error.code ?? error.message
}
let coins = await wallet.mintProofsBolt11(64, locked, { privkey: hex(quoteKey) })
say({ step: 'minted', state, unsigned, sat: sat(coins), dleq: coins.every((p) => hasValidDleq(p, keyset)) })

// The faucet's token, a swap, the states of what was spent.
const { token } = await faucet('/token', { amount_sat: 1000 })
const decoded = getDecodedToken(token, wallet.keyChain.getKeysets().map((k) => k.id))
const received = await wallet.receive(token, {}, { type: 'deterministic', counter: 0 })
const spent = await wallet.checkProofsStates(decoded.proofs)
say({
  step: 'received', mint: decoded.mint, sat: sat(received), dleqIn: decoded.proofs.every((p) => hasValidDleq(p, keyset)),
  dleq: received.every((p) => hasValidDleq(p, keyset)), states: [...new Set(spent.map((s) => s.state))],
  fee: sat(decoded.proofs) - sat(received),
})

let again
try {
  await wallet.receive(token)
} catch (error) {
  again = error.code
}
say({ step: 'double-spend', code: again })

coins = [...coins, ...received]
const sent = await wallet.send(100, coins)
coins = sent.keep
const bob = new Wallet(mintUrl)
await bob.loadMint()
const took = await bob.receive(getEncodedToken({ mint: mintUrl, proofs: sent.send }))
say({ step: 'sent', sat: sat(sent.send), took: sat(took) })

// NUT-11: one key, two of three with all signed, a lock time with a refund.
const keys = [0, 1, 2].map(() => createRandomSecretKey())
const [a, b, c] = keys.map((key) => hex(getPubKeyFromPrivKey(key)))
const secrets = keys.map(hex)
const lock = async (amount, options) => {
  const result = await wallet.ops.send(amount, coins).asP2PK(options).run()
  coins = result.keep
  return result.send
}
const open = async (proofs, privkey) => {
  try {
    return sat(await bob.receive(proofs, privkey ? { privkey } : {}))
  } catch (error) {
    return error.code ?? error.message
  }
}
const one = await lock(21, { pubkey: a })
say({ step: 'p2pk', stranger: await open(one, secrets[1]), none: await open(one), owner: await open(one, secrets[0]) })
const two = await lock(33, { pubkey: [a, b, c], requiredSignatures: 2, sigFlag: 'SIG_ALL' })
say({ step: 'multisig', one: await open(two, secrets[0]), two: await open(two, [secrets[0], secrets[2]]) })
const past = await lock(17, { pubkey: a, locktime: Math.floor(Date.now() / 1000) - 100, refundKeys: [b] })
say({ step: 'refund', stranger: await open(past, secrets[2]), refund: await open(past, secrets[1]) })

// NUT-14.
const preimage = hex(randomBytes(32))
const hash = createHash('sha256').update(Buffer.from(preimage, 'hex')).digest('hex')
const htlc = await lock(12, { pubkey: a, hashlock: hash })
const wrong = await open(htlc, secrets[0])
const revealed = await open(
  htlc.map((proof) => ({ ...proof, witness: { preimage, signatures: [] } })), secrets[0])
const [seen] = await wallet.checkProofsStates(htlc)
say({ step: 'htlc', wrong, revealed, witness: JSON.parse(seen.witness).preimage === preimage })

// NUT-05, NUT-08: the reserve comes back as change.
const { invoice } = await faucet('/invoice', { amount_sat: 200 })
const meltQuote = await wallet.createMeltQuoteBolt11(invoice)
const need = number(meltQuote.amount) + number(meltQuote.fee_reserve)
const forMelt = await wallet.send(need, coins, { includeFees: true })
coins = forMelt.keep
const watched = []
let stop
const sawSpent = new Promise((resolve, reject) => {
  const seen = (update) => watched.push(update.state) && update.state === 'SPENT' && resolve()
  stop = wallet.on.proofStateUpdates(forMelt.send, seen, reject)
})
const unwatch = await stop
const melted = await wallet.meltProofsBolt11(meltQuote, forMelt.send)
coins = [...coins, ...melted.change]
const proof = createHash('sha256').update(Buffer.from(melted.quote.payment_preimage, 'hex')).digest('hex')
await sawSpent
unwatch()
say({
  step: 'melted', state: melted.quote.state, reserve: number(meltQuote.fee_reserve), change: sat(melted.change),
  hash: proof, invoice, watched: [...new Set(watched)],
})

// NUT-05 as it fails: the inputs are unspent again.
await faucet('/faults', { fail_payments: 1 })
const failing = await wallet.createMeltQuoteBolt11((await faucet('/invoice', { amount_sat: 50 })).invoice)
const toFail = await wallet.send(number(failing.amount) + number(failing.fee_reserve), coins, { includeFees: true })
coins = toFail.keep
let failed
try {
  await wallet.meltProofsBolt11(failing, toFail.send)
} catch (error) {
  failed = error.code
}
const left = await wallet.checkProofsStates(toFail.send)
coins = [...coins, ...toFail.send]
say({ step: 'failed', code: failed, states: [...new Set(left.map((s) => s.state))] })

// NUT-09, NUT-13: from the seed alone.
const restored = new Wallet(mintUrl, { bip39seed: seed })
await restored.loadMint()
const found = await restored.batchRestore(100, 100, 0, keyset.id)
const unspent = await restored.groupProofsByState(found.proofs)
say({ step: 'restored', found: found.proofs.length, unspent: sat(unspent.unspent ?? []) })

// NUT-02: after a rotation, of old inputs new ones become, of either version.
for (const version of [0, 1]) {
  await faucet('/rotate', { version, input_fee_ppk: 0 })
  const fresh = new Wallet(mintUrl)
  await fresh.loadMint()
  const { send, keep } = await fresh.send(10, coins)
  coins = keep
  const moved = await fresh.receive(getEncodedToken({ mint: mintUrl, proofs: send }))
  say({ step: 'rotated', version, id: moved[0].id, took: sat(moved) })
}

// NUT-19: the same bytes twice.
const last = new Wallet(mintUrl)
await last.loadMint()
const preview = await last.prepareSwapToSend(5, coins)
const payload = {
  inputs: preview.inputs.map(({ dleq, ...rest }) => ({ ...rest, amount: number(rest.amount) })),
  outputs: [...(preview.keepOutputs ?? []), ...(preview.sendOutputs ?? [])].map((o) => ({
    ...o.blindedMessage, amount: number(o.blindedMessage.amount),
  })),
}
const replay = async () => {
  const answer = await fetch(mintUrl + '/v1/swap', { method: 'POST', body: JSON.stringify(payload) })
  return { status: answer.status, body: await answer.text() }
}
const first = await replay()
const second = await replay()
say({
  step: 'replayed', first: first.status, second: second.status, same: first.body === second.body,
  code: JSON.parse(second.body).code ?? null,
})
const info = await new Mint(mintUrl).getInfo()
say({ step: 'info', nuts: Object.keys(info.nuts) })
process.exit(0)
