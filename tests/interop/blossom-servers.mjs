// Five Blossom servers as their sources have them, from research into what each checks of a token and answers. Argument:
// which. It prints {"url"} and serves until its input ends. Each answer names its line; what no line here answers is 501.
//   blossom-server  hzrd149/blossom-server be405e0          route96     v0l/route96 fbe66df
//   khatru          fiatjaf/khatru 9f99b98 (blossom/)       nostrcheck  quentintaranpino/nostrcheck-server fd84689
//   blossy          pippellia-btc/blossy c72dde5 under zapstore/relay dc48e9f
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { verifyEvent } from 'nostr-tools/pure'
import { say, stayUntilInputEnds } from './lines.mjs'

class Answer extends Error {
  constructor(status, reason, line) {
    super(`${reason} (${line})`)
    this.status = status
  }
}

const refuse = (status, reason, line) => { throw new Answer(status, reason, line) }
const unless = (holds, ...answer) => holds || refuse(...answer)
const now = () => Math.floor(Date.now() / 1000)
const values = (event, name) => event.tags.filter((tag) => tag[0] === name).map((tag) => tag[1])
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')
const padded = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const blobs = new Map()
let url

const parse = (text, ...answer) => {
  try { return JSON.parse(text) } catch { return refuse(...answer) }
}

// What every server does with bytes, once it has let them in. Uploads of one second are told apart by their order.
const keep = (owner, bytes, type, ext) => {
  const hash = sha256(bytes)
  const known = blobs.get(hash)
  const blob = known ?? { hash, bytes, type, ext, owners: new Set(), uploaded: now(), order: blobs.size }
  blob.owners.add(owner)
  blobs.set(hash, blob)
  return { blob, created: !known }
}
const described = (blob) => (
  { url: `${url}/${blob.hash}${blob.ext}`, sha256: blob.hash, size: blob.bytes.length, type: blob.type, uploaded: blob.uploaded })
const owned = (pubkey) => [...blobs.values()].filter((blob) => blob.owners.has(pubkey)).sort((a, b) => b.order - a.order)
const drop = (blob, owner) => blob.owners.delete(owner) && (blob.owners.size > 0 || blobs.delete(blob.hash))
const page = (list, query) => {
  const from = query.get('cursor') ? list.findIndex((blob) => blob.hash === query.get('cursor')) + 1 : 0
  return list.slice(from, from + Number(query.get('limit') ?? 50)).map(described)
}
const origin = async (address, ...answer) => {
  const got = await fetch(address).catch(() => refuse(...answer))
  unless(got.ok, ...answer)
  return { bytes: Buffer.from(await got.arrayBuffer()), type: got.headers.get('content-type') ?? '' }
}

const reference = {
  token(headers, verb) {
    const raw = headers.authorization?.startsWith('Nostr ') ? headers.authorization.slice(6).trim() : ''
    unless(raw, 401, 'Authorization required', 'middleware/auth.ts:193')
    const event = parse(Buffer.from(raw, 'base64url').toString(), 400, 'Invalid Authorization header encoding', 'auth.ts:79')
    unless(event.kind === 24242, 400, 'Auth event must be kind 24242', 'auth.ts:85')
    unless(event.created_at - now() <= 60, 400, 'created_at is in the future', 'auth.ts:89')
    unless(values(event, 'expiration')[0], 400, 'Auth event missing expiration tag', 'auth.ts:96')
    unless(!(parseInt(values(event, 'expiration')[0], 10) < now()), 401, 'Auth token expired', 'auth.ts:101')
    const servers = values(event, 'server').map((one) => one.includes('://') ? new URL(one).hostname : one.split(':')[0])
    unless(!servers.length || servers.includes('127.0.0.1'), 401, 'not valid for this server', 'auth.ts:113')
    unless(verifyEvent(event), 400, 'Auth event signature invalid', 'auth.ts:125')
    unless(values(event, 't')[0] === verb, 403, 'token type does not match', 'auth.ts:197')
    return event
  },
  scoped: (event, hash, line) =>
    unless(!values(event, 'x').length || values(event, 'x').includes(hash), 403, 'no x tag matches', line),
  upload({ headers, body }) {
    const event = this.token(headers, 'upload')
    unless(headers['content-length'], 411, 'Content-Length header required', 'routes/upload.ts:179')
    const promised = headers['x-sha-256']
    unless(!promised || /^[0-9a-f]{64}$/.test(promised), 400, 'Invalid X-SHA-256 header format', 'upload.ts:241')
    if (promised) this.scoped(event, promised, 'upload.ts:249')
    unless(body.length, 400, 'Request body is empty', 'upload.ts:294')
    unless(!promised || promised === sha256(body), 409, 'hash mismatch', 'upload.ts:363')
    this.scoped(event, sha256(body), 'upload.ts:372')
    const { blob, created } = keep(event.pubkey, body, headers['content-type'], '.png')
    return [created ? 201 : 200, described(blob), 'upload.ts:278 and 421']
  },
  // A literal private address is refused (mirror.ts:193), and a loopback test has no other.
  mirror({ headers }) {
    this.token(headers, 'upload')
    return refuse(400, 'URL resolves to a private address', 'mirror.ts:193')
  },
  list: ({ pubkey, query }) => [200, page(owned(pubkey), query), 'list.ts:143'],
  remove({ headers, hash }) {
    const blob = blobs.get(hash) ?? refuse(404, 'Blob not found', 'delete.ts:58')
    const event = this.token(headers, 'delete')
    this.scoped(event, hash, 'delete.ts:68')
    unless(blob.owners.has(event.pubkey), 403, 'You are not an owner of this blob', 'delete.ts:72')
    drop(blob, event.pubkey)
    return [204, null, 'delete.ts:99']
  },
}

