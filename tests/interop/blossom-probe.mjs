// Probes a Blossom server (http://… as the only argument) for BUD-01, 02, 04, 06, 08, 09, 11 and 12 and for RFC 9110.
// A line each: {"check","pass","detail"}; then {"passed","failed"}.
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { say } from './lines.mjs'

const base = process.argv[2]
const secret = generateSecretKey()
const stranger = generateSecretKey()
const seconds = () => Math.floor(Date.now() / 1000)
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')
const fresh = (length = 100) => randomBytes(length)
const otherHash = () => sha256(fresh())
const within = (status, ...allowed) => allowed.includes(status)
const refused = (answer) => answer.status >= 400 && answer.status < 500
const denied = (answer) => within(answer.status, 401, 403)

let passed = 0
let failed = 0
const check = (name, pass, detail = '') => {
  pass ? passed++ : failed++
  say({ check: name, pass: Boolean(pass), detail: String(detail) })
}

const sign = (template, by = secret) => finalizeEvent({ created_at: seconds(), content: 'probe', ...template }, by)
const encode = (event, alphabet = 'base64url') => 'Nostr ' + Buffer.from(JSON.stringify(event)).toString(alphabet)

// A token for these hashes; what differs from a good one is named.
const token = (verb, hashes, { life = 300, expiration, server, age = 0, kind = 24242, by, alphabet } = {}) => {
  const tags = []
  if (verb) tags.push(['t', verb])
  if (expiration !== null) tags.push(['expiration', expiration ?? String(seconds() + life)])
  for (const hash of hashes) tags.push(['x', hash])
  if (server) tags.push(['server', server])
  return encode(sign({ kind, created_at: seconds() - age, tags }, by), alphabet)
}

const ask = async (method, path, headers = {}, body) => {
  const answer = await fetch(base + path, { method, headers, body, redirect: 'manual' })
  const bytes = Buffer.from(await answer.arrayBuffer())
  const header = (name) => answer.headers.get(name) ?? ''
  return { status: answer.status, header, bytes, detail: `${answer.status} ${header('x-reason')}` }
}
const put = (bytes, authorization, headers = {}) =>
  ask('PUT', '/upload', { 'content-type': 'text/plain', ...(authorization && { authorization }), ...headers }, bytes)
const list = async (query = '') => JSON.parse((await ask('GET', `/list/${getPublicKey(secret)}${query}`)).bytes)

const probeUpload = async () => {
  const blob = fresh()
  const hash = sha256(blob)
  const named = { 'x-sha-256': hash }
  let answer = await put(blob)
  check('an upload without a token is 401', answer.status === 401, answer.detail)
  answer = await put(blob, token('upload', [hash]), named)
  check('an upload is 201', answer.status === 201, answer.detail)
  const told = JSON.parse(answer.bytes)
  const right = told.sha256 === hash && told.size === 100 && told.type === 'text/plain'
  check('its descriptor is right', right && Math.abs(told.uploaded - seconds()) < 10, answer.bytes)
  check('its URL has an extension', /[0-9a-f]{64}\.[a-z0-9]+$/.test(told.url), told.url)
  check('its descriptor has nip94 tags', told.nip94.some(([name, value]) => name === 'x' && value === hash))
  answer = await put(blob, token('upload', [hash]), named)
  check('a known blob is 200', answer.status === 200, answer.detail)
  answer = await put(blob, token('upload', [hash]))
  check('a known blob without X-SHA-256 is 200', answer.status === 200, answer.detail)
  answer = await ask('PUT', '/upload', {
    authorization: token('upload', [sha256(Buffer.from('bytes'))]), 'content-type': 'application/octet-stream'
  }, Buffer.from('bytes'))
  check('a URL of plain bytes has an extension', /\.[a-z0-9]+$/.test(JSON.parse(answer.bytes).url), answer.detail)
  answer = await put(fresh(), token('upload', [hash]), named)
  check('bytes that are not of X-SHA-256 are 409', answer.status === 409, answer.detail)
}

