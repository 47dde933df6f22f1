// An S3-compatible server on a free loopback port, with one empty bucket. Argument: its folder. Its keys are
// S3RVER and S3RVER. Prints {"url","pid"} of the bucket when it listens.
import { createRequire } from 'node:module'
import { stayUntilInputEnds, say } from './lines.mjs'

const require = createRequire(import.meta.url)
const crypto = require('crypto')
const S3rver = require('s3rver')

// Its continuation tokens are in DES, which OpenSSL 3 no longer has. 3DES with one key thrice is the same cipher.
for (const name of ['createCipheriv', 'createDecipheriv']) {
  const made = crypto[name]
  crypto[name] = (cipher, key, iv) =>
    cipher === 'des' ? made('des-ede3-cbc', Buffer.concat([key, key, key]), iv) : made(cipher, key, iv)
}

const server = new S3rver({
  address: '127.0.0.1',
  port: 0,
  silent: true,
  directory: process.argv[2],
  configureBuckets: [{ name: 'blobs' }],
})
const { port } = await server.run()
say({ url: `http://127.0.0.1:${port}/blobs`, pid: process.pid })
stayUntilInputEnds()
