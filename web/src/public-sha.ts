// SHA-256 (FIPS 180-4), synchronous: for the proof of work, where the browser's
// own costs more in waiting for it than in hashing.

// The constants are the first 32 bits of the fractional parts of the cube roots
// of the first 64 primes, and of the square roots of the first 8.
const primes: number[] = []
for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n)
const fraction = (v: number): number => Math.floor((v - Math.floor(v)) * 2 ** 32) | 0
const K = new Int32Array(primes.map((p) => fraction(Math.cbrt(p))))
const start = new Int32Array(primes.slice(0, 8).map((p) => fraction(Math.sqrt(p))))

const W = new Int32Array(64)

// block adds 64 octets to the state.
function block(state: Int32Array, bytes: Uint8Array, from: number): void {
  for (let i = 0; i < 16; i++, from += 4) W[i] = (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15]!
    const y = W[i - 2]!
    W[i] = (W[i - 16]! + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) + W[i - 7]! + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10)) | 0
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let i = 0; i < 64; i++) {
    const t = (h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + ((e & f) ^ (~e & g)) + K[i]! + W[i]!) | 0
    const u = (((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t) | 0
    d = c
    c = b
    b = a
    a = (t + u) | 0
  }
  state[0]! += a
  state[1]! += b
  state[2]! += c
  state[3]! += d
  state[4]! += e
  state[5]! += f
  state[6]! += g
  state[7]! += h
}

// Hash hashes many texts of one beginning: whole blocks of it are hashed once.
export class Hash {
  private readonly begun = start.slice()
  private readonly rest: Uint8Array
  private readonly length: number
  private readonly state = new Int32Array(8)

  constructor(beginning: string) {
    const bytes = new TextEncoder().encode(beginning)
    let at = 0
    for (; at + 64 <= bytes.length; at += 64) block(this.begun, bytes, at)
    this.rest = bytes.slice(at)
    this.length = bytes.length
  }

  // of gives the eight words of the hash of the beginning and an ending of
  // ASCII. They are those of the next call, too.
  of(ending: string): Int32Array {
    const n = this.rest.length + ending.length
    const bytes = new Uint8Array((n + 72) & ~63)
    bytes.set(this.rest)
    for (let i = 0; i < ending.length; i++) bytes[this.rest.length + i] = ending.charCodeAt(i)
    bytes[n] = 0x80
    const bits = (this.length + ending.length) * 8
    for (let i = 0; i < 4; i++) bytes[bytes.length - 1 - i] = bits >>> (8 * i)
    this.state.set(this.begun)
    for (let at = 0; at < bytes.length; at += 64) block(this.state, bytes, at)
    return this.state
  }
}

// zeros counts the leading zero bits of a hash.
export function zeros(words: Int32Array): number {
  let n = 0
  for (const w of words) {
    n += Math.clz32(w)
    if (w !== 0) break
  }
  return n
}

// solve tries numbers from one on until one is a proof, or gives up.
export function solve(token: string, bits: number, from: number, tries: number): number | undefined {
  const hash = new Hash(`${token}:`)
  for (let n = from; n < from + tries; n++) if (zeros(hash.of(String(n))) >= bits) return n
  return undefined
}
