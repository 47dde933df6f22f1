// nsite-cli waits for public relays before it says anything (NDK's outbox model). This loads it with that switched
// off; nothing else of it is changed.
import { registerHooks } from 'node:module'

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (!url.endsWith('/nsite-cli/dist/commands/common.js')) return loaded
    const source = loaded.source.toString()
    if (!source.includes('new NDK({')) throw new Error('nsite-cli makes its NDK elsewhere now')
    return { ...loaded, source: source.replace('new NDK({', 'new NDK({ enableOutboxModel: false,') }
  },
})
