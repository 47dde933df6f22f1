// How many events a second nostr-wasm and nostr-tools verify. In: a file with an event a line. Out: "NAME RATE" a peer.
import { readFileSync } from 'node:fs'
import { verifyEvent } from 'nostr-tools/pure'
import { initNostrWasm } from 'nostr-wasm'

const parse = () => readFileSync(process.argv[2], 'utf8').trim().split('\n').map((line) => JSON.parse(line))
const wasm = await initNostrWasm()

function rate (name, count, verify) {
  let best = 0
  for (let round = 0; round < 3; round++) {
    // nostr-tools remembers its verdict on the object, so that each round gets fresh ones.
    const events = parse().slice(0, count)
    const start = performance.now()
    for (const event of events) verify(event)
    best = Math.max(best, events.length / (performance.now() - start) * 1000)
  }
  console.log(name, best)
}

rate('nostr-wasm', 2000, (event) => wasm.verifyEvent(event))
rate('nostr-tools', 300, (event) => { if (!verifyEvent(event)) throw new Error('it does not verify') })