const probeTokens = async () => {
  const accepted = async (name, verb, make, more) => {
    const blob = fresh()
    const answer = await put(blob, token(verb, make(sha256(blob)), more))
    check(name, answer.status === 201, answer.detail)
  }
  const rejected = async (name, verb, make, more) => {
    const blob = fresh()
    const answer = await put(blob, token(verb, make(sha256(blob)), more))
    check(name, denied(answer), answer.detail)
    return sha256(blob)
  }
  const own = (hash) => [hash]
  await accepted('padded base64 is accepted', 'upload', own, { alphabet: 'base64' })
  await accepted('a token of several blobs is accepted', 'upload', (hash) => [otherHash(), hash, otherHash()])
  await accepted('a token of this domain is accepted', 'upload', own, { server: new URL(base).hostname })
  await accepted('a token of half an hour ago is accepted', 'upload', own, { age: 1800, life: 1800 })
  await rejected('an upload token without x is refused', 'upload', () => [])
  const foreign = await rejected('an upload token of another blob is refused', 'upload', () => [otherHash()])
  check('a refused blob is not kept', (await ask('HEAD', '/' + foreign)).status === 404)
  await rejected('a delete token uploads nothing', 'delete', own)
  await rejected('a get token uploads nothing', 'get', own)
  await rejected('an expired token is refused', 'upload', own, { life: -5 })
  await rejected('a token without expiration is refused', 'upload', own, { expiration: null })
  await rejected('an expiration that is no number is refused', 'upload', own, { expiration: 'never' })
  await rejected('a token of the next hour is refused', 'upload', own, { age: -3600 })
  await rejected('a token of another kind is refused', 'upload', own, { kind: 27235 })
  await rejected('a token without a verb is refused', null, own)
  await rejected('a token of another domain is refused', 'upload', own, { server: 'other.example.com' })

  const blob = fresh()
  const forged = JSON.parse(Buffer.from(token('upload', [sha256(blob)]).slice(6), 'base64url'))
  forged.sig = (forged.sig.startsWith('f') ? 'e' : 'f') + forged.sig.slice(1)
  check('a forged token is refused', denied(await put(blob, encode(forged))))
  check('another scheme is 401', (await put(blob, 'Bearer x')).status === 401)
  check('a token that is no base64 is 400 or 401', within((await put(blob, 'Nostr !!!')).status, 400, 401))
}

const probeReading = async () => {
  const blob = Buffer.from('0123456789'.repeat(100))
  const hash = sha256(blob)
  await put(blob, token('upload', [hash]))
  let answer = await ask('GET', '/' + hash)
  check('GET gives the bytes', answer.status === 200 && answer.bytes.equals(blob))
  check('GET gives the type', answer.header('content-type').startsWith('text/plain'), answer.header('content-type'))
  check('every origin may read', answer.header('access-control-allow-origin') === '*')
  check('the hash is the entity tag', answer.header('etag') === `"${hash}"`, answer.header('etag'))
  answer = await ask('GET', `/${hash}.png`)
  check('an extension does not change the type', answer.header('content-type').startsWith('text/plain'))
  answer = await ask('HEAD', '/' + hash)
  const told = answer.header('content-length') === '1000' && answer.header('accept-ranges') === 'bytes'
  check('HEAD tells length and ranges', answer.status === 200 && told)
  const ranges = [
    ['bytes=0-9', 206, 10], ['bytes=990-', 206, 10], ['bytes=-10', 206, 10], ['bytes=0-99999', 206, 1000],
    ['bytes=-99999', 206, 1000], ['bytes=1000-', 416, 0], ['bytes=5-2', 200, 1000], ['bytes=0-1,5-6', 200, 1000],
    ['items=0-1', 200, 1000]
  ]
  for (const [range, status, length] of ranges) {
    answer = await ask('GET', '/' + hash, { range })
    const detail = `${answer.status}, ${answer.bytes.length} bytes, ${answer.header('content-range')}`
    check(`range ${range} is ${status}`, answer.status === status && answer.bytes.length === length, detail)
  }
  answer = await ask('GET', '/' + hash, { 'if-none-match': `"${hash}"` })
  check('a known version is 304', answer.status === 304, answer.detail)
  check('an upper-case hash is refused', within((await ask('GET', '/' + 'A'.repeat(64))).status, 400, 404))
  check('a path that is no hash is refused', within((await ask('GET', '/zz')).status, 400, 404))
  answer = await ask('OPTIONS', '/upload', {
    origin: 'https://a.example', 'access-control-request-method': 'PUT',
    'access-control-request-headers': 'authorization,x-sha-256'
  })
  const verbs = answer.header('access-control-allow-methods')
  const asked = /authorization/i.test(answer.header('access-control-allow-headers'))
  check('a preflight allows uploads', answer.status < 300 && /PUT/.test(verbs) && /HEAD/.test(verbs) && asked)
  return hash
}

const probeAsking = async () => {
  const hash = otherHash()
  const allowed = { authorization: token('upload', [hash]) }
  const head = (headers) => ask('HEAD', '/upload', headers)
  let answer = await head({ ...allowed, 'x-sha-256': hash, 'x-content-length': '100', 'x-content-type': 'text/plain' })
  check('HEAD /upload is 200', answer.status === 200, answer.detail)
  answer = await head({ 'x-sha-256': hash, 'x-content-length': '100' })
  check('HEAD /upload without a token is 401', answer.status === 401, answer.detail)
  answer = await head({ ...allowed, 'x-sha-256': hash })
  check('HEAD /upload without a length is 411', answer.status === 411, answer.detail)
  answer = await head({ ...allowed, 'x-sha-256': hash, 'x-content-length': '99999999999' })
  check('HEAD /upload of too much is 413', answer.status === 413, answer.detail)
  answer = await head({ ...allowed, 'x-sha-256': 'zz', 'x-content-length': '10' })
  check('HEAD /upload of no hash is 400', answer.status === 400, answer.detail)
  answer = await head({ authorization: token('upload', [otherHash()]), 'x-sha-256': hash, 'x-content-length': '10' })
  check('HEAD /upload with a token of another blob is refused', denied(answer), answer.detail)
}

