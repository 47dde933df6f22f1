// Compares a set of events with a relay's by nostr-tools' NIP-77. In: {"relay","filter","events":[{"id","created_at"}]}.
// Out: {"have","need"}: the ids that only the set has, and that only the relay has.
import { nip77 } from 'nostr-tools'
import { Relay, useWebSocketImplementation } from 'nostr-tools/relay'
import WebSocket from 'ws'
import { each, say } from './lines.mjs'

useWebSocketImplementation(WebSocket)

await each(async ({ relay: url, filter, events }) => {
  const storage = new nip77.NegentropyStorageVector()
  for (const { id, created_at } of events) storage.insert(created_at, id)
  storage.seal()
  const relay = await Relay.connect(url)
  const [have, need] = [[], []]
  await new Promise((resolve, reject) => {
    const sync = new nip77.NegentropySync(relay, storage, filter, {
      onhave: (id) => have.push(id),
      onneed: (id) => need.push(id),
      onclose: (reason) => (reason ? reject(new Error(reason)) : resolve()),
    })
    sync.start()
  })
  relay.close()
  say({ have, need })
})
process.exit(0)
