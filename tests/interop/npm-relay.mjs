// @nostr-relay on a free loopback port. Arguments: the database file (":memory:" unless said), --cached for its
// own result caches, --auth to turn NIP-42 on. Prints {"url","pid"} when it listens.
import { createRequire } from 'node:module'
import { stayUntilInputEnds, say } from './lines.mjs'

const require = createRequire(import.meta.url)
const { NostrRelay } = require('@nostr-relay/core')
const { LogLevel, createOutgoingNoticeMessage } = require('@nostr-relay/common')
const { EventRepositorySqlite } = require('@nostr-relay/event-repository-sqlite')
const { Validator } = require('@nostr-relay/validator')
const { WebSocketServer } = require('ws')

const flags = process.argv.slice(2)
const file = flags.find((flag) => !flag.startsWith('--')) ?? ':memory:'
const store = new EventRepositorySqlite(file)
await store.init()
const relay = new NostrRelay(store, {
  logLevel: LogLevel.ERROR,
  maxSubscriptionsPerClient: 200,
  ...(flags.includes('--auth') ? { hostname: '127.0.0.1' } : {}),
  ...(flags.includes('--cached') ? {} : { filterResultCacheTtl: 0, eventHandlingResultCacheTtl: 0 }),
})
const validator = new Validator()
const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 })
sockets.on('connection', (socket) => {
  relay.handleConnection(socket, '127.0.0.1')
  socket.on('message', async (data) => {
    try {
      await relay.handleMessage(socket, await validator.validateIncomingMessage(data))
    } catch (error) {
      socket.send(JSON.stringify(createOutgoingNoticeMessage(error.message)))
    }
  })
  socket.on('close', () => relay.handleDisconnect(socket))
  socket.on('error', () => relay.handleDisconnect(socket))
})
sockets.on('listening', () => say({ url: `ws://127.0.0.1:${sockets.address().port}`, pid: process.pid }))
stayUntilInputEnds()
