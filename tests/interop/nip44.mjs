// nostr-tools' NIP-44 and NIP-04. In: {"scheme":"04"|"44","secret","pubkey","decrypt"|"encrypt"} a line; out: {"text"}
// or {"error"}.
import * as nip04 from 'nostr-tools/nip04'
import * as nip44 from 'nostr-tools/nip44'
import { each, say } from './lines.mjs'

const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'))

await each(({ scheme, secret, pubkey, encrypt, decrypt }) => {
  try {
    const key = scheme === '44' && nip44.getConversationKey(bytes(secret), pubkey)
    if (encrypt !== undefined) say({ text: key ? nip44.encrypt(encrypt, key) : nip04.encrypt(secret, pubkey, encrypt) })
    else say({ text: key ? nip44.decrypt(decrypt, key) : nip04.decrypt(secret, pubkey, decrypt) })
  } catch (error) {
    say({ error: error.message })
  }
})
