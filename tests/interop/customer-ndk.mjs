// A customer by NDK: NDKDVMRequest, NDKDVMJobFeedback, NDKDVMJobResult, NDKAppHandlerEvent.
import NDK, {
  NDKAppHandlerEvent, NDKDVMJobFeedback, NDKDVMJobResult, NDKDVMRequest, NDKEvent, NDKPrivateKeySigner, NDKRelayList,
  NDKSubscriptionCacheUsage,
} from '@nostr-dev-kit/ndk'
import { verifyEvent } from 'nostr-tools/pure'

const hidden = ['i', 'param', 'output', 'relays', 'bid']
const fresh = { cacheUsage: NDKSubscriptionCacheUsage.ONLY_RELAY, groupable: false }

export class NdkCustomer {
  #signer = NDKPrivateKeySigner.generate()
  #ndk
  #relay

  constructor(relay) {
    this.#relay = relay
    this.#ndk = new NDK({
      explicitRelayUrls: [relay],
      signer: this.#signer,
      enableOutboxModel: false,
      initialValidationRatio: 1,
      lowestValidationRatio: 1,
    })
    this.pubkey = this.#signer.pubkey
  }

  async listen(filter, heard) {
    await this.#ndk.connect(10_000)
    await new Promise((resolve) => {
      const subscription = this.#ndk.subscribe(filter, { ...fresh, closeOnEose: false }, {
        onEvent: (event) => heard(event.rawEvent()),
        onEose: resolve,
      })
      subscription.on('close', resolve)
    })
  }

  async send({ kind, agent, scheme, inputs, params }) {
    const request = new NDKDVMRequest(this.#ndk)
    const dvm = this.#ndk.getUser({ pubkey: agent })
    request.kind = kind
    for (const input of inputs) request.addInput(...input)
    for (const param of params) request.addParam(...param)
    request.tags.push(['relays', this.#relay])
    if (scheme === 'nip44') await request.encryption(dvm)
    else request.dvm = dvm
    if (scheme === 'nip04') {
      request.content = JSON.stringify(request.tags.filter((tag) => hidden.includes(tag[0])))
      request.tags = [...request.tags.filter((tag) => !hidden.includes(tag[0])), ['encrypted']]
      await request.encrypt(dvm, undefined, 'nip04')
    }

    await request.publish(undefined, 10_000)
    return request.rawEvent()
  }

  async cancel(id, kind) {
    const deletion = new NDKEvent(this.#ndk, { kind: 5, content: '', tags: [['e', id], ['k', String(kind)]] })
    await deletion.publish(undefined, 10_000)
    return deletion.rawEvent()
  }

  async find(filter) {
    const found = [...(await this.#ndk.fetchEvents(filter, fresh))]
    return Promise.all(found.map(async (event) => ({
      event: event.rawEvent(),
      verified: verifyEvent(event.rawEvent()),
      profile: await this.#profile(event),
      relays: event.kind === 10002 ? [...NDKRelayList.from(event).readRelayUrls] : [],
    })))
  }

  async read(raw, scheme) {
    const event = new NDKEvent(this.#ndk, structuredClone(raw)) // Decrypting adds to its tags.
    const verified = (await event.verifySignature(false)) && verifyEvent(raw)
    if (raw.kind === 7000) {
      const feedback = await NDKDVMJobFeedback.from(event)
      return {
        event: raw,
        tags: feedback.tags,
        text: feedback.encrypted ? (feedback.tagValue('content') ?? '') : feedback.content,
        verified,
        status: feedback.status,
        job: feedback.tagValue('e'),
      }
    }

    const result = NDKDVMJobResult.from(event)
    if (result.hasTag('encrypted')) await result.decrypt(undefined, undefined, scheme)
    const job = result.jobRequestId
    return { event: raw, tags: result.tags, text: result.result ?? '', verified, status: result.status, job }
  }

  async #profile(event) {
    if (event.kind === 31990) return (await NDKAppHandlerEvent.from(event).fetchProfile()) ?? null
    return event.kind === 0 ? await event.author.fetchProfile(fresh) : null
  }
}
