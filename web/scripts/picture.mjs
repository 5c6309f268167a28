// Makes docs/images/report.png for the README: the top of the demo's report, on a desk, light. Needs bin/floodmark,
// bin/geo.db and a Chromium. The recording is the demo's, so the picture says that it is synthetic.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { launch, open } from '../tests/browser.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const out = path.join(root, 'docs/images/report.png')
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'floodmark-picture-'))
const [width, height] = [1120, 1310]

try {
  execFileSync('scripts/demo.sh', [dir, '2025'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  const browser = await launch()
  const { page } = await open(browser, `file://${dir}/report.html`, { width, height })
  fs.mkdirSync(path.dirname(out), { recursive: true })
  await page.screenshot({ path: out, clip: { x: 0, y: 0, width, height } })
  await browser.close()
} finally {
  fs.rmSync(dir, { recursive: true, force: true })
}
const size = fs.statSync(out).size
if (size > 300_000) throw new Error(`${out} is ${size} bytes, more than a README should load`)
console.log(`${path.relative(root, out)}: ${width} x ${height}, ${Math.round(size / 1000)} kB`)
