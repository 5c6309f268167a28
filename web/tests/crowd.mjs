// People who report through the public API, as programs of theirs would: from addresses of their own, with proofs of work.
import { createHash } from 'node:crypto'

// seeded gives numbers from 0 to 1, the same for the same seed (mulberry32).
export function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

// poisson draws a count of a small mean (Knuth).
export function poisson(random, mean) {
  let n = -1
  for (let p = 1; p > Math.exp(-mean); n++) p *= random()
  return n
}

// solve finds a number that makes SHA-256 of "token:number" begin with so many zero bits (32 at most).
export function solve(token, bits) {
  for (let n = 0; ; n++) {
    const solution = `${token}:${n}`
    if (bits === 0 || createHash('sha256').update(solution).digest().readUInt32BE() < 2 ** (32 - bits)) return solution
  }
}

// person asks for a challenge as somebody of an address and a phone, behind a proxy.
export async function person(server, service, random) {
  const octet = () => Math.floor(random() * 256)
  for (;;) {
    const headers = { 'X-Forwarded-For': `${20 + (octet() % 60)}.${octet()}.${octet()}.${octet()}`, 'User-Agent': `Phone/${octet() % 40}` }
    const answer = await fetch(`${server.public}/api/v1/challenge?service=${service}`, { headers })
    const { token, bits } = await answer.json()
    if (bits <= 14) return { headers, token, bits } // more is asked of networks that no person sits in
  }
}

// report sends what a person says, and gives the receipt.
export async function report(server, who, said) {
  const answer = await fetch(`${server.public}/api/v1/reports`, { method: 'POST', headers: { ...who.headers, 'Content-Type': 'application/json' },
    body: JSON.stringify({ kind: 'problem', solution: who.solution, ...said }) })
  const text = await answer.text()
  if (answer.status !== 202) throw new Error(`a report was answered by ${answer.status}: ${text}`)
  return JSON.parse(text)
}
