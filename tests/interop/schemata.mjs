// Checks events against @nostrability/schemata. In: {"kind","event"} or {"schema","event"} a line; out:
// {"known","valid","errors"}. A schema is named by its path below dist/nips, such as "nip-98/kind-27235".
import { readFileSync, readdirSync, existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { each, say } from './lines.mjs'

const require = createRequire(import.meta.url)
const { default: Ajv } = require('ajv')
const addFormats = require('ajv-formats')
const root = new URL('./node_modules/@nostrability/schemata/dist/nips/', import.meta.url)
const ajv = new Ajv({ strict: false, allErrors: true })
addFormats(ajv)

const byKind = new Map()
for (const nip of readdirSync(root)) {
  for (const name of readdirSync(new URL(nip + '/', root))) {
    if (/^kind-\d+$/.test(name)) byKind.set(+name.slice(5), `${nip}/${name}`)
  }
}

const checks = new Map()
const check = (path) => {
  if (!checks.has(path)) {
    const file = new URL(path + '/schema.json', root)
    const schema = existsSync(file) ? JSON.parse(readFileSync(file)) : null
    checks.set(path, schema && (ajv.getSchema(schema.$id) ?? ajv.compile(schema)))
  }
  return checks.get(path)
}

await each(({ schema, kind, event }) => {
  const path = schema ?? byKind.get(kind ?? event.kind)
  const validate = path && check(path)
  if (!validate) return say({ known: false, valid: false, errors: [`no schema for ${path ?? event.kind}`] })

  const valid = validate(event)
  say({ known: true, valid, errors: (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message}`) })
})
