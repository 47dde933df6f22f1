// A Blossom client at work, as its users write it. Arguments: the client's npm name, two servers; the second may fetch
// from the first. In: nothing. Out: {"step", …} a line, what the client itself made of each answer.
import * as sdk from 'blossom-client-sdk'
import { BlossomClient } from 'nostr-tools/nipb7'
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { PlainKeySigner } from 'nostr-tools/signer'
import { say } from './lines.mjs'

const [name, first, second] = process.argv.slice(2)

const ofNostrTools = (server, key) => {
  const client = new BlossomClient(server, new PlainKeySigner(key))
  return {
    upload: (blob) => client.uploadBlob(blob),
    has: (hash) => client.check(hash).then(() => true, () => false),
    read: (hash) => client.download(hash),
    list: () => client.list(),
    mirror: (said) => client.mirror(said.url),
    remove: (hash) => client.delete(hash),
  }
}

const ofSdk = (server, key) => {
  const sign = async (draft) => finalizeEvent(draft, key)
  const onAuth = (verb) => (at, hash) => verb(sign, hash, { servers: at })
  return {
    upload: (blob) => sdk.Actions.uploadBlob(server, blob, { onAuth: onAuth(sdk.createUploadAuth) }),
    has: (hash) => sdk.Actions.hasBlob(server, hash),
    read: async (hash) => (await sdk.Actions.downloadBlob(server, hash)).arrayBuffer(),
    list: async () => {
      const all = []
      for await (const page of sdk.Actions.iterateBlobs(server, getPublicKey(key), { limit: 1 })) all.push(...page)
      return all
    },
    mirror: (said) => sdk.Actions.mirrorBlob(server, said, { onAuth: onAuth(sdk.createMirrorAuth) }),
    remove: (hash) => sdk.Actions.deleteBlob(server, hash, { onAuth: onAuth(sdk.createDeleteAuth) }),
  }
}

const open = { 'nostr-tools': ofNostrTools, 'blossom-client-sdk': ofSdk }[name]
const key = generateSecretKey()
const here = open(first, key)
const there = open(second, key)
const stranger = open(first, generateSecretKey())

const bytes = crypto.getRandomValues(new Uint8Array(60_000))
const picture = new Blob([bytes], { type: 'image/png' })
const note = new Blob(['a note'], { type: 'text/plain' })
const hashes = (list) => list.map((blob) => blob.sha256).sort()
const same = async (client, hash) => Buffer.from(await client.read(hash)).equals(Buffer.from(bytes))
const refused = (work) => work.then(() => null, (error) => error.message)

const said = await here.upload(picture)
const noted = await here.upload(note)
say({ step: 'upload', hash: await sdk.computeBlobSha256(picture), said, again: await here.upload(picture) })
say({ step: 'list', wanted: hashes([said, noted]), listed: hashes(await here.list()) })
const before = await there.has(said.sha256)
say({ step: 'mirror', before, said: await there.mirror(said), same: await same(there, said.sha256) })
say({ step: 'foreign', reason: await refused(stranger.remove(said.sha256)), kept: await same(here, said.sha256) })
await here.remove(said.sha256)
say({
  step: 'delete', here: await here.has(said.sha256), there: await same(there, said.sha256),
  listed: hashes(await here.list()), left: [noted.sha256], mirrored: hashes(await there.list()),
})