const route96 = {
  token(headers) {
    const header = headers.authorization ?? refuse(401, 'Auth header not found', 'auth/blossom.rs:116')
    unless(header.startsWith('Nostr '), 400, 'Auth scheme must be Nostr', 'blossom.rs:121')
    unless(padded.test(header.slice(6)), 400, 'Invalid auth string', 'blossom.rs:126: BASE64_STANDARD, padded')
    const event = parse(Buffer.from(header.slice(6), 'base64').toString(), 400, 'Invalid nostr event', 'blossom.rs:129')
    unless(event.kind === 24242, 400, 'Wrong event kind', 'blossom.rs:132')
    unless(Math.abs(event.created_at - now()) < 180, 400, 'Created timestamp is out of range', 'blossom.rs:138')
    unless(values(event, 'expiration').length, 400, 'Missing expiration tag', 'blossom.rs:154')
    unless(Number(values(event, 'expiration')[0]) > now(), 400, 'Expiration invalid', 'blossom.rs:151')
    unless(verifyEvent(event), 400, 'Event signature invalid', 'blossom.rs:159')
    const servers = values(event, 'server')
    unless(!servers.length || servers.includes(url), 401, 'Server not in scope', 'blossom.rs:84: the whole public_url')
    return event
  },
  scoped: (event, hash, line) => unless(values(event, 'x').includes(hash), 401, 'Missing or mismatched x tag', line),
  method: (event, line) => unless(values(event, 't')[0] === 'upload', 400, 'Invalid request method tag', line),
  upload({ headers, body }) {
    const event = this.token(headers)
    this.method(event, 'routes/blossom.rs:677')
    if (headers['x-sha-256']) this.scoped(event, headers['x-sha-256'], 'blossom.rs:682')
    const { blob, created } = keep(event.pubkey, body, headers['content-type'] ?? 'application/octet-stream', '.png')
    return [created ? 201 : 200, described(blob), 'blossom.rs:146']
  },
  async mirror({ headers, body }) {
    const event = this.token(headers)
    const wanted = parse(body, 400, 'Invalid request body', 'blossom.rs:436').url
    this.method(event, 'blossom.rs:440')
    const named = wanted.split('/').pop().split('.')[0]
    if (named.length === 64) this.scoped(event, named, 'blossom.rs:446')
    const got = await origin(wanted, 502, 'Mirror request failed', 'blossom.rs:480')
    const { blob, created } = keep(event.pubkey, got.bytes, got.type, '.png')
    return [created ? 201 : 200, described(blob), 'blossom.rs:146']
  },
  list({ headers, pubkey, query }) {
    this.token(headers)
    return [200, page(owned(pubkey), query), 'blossom.rs:400: only with a token']
  },
  remove({ headers, hash }) {
    const event = this.token(headers)
    this.scoped(event, hash, 'blossom.rs:352')
    drop(blobs.get(hash) ?? refuse(404, 'File not found', 'blossom.rs:369'), event.pubkey)
    return [204, null, 'blossom.rs:363']
  },
}

