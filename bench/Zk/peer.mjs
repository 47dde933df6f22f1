// snarkjs and circomlibjs at work in a process of their own, start-up not counted: a line in names what to do, a line
// out says how many milliseconds it took. usage: node peer.mjs NODE_MODULES [FOLDER NAME]
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'

const [modules, folder, name] = process.argv.slice(2)
const require = createRequire(`${modules}/`)
const ops = folder ? proofs() : await hashes()
ops.peak = () => {}
for await (const op of createInterface({ input: process.stdin })) {
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  await ops[op]()
  const [ms, { user, system }] = [performance.now() - start, process.cpuUsage(cpu)]
  // What is still to be cleaned up falls neither on it nor on whoever is next.
  await setTimeout(40)
  console.log(JSON.stringify({ ms, cpu: (user + system) / 1000, peak: process.resourceUsage().maxRSS / 1024 }))
}
process.exit(0)

function proofs() {
  const { groth16, wtns, zKey } = require('snarkjs')
  const at = (file) => join(folder, file)
  const input = JSON.parse(readFileSync(at('input.json'), 'utf8'))
  const key = new Uint8Array(readFileSync(at('key.zkey')))
  const witness = new Uint8Array(readFileSync(at('witness.wtns')))
  const wasm = new Uint8Array(readFileSync(at(join(`${name}_js`, `${name}.wasm`))))
  let last, vk
  return {
    calculate: () => wtns.calculate(input, wasm, { type: 'mem' }),
    export: async () => { vk = await zKey.exportVerificationKey(key) },
    prove: async () => { last = await groth16.prove(key, witness) },
    verify: async () => {
      if (!(await groth16.verify(vk, last.publicSignals, last.proof))) throw new Error('snarkjs refuses its own proof')
    },
  }
}

async function hashes() {
  const poseidon = await require('circomlibjs').buildPoseidon()
  let state = poseidon.F.e(1)
  return { hash512: () => { for (let i = 0; i < 512; i++) state = poseidon([state, state]) } }
}
