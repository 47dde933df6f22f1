// A customer by nostr-tools: SimplePool, finalizeEvent, nip04, nip44.
import { finalizeEvent, generateSecretKey, getPublicKey, verifyEvent } from 'nostr-tools/pure'
import { SimplePool } from 'nostr-tools/pool'
import * as nip04 from 'nostr-tools/nip04'
import * as nip44 from 'nostr-tools/nip44'

const copy = (event) => JSON.parse(JSON.stringify(event))

export class NostrToolsCustomer {
  #secret = generateSecretKey()
  #pool = new SimplePool()
  #relays

  constructor(relay) {
    this.#relays = [relay]
    this.pubkey = getPublicKey(this.#secret)
  }

  listen(filter, heard) {
    return new Promise((resolve) => {
      this.#pool.subscribeMany(this.#relays, filter, { onevent: (event) => heard(copy(event)), oneose: resolve })
    })
  }

  async send({ kind, agent, scheme, inputs, params }) {
    const work = [
      ...inputs.map((input) => ['i', ...input]),
      ...params.map((param) => ['param', ...param]),
      ['relays', ...this.#relays],
    ]
    const tags = [['p', agent], ...(scheme ? [['encrypted']] : work)]
    const content = scheme ? this.#encrypt(scheme, agent, JSON.stringify(work)) : ''
    return this.#publish({ kind, tags, content })
  }

  cancel(id, kind) {
    return this.#publish({ kind: 5, tags: [['e', id], ['k', String(kind)]], content: '' })
  }

  async find(filter) {
    const found = await this.#pool.querySync(this.#relays, filter)
    return found.map((event) => ({
      event: copy(event),
      verified: verifyEvent(copy(event)),
      profile: event.kind === 0 || event.kind === 31990 ? JSON.parse(event.content) : null,
      relays: event.tags.filter((tag) => tag[0] === 'r').map((tag) => tag[1]),
    }))
  }

  async read(event, scheme) {
    const encrypted = event.tags.some((tag) => tag[0] === 'encrypted')
    let text = encrypted ? this.#decrypt(scheme, event.pubkey, event.content) : event.content
    const tags = [...event.tags]
    if (encrypted && event.kind === 7000) {
      tags.push(...JSON.parse(text))
      text = tags.find((tag) => tag[0] === 'content')?.[1] ?? ''
    }

    const request = tags.find((tag) => tag[0] === 'request')
    return {
      event,
      tags,
      text,
      verified: verifyEvent(copy(event)) && (!request || verifyEvent(JSON.parse(request[1]))),
      status: tags.find((tag) => tag[0] === 'status')?.[1],
      job: request ? JSON.parse(request[1]).id : tags.find((tag) => tag[0] === 'e')?.[1],
    }
  }

  async #publish(template) {
    const event = finalizeEvent({ ...template, created_at: Math.floor(Date.now() / 1000) }, this.#secret)
    await Promise.all(this.#pool.publish(this.#relays, event))
    return copy(event)
  }

  #encrypt(scheme, pubkey, text) {
    return scheme === 'nip44'
      ? nip44.encrypt(text, nip44.getConversationKey(this.#secret, pubkey))
      : nip04.encrypt(this.#secret, pubkey, text)
  }

  #decrypt(scheme, pubkey, text) {
    return scheme === 'nip44'
      ? nip44.decrypt(text, nip44.getConversationKey(this.#secret, pubkey))
      : nip04.decrypt(this.#secret, pubkey, text)
  }
}
