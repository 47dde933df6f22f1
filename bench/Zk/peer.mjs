// snarkjs and circomlibjs at work in a process of their own, warm, their start-up not counted: one JSON object of
// milliseconds comes back. usage: node peer.mjs NODE_MODULES FOLDER NAME PROOFS   or   node peer.mjs NODE_MODULES hash
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [modules, folder, name, proofs] = process.argv.slice(2)
const require = createRequire(`${modules}/`)
const answer = folder === 'hash' ? await hash() : await prove()
answer.peakMb = process.resourceUsage().maxRSS / 1024
console.log(JSON.stringify(answer))
process.exit(0)

async function measure(rounds, run) {
  const times = []
  for (let i = 0; i < rounds; i++) {
    const start = performance.now()
    await run()
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  return { min: times[0], median: times[rounds >> 1] }
}

async function prove() {
  const { groth16, wtns, zKey } = require('snarkjs')
  const at = (file) => join(folder, file)
  const input = JSON.parse(readFileSync(at('input.json'), 'utf8'))
  const key = new Uint8Array(readFileSync(at('key.zkey')))
  const witness = new Uint8Array(readFileSync(at('witness.wtns')))
  const vk = await zKey.exportVerificationKey(key)
  const wasm = new Uint8Array(readFileSync(at(join(`${name}_js`, `${name}.wasm`))))
  let last
  const run = async () => { last = await groth16.prove(key, witness) }
  const cold = await measure(1, run)
  await run()
  const warm = await measure(+proofs, run)
  const check = async () => {
    if (!(await groth16.verify(vk, last.publicSignals, last.proof))) throw new Error('snarkjs refuses its own proof')
  }
  await check()
  return {
    cold: cold.min,
    prove: warm,
    calculate: await measure(+proofs, () => wtns.calculate(input, wasm, { type: 'mem' })),
    verify: await measure(30, check),
  }
}

async function hash() {
  const poseidon = await require('circomlibjs').buildPoseidon()
  const times = 500
  let state = poseidon.F.e(1)
  const chain = () => {
    for (let i = 0; i < times; i++) state = poseidon([state, state])
  }
  chain()
  const spent = await measure(9, chain)
  return { hash: { min: spent.min / times, median: spent.median / times } }
}