const khatru = {
  token(headers, status) {
    if (!headers.authorization?.startsWith('Nostr ')) return null // authorization.go:16
    const raw = headers.authorization.slice(6)
    unless(padded.test(raw), status, 'invalid base64 token', 'authorization.go:20: StdEncoding')
    const event = parse(Buffer.from(raw, 'base64').toString(), status, 'broken event', 'authorization.go:26')
    unless(event.kind === 24242 && verifyEvent(event), status, 'invalid event', 'authorization.go:28')
    unless(values(event, 'expiration').length, status, 'missing "expiration" tag', 'authorization.go:37')
    unless((Number(values(event, 'expiration')[0]) || 0) >= now(), status, 'event expired', 'authorization.go:41')
    return event
  },
  verb: (event, verb, line) => unless(values(event, 't').includes(verb), 403, 'invalid "t" tag', line),
  upload({ headers, body }) {
    const event = this.token(headers, 404) ?? refuse(401, 'missing "Authorization" header', 'handlers.go:60')
    this.verb(event, 'upload', 'handlers.go:64')
    unless(Number(headers['content-length']), 400, 'missing "Content-Length" header', 'handlers.go:71')
    const { blob } = keep(event.pubkey, body, headers['content-type'], '.png')
    return [200, described(blob), 'handlers.go:156: never 201, no x, no X-SHA-256']
  },
  async mirror({ headers, body }) {
    const event = this.token(headers, 404) ?? refuse(401, 'missing "Authorization" header', 'handlers.go:424')
    this.verb(event, 'upload', 'handlers.go:428')
    const wanted = parse(body, 400, 'invalid request body', 'handlers.go:436').url
    const got = await origin(wanted, 400, 'failed to download blob', 'handlers.go:443')
    unless(values(event, 'x').includes(sha256(got.bytes)), 403, 'does not match any "x" tag', 'handlers.go:459')
    return [200, described(keep(event.pubkey, got.bytes, got.type, '.png').blob), 'handlers.go:506']
  },
  list({ headers, pubkey }) {
    const event = this.token(headers, 400)
    if (event) this.verb(event, 'list', 'handlers.go:285')
    return [200, owned(pubkey).map(described), 'handlers.go:301: all of it, whatever the query says']
  },
  remove({ headers, hash }) {
    const event = this.token(headers, 400) ?? refuse(500, 'nil pointer', 'handlers.go:342 dereferences nil')
    this.verb(event, 'delete', 'handlers.go:329')
    unless(values(event, 'x').includes(hash), 403, 'invalid "x" or "server" tag', 'handlers.go:344')
    if (blobs.has(hash)) drop(blobs.get(hash), event.pubkey)
    return [200, null, 'handlers.go:369: the same for a blob that is not there']
  },
}

const blossy = {
  token(headers, verb, hash) {
    if (!headers.authorization) return null // auth/auth.go:45
    const event = parse(Buffer.from(headers.authorization.slice(6), 'base64').toString(), 401, 'invalid json', 'auth.go:31')
    unless(verifyEvent(event), 401, 'auth failed: invalid event signature', 'auth.go:60')
    for (const name of ['t', 'expiration']) {
      unless(values(event, name).length === 1, 401, `'${name}' tag: one`, 'auth/blossom.go:98, 111, 131')
    }
    unless(/^-?\d+$/.test(values(event, 'expiration')[0]), 401, 'not a valid unix time', 'blossom.go:115')
    unless(event.created_at <= now() + 10, 401, 'event created at is in the future', 'blossom.go:37')
    unless(Number(values(event, 'expiration')[0]) >= now() - 10, 401, 'expiration is in the past', 'blossom.go:40')
    unless(values(event, 't')[0] === verb, 401, 'expected another action', 'blossom.go:44')
    if (values(event, 'x').length) {
      unless(hash, 400, "'Content-Digest' header is missing or empty", 'request.go:126')
      unless(values(event, 'x').includes(hash), 401, 'expected another hash', 'blossom.go:54')
    }
    unless(values(event, 'server').every((one) => one === '127.0.0.1'), 401, 'expected a hostname', 'blossom.go:61')
    return event
  },
  upload({ headers, body }) {
    const digest = headers['content-digest']
    unless(!digest || /^[0-9a-f]{64}$/.test(digest), 400, "'Content-Digest' header is invalid", 'request.go:119')
    const event = this.token(headers, 'upload', digest)
      ?? refuse(401, 'authentication is required', 'zapstore blossom.go:305')
    unless(digest, 400, "'Content-Digest' header is required", 'zapstore blossom.go:314')
    unless(headers['content-type'], 400, "'Content-Type' header is required", 'zapstore blossom.go:317')
    unless(digest === sha256(body), 400, 'checksum mismatch', 'zapstore blossom.go:242')
    return [200, described(keep(event.pubkey, body, headers['content-type'], '.png').blob), 'server.go:305']
  },
  mirror: () => refuse(501, 'The Mirror hook is not configured', 'server.go:339'),
  list: () => refuse(400, 'invalid hash', 'server.go:128: a list is a download to it, request.go:62'),
  remove: () => refuse(501, 'The Delete hook is not configured', 'server.go:240'),
}

