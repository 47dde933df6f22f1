// Verifies one proof many times with snarkjs and prints the least time in milliseconds.
// usage: node snarkjs-verify.mjs NODE_MODULES_FOLDER FILE (JSON: {vk, signals, proof})
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [folder, file] = process.argv.slice(2);
const { groth16 } = createRequire(`${folder}/`)('snarkjs');
const { vk, signals, proof } = JSON.parse(readFileSync(file, 'utf8'));
let least = Infinity;
for (let i = 0; i < 30; i++) {
  const start = performance.now();
  if (!(await groth16.verify(vk, signals, proof))) {
    console.error('snarkjs refuses the proof');
    process.exit(1);
  }
  least = Math.min(least, performance.now() - start);
}
console.log(least);
process.exit(0);
