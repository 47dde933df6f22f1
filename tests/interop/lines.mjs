// How a peer talks to the suite: one JSON value a line, both ways. It leaves when its input ends.
import { createInterface } from 'node:readline'

export const say = (value) => process.stdout.write(JSON.stringify(value) + '\n')

export const each = async (handle) => {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line) await handle(JSON.parse(line))
  }
}

// For peers that listen: they end with the process that started them, however that ended.
export const stayUntilInputEnds = () => process.stdin.resume().on('end', () => process.exit(0))
