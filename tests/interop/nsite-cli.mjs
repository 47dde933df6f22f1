// Publishes a folder as a site by nsite-cli, run as its users run it. Arguments: folder, secret key in hex, relay,
// Blossom server. Out: {"code","output"}.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { say } from './lines.mjs'

const [folder, key, relay, server] = process.argv.slice(2)
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const args = [
  '--import', here('./nsite-offline.mjs'), here('./node_modules/nsite-cli/dist/cli.js'), 'upload', folder,
  '--privatekey', key, '--relays', relay, '--servers', server, '--publish-server-list', '--publish-relay-list',
]
const env = { ...process.env, NSITE_BORADCAST_RELAYS: relay }
execFile(process.execPath, args, { env, timeout: 90_000 }, (error, out, err) =>
  say({ code: error ? (error.code ?? 1) : 0, output: out + err }))