const nostrcheck = {
  token(headers, verb) {
    const raw = headers.authorization?.startsWith('Nostr ') ? headers.authorization.slice(6) : ''
    unless(raw, 401, 'Authorization header not found', 'lib/authorization.ts:47')
    const event = parse(Buffer.from(raw, 'base64').toString(), 401, 'Malformed authorization header', 'authorization.ts:73')
    unless(verifyEvent(event), 401, 'Event signature is not valid', 'nostr/core.ts:82')
    unless(Math.abs(event.created_at - now()) <= 60, 401, 'Event timestamp is not valid', 'nostr/core.ts:88')
    unless(event.kind === 24242, 401, 'Auth header event kind', 'blossom/BUD01.ts:45')
    unless(values(event, 'expiration').length, 401, 'expiration tag is not set', 'BUD01.ts:73')
    unless(!isNaN(+values(event, 'expiration')[0]), 401, 'expiration is no timestamp', 'BUD01.ts:80')
    unless(values(event, 't')[0] === verb, 401, 'endpoint', 'BUD01.ts:86')
    return event
  },
  upload({ headers, body }) {
    const event = this.token(headers, 'upload')
    unless(body.length, 400, 'Empty file', 'controllers/media.ts:139')
    return [200, described(keep(event.pubkey, body, headers['content-type'], '.png').blob), 'media.ts:217']
  },
  async mirror({ headers, body }) {
    const event = this.token(headers, 'upload')
    const wanted = parse(body, 400, 'Error mirroring file, empty URL', 'media.ts:112').url
    const got = await origin(wanted, 400, 'Error mirroring file, empty file', 'media.ts:124')
    return [200, described(keep(event.pubkey, got.bytes, got.type, '.png').blob), 'media.ts:217']
  },
  list: ({ pubkey }) => [200, owned(pubkey).map(described), 'media.ts:803: no cursor and no limit'],
  remove({ headers, hash }) {
    const event = this.token(headers, 'delete')
    drop(blobs.get(hash) ?? refuse(404, 'File not found', 'media.ts:872'), event.pubkey)
    return [200, { status: 'success' }, 'media.ts: the controller\'s last answer']
  },
}

const simulated = { 'blossom-server': reference, route96, khatru, blossy, nostrcheck }[process.argv[2]]

const answer = async (request, body) => {
  const { pathname, searchParams: query } = new URL(request.url, url)
  const { method, headers } = request
  if (method === 'PUT' && pathname === '/upload') return simulated.upload({ headers, body })
  if (method === 'PUT' && pathname === '/mirror') return simulated.mirror({ headers, body })
  if (method === 'GET' && pathname.startsWith('/list/')) return simulated.list({ headers, query, pubkey: pathname.slice(6) })
  const hash = /^\/([0-9a-f]{64})(\.\w+)?$/.exec(pathname)?.[1]
  if (hash && method === 'DELETE') return simulated.remove({ headers, hash })
  if (hash && (method === 'GET' || method === 'HEAD')) {
    return [200, blobs.get(hash) ?? refuse(404, 'not found', 'BUD-01: what all five do'), 'BUD-01']
  }
  return refuse(501, 'no such route here', `${method} ${pathname}`)
}

const server = createServer(async (request, response) => {
  try {
    const body = Buffer.concat(await request.toArray())
    const [status, said, line] = await answer(request, body)
    const blob = said?.bytes
    const type = blob ? said.type : 'application/json'
    const content = blob ?? (said === null ? '' : JSON.stringify(said))
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(content), 'x-line': line })
    response.end(request.method === 'HEAD' ? undefined : content)
  } catch (error) {
    response.writeHead(error.status ?? 500, { 'x-reason': error.message })
    response.end()
  }
})
server.listen(0, '127.0.0.1', () => {
  url = `http://127.0.0.1:${server.address().port}`
  say({ url })
})
stayUntilInputEnds()
