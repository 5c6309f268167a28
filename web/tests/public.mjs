// Serves the public pages of made-up services: builds the test of internal/public/page, which does it on loopback.
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

// serve gives the addresses by name of the day, and a function that stops it.
export async function serve() {
  if (!fs.existsSync(path.join(root, 'internal/public/page/static/public.js'))) throw new Error('the islands are missing: run make web')
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'floodmark-public-'))
  const program = path.join(dir, 'page.test')
  execFileSync('go', ['test', '-c', '-o', program, './internal/public/page'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  const child = spawn(program, ['-test.run', '^TestServeForBrowser$', '-test.timeout', '15m'],
    { env: { ...process.env, FLOODMARK_SERVE_PAGES: '1' }, stdio: ['pipe', 'pipe', 'inherit'] })
  const days = {}
  for await (const line of readline.createInterface({ input: child.stdout })) {
    const [, name, address] = line.match(/^SERVING (\S+) ?(\S*)$/) ?? []
    if (name === 'all') break
    if (name) days[name] = address
  }
  child.stdout.resume()
  const stop = () => {
    child.stdin.end()
    fs.rmSync(dir, { recursive: true, force: true })
  }
  return { days, stop }
}
