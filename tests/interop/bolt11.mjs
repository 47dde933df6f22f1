// npm bolt11 as a second opinion. Reads {"read": [invoices]} or {"write": [{…}], "secret": hex}, one JSON object on
// stdin; prints one line an invoice: what it says, or {"error"}; for writing, the text.
import bolt11 from 'bolt11'
import { readFileSync } from 'node:fs'
import { say } from './lines.mjs'

const regtest = { bech32: 'bcrt', pubKeyHash: 111, scriptHash: 196, validWitnessVersions: [0, 1] }
const work = JSON.parse(readFileSync(0, 'utf8'))
for (const text of work.read ?? []) {
  try {
    const told = bolt11.decode(text, /^lnbcrt/i.test(text) ? regtest : undefined)
    const tag = (name) => told.tags.find((one) => one.tagName === name)?.data ?? null
    say({
      network: told.network.bech32, msat: told.millisatoshis ?? null, at: told.timestamp, payee: told.payeeNodeKey,
      hash: tag('payment_hash'), secret: tag('payment_secret'), description: tag('description'),
      described: tag('purpose_commit_hash'), expiry: tag('expire_time'), cltv: tag('min_final_cltv_expiry'),
    })
  } catch (error) {
    say({ error: error.message })
  }
}
for (const one of work.write ?? []) {
  const tags = [
    { tagName: 'payment_hash', data: one.hash },
    { tagName: 'payment_secret', data: one.secret },
    { tagName: 'description', data: one.description },
    { tagName: 'expire_time', data: one.expiry },
    { tagName: 'min_final_cltv_expiry', data: one.cltv },
  ]
  const unsigned = bolt11.encode({ network: regtest, millisatoshis: one.msat, timestamp: one.at, tags })
  say({ text: bolt11.sign(unsigned, work.secret).paymentRequest })
}