const probeListing = async () => {
  const all = await list()
  check('a list is an array', Array.isArray(all) && all.length > 4, all.length)
  const first = await list('?limit=2')
  const second = await list(`?limit=2&cursor=${first[1].sha256}`)
  const twice = second.some((blob) => first.some((other) => other.sha256 === blob.sha256))
  check('pages do not overlap', first.length === 2 && second.length === 2 && !twice)
  check('a list is newest first', all.every((blob, i) => i === 0 || all[i - 1].uploaded >= blob.uploaded))
  const seen = new Set()
  for (let page = first; page.length > 0; page = await list(`?limit=2&cursor=${page.at(-1).sha256}`)) {
    page.forEach((blob) => seen.add(blob.sha256))
  }
  check('pages together are the whole list', seen.size === all.length, `${seen.size} of ${all.length}`)
}

const probeDeletion = async (hash) => {
  const remove = (authorization) => ask('DELETE', '/' + hash, authorization && { authorization })
  check('a deletion without a token is 401', (await remove()).status === 401)
  check('a stranger deletes nothing', refused(await remove(token('delete', [hash], { by: stranger }))))
  check('a delete token without x is refused', denied(await remove(token('delete', []))))
  await put(Buffer.from('0123456789'.repeat(100)), token('upload', [hash], { by: stranger }))
  check('an owner deletes', within((await remove(token('delete', [hash]))).status, 200, 204))
  check('the other owner keeps the blob', (await ask('GET', '/' + hash)).status === 200)
}

const probeMirrors = async () => {
  const blob = fresh(500)
  const hash = sha256(blob)
  let reached = 0
  const origin = createServer((request, answer) => {
    reached++
    const moved = request.url.startsWith('/moved')
    answer.writeHead(moved ? 302 : 200, moved ? { location: `http://127.0.0.1:${port}/${hash}` } : {})
    answer.end(blob)
  })
  await new Promise((resolve) => origin.listen(0, '127.0.0.1', resolve))
  const { port } = origin.address()
  const mirror = (url, scope = hash) => ask('PUT', '/mirror', {
    'content-type': 'application/json', authorization: token('upload', [scope])
  }, JSON.stringify({ url }))
  const hidden = async (name, url) => {
    const answer = await mirror(url)
    check(name, answer.status >= 400 && reached === 0, answer.detail)
  }
  await hidden('a mirror of a loopback address is refused', `http://127.0.0.1:${port}/${hash}.png`)
  await hidden('a mirror of a loopback name is refused', `http://localhost:${port}/${hash}.png`)
  await hidden('a mirror of a mapped address is refused', `http://[::ffff:127.0.0.1]:${port}/${hash}`)
  await hidden('a mirror of 127.1 is refused', `http://127.1:${port}/${hash}`)
  await hidden('a mirror of a redirect to loopback is refused', `http://localhost:${port}/moved/${hash}`)
  check('a mirror of a file is 400', (await mirror('file:///etc/passwd')).status === 400)
  check('a mirror of nonsense is 400', (await mirror('nonsense')).status === 400)
  const answer = await mirror(`http://localhost:${port}/${hash}`, otherHash())
  check('a mirror that the token does not name is 403 or 409', within(answer.status, 403, 409), answer.detail)
  const endless = await mirror(`http://localhost:${port}/endless`)
  check('a mirror without a hash in its URL is fetched under the same rules', within(endless.status, 413, 502))
  origin.close()
}

const probeReports = async (hash) => {
  const report = sign({ kind: 1984, tags: [['x', hash, 'spam'], ['p', getPublicKey(secret)]] }, stranger)
  const send = (body) => ask('PUT', '/report', { 'content-type': 'application/json' }, JSON.stringify(body))
  const answer = await send(report)
  check('a report is taken', answer.status >= 200 && answer.status < 300, answer.detail)
  check('a forged report is refused', refused(await send({ ...report, content: 'forged' })))
}

await probeUpload()
await probeTokens()
const kept = await probeReading()
await probeAsking()
await probeListing()
await probeDeletion(kept)
await probeMirrors()
await probeReports(kept)
say({ passed, failed })
process.exit(0)
