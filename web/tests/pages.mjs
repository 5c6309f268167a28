// Serves the operator's pages of made-up days: builds the test of internal/web, which does it on loopback.
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

// serve gives the addresses by name of the day, and a function that stops it.
export async function serve() {
  if (!fs.existsSync(path.join(root, 'internal/web/static/app.js'))) throw new Error('the islands are missing: run make web')
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'floodmark-pages-'))
  const program = path.join(dir, 'web.test')
  execFileSync('go', ['test', '-c', '-o', program, './internal/web'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
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
  return { days, stop, kill: () => child.kill('SIGKILL') }
}
