// Makes docs/images/incident.png for the README: the top of the page of the demo's incident, on a desk, light, when
// the day is over. Needs bin/floodmark, bin/geo.db and a Chromium. The page says that it is synthetic.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { launch, open } from '../tests/browser.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const out = path.join(root, 'docs/images/incident.png')
const [width, height] = [1120, 1310]

const demo = spawn(path.join(root, 'bin/floodmark'), ['demo', '--geo', path.join(root, 'bin/geo.db')], { stdio: ['ignore', 'pipe', 'inherit'] })
const gone = new Promise((done) => demo.once('exit', done))
const page = await new Promise((done, fail) => {
  let said = ''
  demo.stdout.on('data', (b) => {
    said += b
    const found = said.match(/The incident: +(\S+)/)
    if (found && said.includes('Look around')) done(found[1])
  })
  gone.then(() => fail(new Error('the demo ended:\n' + said)))
})
const browser = await launch()
const shown = await open(browser, page, { width, height })
fs.mkdirSync(path.dirname(out), { recursive: true })
await shown.page.screenshot({ path: out, clip: { x: 0, y: 0, width, height } })
await browser.close()
demo.kill('SIGINT')
await gone
const size = fs.statSync(out).size
if (size > 300_000) throw new Error(`${out} is ${size} bytes, more than a README should load`)
console.log(`${path.relative(root, out)}: ${width} x ${height}, ${Math.round(size / 1000)} kB`)
