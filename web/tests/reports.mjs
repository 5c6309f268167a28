// Writes the reports that the browser tests look at, with the real program, into a temporary folder.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = path.join(root, 'bin/floodmark')
const geo = path.join(root, 'bin/geo.db')

export const claims = ['IP addresses originating in the Ukraine area', 'from all over the world', 'over 1 Tbps']
export const hostileName = '<img src=x onerror=alert(1)>"\'.pcapng'

const run = (...args) => execFileSync(program, args, { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] })

// write makes all reports and gives their addresses, with the document behind the demo's.
export function write() {
  for (const file of [program, geo]) {
    if (!fs.existsSync(file)) throw new Error(`${file} is missing: run make build bin/geo.db`)
  }
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'floodmark-web-'))
  const record = (scenario, ...more) => {
    const file = path.join(dir, `${scenario}.pcapng`)
    run('scenario', 'write', scenario, '--geo', geo, '--out', file, ...more)
    return file
  }
  const addresses = {}
  const report = (name, ...args) => {
    const html = path.join(dir, `${name}.html`)
    run('analyze', '--html', html, ...args)
    addresses[name] = `file://${html}`
  }
  const said = claims.flatMap((c) => ['--claim', c])
  const demo = record('camera-flood', '--seed', '2025')
  report('demo', '--geo', geo, ...said, demo)
  const document = JSON.parse(run('analyze', '--json', '--geo', geo, ...said, demo))
  report('redacted', '--redact', '--geo', geo, ...said.slice(0, 2), demo)
  report('quiet', '--geo', geo, record('quiet-day', '--scale', '0.3'))
  report('spoofed', '--geo', geo, record('syn-flood'))
  report('carpet', '--geo', geo, record('carpet-bombing', '--scale', '0.5'))
  report('sampled', '--geo', geo, '--sampling', '1000', record('subscriber-attack'))
  const reflected = record('reflection-dns', '--scale', '0.3')
  report('not-located', '--geo', 'none', reflected)
  report('hostile', '--geo', 'none', hostile(reflected, dir))
  // Incidents of services, which no recording makes: the samples of the page's own tests.
  const samples = path.join(dir, 'samples') // apart: names of samples are those of recordings too
  fs.mkdirSync(samples)
  execFileSync('go', ['test', '-count=1', '-run', '^TestOutlineOfSamples$', './internal/report/page', '-out', samples], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  for (const name of ['outage', 'outside']) addresses[name] = `file://${path.join(samples, `${name}.html`)}`
  return { dir, addresses, document, remove: () => fs.rmSync(dir, { recursive: true, force: true }) }
}

// hostile puts markup into the names that a recording asks DNS for, and into the name of its file. The labels keep
// their lengths.
function hostile(file, dir) {
  const data = fs.readFileSync(file)
  const from = Buffer.from('\x07service\x07example', 'latin1')
  const to = Buffer.from('\x07<b/id=x\x07><img/s', 'latin1')
  let found = 0
  for (let at = data.indexOf(from); at >= 0; at = data.indexOf(from, at + to.length), found++) to.copy(data, at)
  if (found < 100) throw new Error(`${found} DNS names were replaced`)
  const out = path.join(dir, hostileName)
  fs.writeFileSync(out, data)
  return out
}
