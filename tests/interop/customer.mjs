// A customer with a key of its own on one relay, played by a library that knows nothing of ours. Arguments: the
// library ("nostr-tools" or "ndk") and the relay. Prints {"pubkey"} when it listens for answers; then, one line each:
// {"send": {"kind","agent","scheme","inputs","params"}} gives {"request"}, the event as sent;
// {"answers": id} waits for the last answer and for all the relay keeps, and gives {"answers"} as the library reads
// them; {"started": id} waits for the first; {"cancel": id, "kind"} gives {"deletion"}; {"find": filter} gives
// {"events"}; {"until": filter, "count"} too, once there are so many.
import { each, say } from './lines.mjs'
import { NdkCustomer } from './customer-ndk.mjs'
import { NostrToolsCustomer } from './customer-nostr-tools.mjs'

const customers = { 'nostr-tools': NostrToolsCustomer, ndk: NdkCustomer }
const [library, relay] = process.argv.slice(2)
const answers = new Map()
const schemes = new Map()
const waiting = new Set()

const heard = (event) => {
  const id = event.tags.find((tag) => tag[0] === 'e')?.[1]
  const known = answers.get(id) ?? new Map()
  answers.set(id, known.set(event.id, event))
  for (const look of waiting) look()
}

const isLast = (event) =>
  event.kind !== 7000 || event.tags.some((tag) => tag[0] === 'status' && tag[1] === 'error')

const once = (holds) =>
  new Promise((resolve) => {
    const look = () => {
      if (!holds()) return
      waiting.delete(look)
      resolve()
    }
    waiting.add(look)
    look()
  })

const customer = new customers[library](relay)
const kinds = [7000, ...[5000, 5001, 5300, 5301, 5302, 5303, 5400, 5500].map((kind) => kind + 1000)]
await customer.listen({ kinds, '#p': [customer.pubkey] }, heard)
say({ pubkey: customer.pubkey })

await each(async (line) => {
  if (line.send) {
    const request = await customer.send(line.send)
    schemes.set(request.id, line.send.scheme)
    say({ request })
  } else if (line.answers) {
    const id = line.answers
    await once(() => [...(answers.get(id)?.values() ?? [])].some(isLast))
    for (const { event } of await customer.find({ kinds, '#e': [id] })) heard(event)
    const all = [...answers.get(id).values()]
    say({ answers: await Promise.all(all.map((event) => customer.read(event, schemes.get(id)))) })
  } else if (line.started) {
    await once(() => answers.has(line.started))
    say({ started: line.started })
  } else if (line.cancel) {
    say({ deletion: await customer.cancel(line.cancel, line.kind) })
  } else if (line.find) {
    say({ events: await customer.find(line.find) })
  } else if (line.until) {
    const seen = new Set()
    await customer.listen(line.until, (event) => {
      seen.add(event.id)
      for (const look of waiting) look()
    })
    await once(() => seen.size >= line.count)
    say({ events: await customer.find(line.until) })
  }
})
process.exit(0)
