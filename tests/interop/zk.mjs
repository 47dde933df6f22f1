// snarkjs, circomlibjs, circom and zk-kit answering one question a line: {op, …} in, one JSON value out.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPoseidon } from 'circomlibjs'
import * as snarkjs from 'snarkjs'
import { each, say } from './lines.mjs'

// Its ES module imports names that a CommonJS package does not export.
const { derivePublicKey, signMessage, verifySignature } = createRequire(import.meta.url)('@zk-kit/eddsa-poseidon')
const here = dirname(fileURLToPath(import.meta.url))
const modules = join(here, 'node_modules')
const json = (path) => JSON.parse(readFileSync(path))
const poseidon = await buildPoseidon()

const ops = {
  verify: ({ vk, signals, proof }) => snarkjs.groth16.verify(json(vk), json(signals), json(proof)),
  prove: ({ zkey, wtns }) => snarkjs.groth16.prove(zkey, wtns),
  exportKey: ({ zkey }) => snarkjs.zKey.exportVerificationKey(zkey),
  newKey: ({ r1cs, ptau, zkey }) => snarkjs.zKey.newZKey(r1cs, ptau, zkey),
  contribute: ({ from, to, name }) => snarkjs.zKey.contribute(from, to, name, 'entropy of a test').then(() => true),
  beacon: ({ from, to, name, hex }) => snarkjs.zKey.beacon(from, to, name, hex, 10).then(() => true),
  verifySetup: ({ r1cs, ptau, zkey }) => snarkjs.zKey.verifyFromR1cs(r1cs, ptau, zkey),
  prepare: ({ from, to }) => snarkjs.powersOfTau.preparePhase2(from, to).then(() => true),
  checkWitness: ({ r1cs, wtns }) => snarkjs.wtns.check(r1cs, wtns),
  calculate: ({ input, wasm, wtns }) => snarkjs.wtns.calculate(input, wasm, wtns).then(() => true),
  compile: ({ name, to }) => {
    const compiler = createRequire(import.meta.url).resolve('circom2/cli.js')
    // It sees nothing above its own folder, hence the root and paths from there.
    const [source, libraries, output] =
      [join(here, 'circom', `${name}.circom`), join(modules, 'circomlib', 'circuits'), to].map((path) => path.slice(1))
    const run = spawnSync(
      process.execPath, [compiler, source, '--r1cs', '--wasm', '--O2', '-l', libraries, '-o', output],
      { encoding: 'utf8', cwd: '/' })
    if (run.status !== 0) throw new Error(run.stderr || run.stdout)
    return true
  },
  poseidon: ({ inputs, tag }) => poseidon.F.toString(poseidon(inputs, tag)),
  publicKey: ({ seed }) => derivePublicKey(Buffer.from(seed, 'hex')).map(String),
  sign: ({ seed, message }) => {
    const { R8, S } = signMessage(Buffer.from(seed, 'hex'), BigInt(message))
    return { R8: R8.map(String), S: String(S) }
  },
  verifySignature: ({ message, r8, s, key }) =>
    verifySignature(BigInt(message), { R8: r8.map(BigInt), S: BigInt(s) }, key.map(BigInt)),
}

await each(async ({ op, ...question }) => say(await ops[op](question)))
process.exit(0)
