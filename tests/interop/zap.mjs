// A zapper of nostr-tools and npm lnurl. Arguments: the LNURL (bech32) of a payee, the payee's key, an event to zap or
// "". It decodes the LNURL, finds the endpoint by a kind 0, makes and checks a zap request, asks for the invoice, and
// prints {"callback","pr","verify","request","url"}. Then each line it reads is a receipt: it prints what it thinks of it.
import { createRequire } from 'node:module'
import { finalizeEvent, generateSecretKey, verifyEvent } from 'nostr-tools/pure'
import * as nip57 from 'nostr-tools/nip57'
import { each, say } from './lines.mjs'

const { decode, encode } = createRequire(import.meta.url)('lnurl')
const [lnurl, pubkey, target] = process.argv.slice(2)
const key = generateSecretKey()
const url = decode(lnurl)
if (encode(url) !== lnurl) throw new Error('npm lnurl encodes it otherwise')

const profile = { kind: 0, content: JSON.stringify({ lud06: lnurl }), tags: [] }
const callback = await nip57.getZapEndpoint(profile)
const wanted = target
  ? { event: JSON.parse(target), amount: 21000, comment: 'Zap!', relays: ['wss://relay.example'] }
  : { pubkey, amount: 21000, comment: 'Zap!', relays: ['wss://relay.example'] }
const request = JSON.stringify(finalizeEvent(nip57.makeZapRequest(wanted), key))
const refused = nip57.validateZapRequest(request)
if (refused) throw new Error(refused)
const answer = await (await fetch(`${callback}?amount=21000&nostr=${encodeURIComponent(request)}&lnurl=${lnurl}`)).json()
say({ callback, url, request, pr: answer.pr, verify: answer.verify })

await each(async (receipt) => {
  const description = receipt.tags.find((tag) => tag[0] === 'description')[1]
  const theirs = nip57.makeZapReceipt({
    zapRequest: description, bolt11: receipt.tags.find((tag) => tag[0] === 'bolt11')[1],
    paidAt: new Date(receipt.created_at * 1000),
  })
  const missing = theirs.tags.filter(
    (tag) => !receipt.tags.some((ours) => ours[0] === tag[0] && ours[1] === tag[1]))
  say({
    verified: verifyEvent(receipt), kind: receipt.kind === theirs.kind, missing,
    request: nip57.validateZapRequest(description), same: description === request,
  })
})
