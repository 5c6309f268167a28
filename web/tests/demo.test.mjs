// The demo, as a newcomer meets it: one command, the address that it prints, an incident that forms while a phone and a
// desk watch, the verdict, the claims, and a report that is downloaded and checked.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, before, test } from 'node:test'
import { launch, patience } from './browser.mjs'
import * as measure from './measure.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = path.join(root, 'bin/floodmark')
const artefacts = fileURLToPath(new URL('../artefacts/', import.meta.url))
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'floodmark-demo-test-'))

let browser, demo, gone, said = ''

before(async () => {
  fs.mkdirSync(artefacts, { recursive: true })
  // Faster than its own pace, so that probes see less and the verdict may be a degree less sure: the demo slows down by
  // itself only where the machine cannot keep up.
  demo = spawn(program, ['demo', '--geo', path.join(root, 'bin/geo.db'), '--speed', '2000', '--report', path.join(dir, 'report.json')],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TMPDIR: dir } })
  gone = new Promise((done) => demo.once('exit', done))
  demo.stdout.on('data', (b) => { said += b })
  browser = await launch()
})

after(async () => {
  await browser?.close()
  if (demo.exitCode === null) demo.kill('SIGKILL')
  fs.rmSync(dir, { recursive: true, force: true })
})

// until waits for something in what the demo says.
async function until(what) {
  for (const end = Date.now() + patience; Date.now() < end; await new Promise((r) => setTimeout(r, 100))) {
    const found = said.match(what)
    if (found) return found
    if (demo.exitCode !== null) break
  }
  throw new Error(`waited for ${what}; the demo said:\n${said.slice(-3000)}`)
}

async function open(address, width, height) {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'en-GB', timezoneId: 'America/New_York', acceptDownloads: true })
  const page = await context.newPage()
  const complaints = []
  page.on('console', (m) => { if (m.type() === 'error') complaints.push(m.text()) })
  page.on('pageerror', (e) => complaints.push(String(e)))
  await page.goto(address)
  return { page, complaints }
}

async function pictures(page, name) {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.screenshot({ path: `${artefacts}demo-${name}-${scheme}.png`, fullPage: true })
  }
  await page.emulateMedia({ colorScheme: 'light' })
  assert.deepEqual(await page.evaluate(measure.overflowing), [], `${name}: width`)
}

test('from the first paint to a report that verifies', { timeout: 3 * patience }, async () => {
  const [, address] = await until(/Watch it: +(http:\S+)/)
  const home = await open(address, 1280, 900)
  assert.match(await home.page.locator('body').innerText(), /Synthetic/)
  await pictures(home.page, 'before-desk')

  // An incident forms, and both who look at home and who look at it see that.
  await until(/Users report problems with X: /)
  await home.page.getByText(/likely an attack/i).first().waitFor()
  const link = await home.page.locator('a[href^="/i/"]').first().getAttribute('href')
  const phone = await open(new URL(link, address).href, 390, 844)
  await phone.page.getByRole('heading', { level: 1, name: /likely an attack/i }).waitFor()
  await pictures(phone.page, 'mid-phone')
  await pictures(home.page, 'mid-desk')

  // The end: the verdict, the claims, the report.
  const [, incident] = await until(/The incident: +(http:\S+)/)
  assert.equal(new URL(incident).pathname, link)
  assert.match(said, /[Ll]ikely an attack/)
  assert.match(said, /From outside: +Undecided/)
  const desk = await open(incident, 1280, 900)
  const text = await desk.page.locator('main').innerText()
  for (const words of [/likely an attack/i, /Ukraine/, /contradicted/i, /supported/i, /33\d,\d\d\d/, /cannot be determined/i]) assert.match(text, words, `${words} in the page of the incident`)
  await pictures(desk.page, 'after-desk')
  await phone.page.goto(incident)
  await pictures(phone.page, 'after-phone')
  const [download] = await Promise.all([desk.page.waitForEvent('download'), desk.page.locator('a[href$="/report.json"]').first().click()])
  const file = path.join(dir, 'downloaded.json')
  await download.saveAs(file)
  for (const report of [file, path.join(dir, 'report.json')]) {
    const checked = execFileSync(program, ['verify', report], { encoding: 'utf8' })
    assert.doesNotMatch(checked, /FAILS|fails/)
  }
  const doc = JSON.parse(fs.readFileSync(file, 'utf8'))
  assert.equal(doc.synthetic, true)
  assert.equal(doc.redacted, true)
  assert.equal(doc.attack, 'yes')
  const page = await open(new URL(link + '/report', address).href, 390, 844)
  await pictures(page.page, 'report-phone')
  for (const p of [home, phone, desk, page]) assert.deepEqual(p.complaints, [])

  // Ctrl-C cleans up.
  demo.kill('SIGINT')
  assert.equal(await gone, 0)
  assert.deepEqual(fs.readdirSync(dir).filter((n) => n.startsWith('floodmark-demo')), [])
})
