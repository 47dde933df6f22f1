// A customer with @cashu/cashu-ts and our wallet hand each other ecash of one mint. The first argument is JSON:
// {mint, bare, locked, secret, request, key}: two tokens of ours, the second locked to the customer's secret; a payment
// request of ours; and the key that tokens for us are locked to. One line for each thing that a test looks at.
import {
  Wallet, decodePaymentRequest, getDecodedToken, getEncodedToken, hasValidDleq, sumProofs, PaymentRequest,
} from '@cashu/cashu-ts'
import { say } from './lines.mjs'

const given = JSON.parse(process.argv[2])
const sat = (proofs) => Number(sumProofs(proofs).toString())
const wallet = new Wallet(given.mint)
await wallet.loadMint()
const ids = wallet.keyChain.getKeysets().map((keyset) => keyset.id)

const read = (text) => {
  const token = getDecodedToken(text, ids)
  return {
    mint: token.mint, unit: token.unit, sat: sat(token.proofs),
    dleq: token.proofs.every((proof) => hasValidDleq(proof, wallet.getKeyset(proof.id), { require: true })),
  }
}
const bare = await wallet.receive(given.bare)
say({ step: 'bare', ...read(given.bare), took: sat(bare) })
let closed
try {
  await wallet.receive(given.locked)
} catch (error) {
  closed = error.code ?? error.message
}
const opened = await wallet.receive(given.locked, { privkey: given.secret })
say({ step: 'locked', ...read(given.locked), closed, took: sat(opened) })

const request = decodePaymentRequest(given.request)
say({
  step: 'request', id: request.id, amount: Number(request.amount?.toString()), unit: request.unit, mints: request.mints,
  description: request.description, single: request.singleUse, transports: request.transport,
  lock: request.nut10,
})

let coins = [...bare, ...opened]
// Coins that happen to match are sent on without their DLEQ proofs, unless something makes the library swap them.
const give = async (amount) => {
  const { keep, send } = await wallet.send(amount, coins, { keysetId: wallet.getKeyset().id })
  coins = keep
  return send
}
const token = (proofs) => getEncodedToken({ mint: given.mint, unit: 'sat', proofs })
const plain = (proofs) => proofs.map((proof) => ({ ...proof, amount: Number(proof.amount.toString()) }))
say({ step: 'token', token: token(await give(16)) })
const v3 = await give(5)
say({
  step: 'v3',
  token: 'cashuA' + Buffer.from(JSON.stringify({
    token: [{ mint: given.mint + '/', proofs: plain(v3) }], unit: 'sat', memo: 'from an older wallet',
  })).toString('base64url'),
})
const lockedToYou = await wallet.ops.send(9, coins).asP2PK({ pubkey: given.key }).run()
coins = lockedToYou.keep
say({ step: 'p2pk', token: token(lockedToYou.send) })
const all = await wallet.ops.send(7, coins).asP2PK({ pubkey: given.key, sigFlag: 'SIG_ALL' }).run()
coins = all.keep
say({ step: 'sig-all', token: token(all.send) })
const paying = await give(4)
say({
  step: 'payload',
  json: JSON.stringify({ id: request.id, mint: given.mint, unit: 'sat', proofs: plain(paying) }),
})
const mine = new PaymentRequest(
  [{ type: 'post', target: 'https://peer.example/pay', tags: [['n', '17']] }], 'abc', 21, 'sat', [given.mint], 'peer')
say({ step: 'mine', request: mine.toEncodedCreqA() })
