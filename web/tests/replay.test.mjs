// A recorded window of an outage, made anew, is replayed through the real program: people report by its public API in
// compressed time, and a phone that shows the service sees the page turn.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { after, before, test } from 'node:test'
import { launch, patience } from './browser.mjs'
import { person, poisson, report, seeded, solve } from './crowd.mjs'
import * as measure from './measure.mjs'
import { serve } from './server.mjs'

const artefacts = fileURLToPath(new URL('../artefacts/', import.meta.url))
const slug = 'lanternmail'
const services = `services:
  - {slug: ${slug}, name: Lantern Mail, components: [app, login, posting]}
  - {slug: quiet, name: Quiet Harbour, components: [app]}
`
const start = Date.parse('2026-11-24T17:00:00Z')
const speed = 200 // 15 minutes in 4.5 s, and a stall of 8 s is no gap yet
const quarter = 15 * 60_000
// Reports in each quarter of an hour: the shape of windows that were recorded of real outages.
const shape = [1, 2, 0, 3, 5, 26, 49, 40, 26, 10, 4, 2]

let server, browser

before(async () => {
  fs.mkdirSync(artefacts, { recursive: true })
  server = await serve(services, `start=${new Date(start).toISOString()},speed=${speed}`)
  browser = await launch()
})

after(async () => {
  await browser?.close()
  assert.equal(await server?.stop(), 0, 'the server ends in order')
})

// history is a table of four ordinary weeks: about two reports in a quarter, more in the evening.
function history(random) {
  const lines = ['service,time,count']
  for (let at = start - 28 * 96 * quarter; at < start; at += quarter) {
    const usual = 2 + 1.2 * Math.sin(((at / quarter) % 96 - 56) / 96 * 2 * Math.PI)
    for (const s of [slug, 'quiet']) lines.push(`${s},${new Date(at).toISOString()},${poisson(random, usual)}`)
  }
  return lines.join('\n') + '\n'
}

// phone opens a page of the server on a phone of somebody's, and notes what it asks for and complains of.
async function phone(path, address, scripts = true) {
  const context = await browser.newContext({ viewport: { width: 360, height: 780 }, javaScriptEnabled: scripts, locale: 'en-GB', timezoneId: 'Europe/London',
    extraHTTPHeaders: { 'X-Forwarded-For': address } })
  const page = await context.newPage()
  const asked = [], complaints = []
  page.on('request', (r) => asked.push(r.url()))
  page.on('console', (m) => complaints.push(`${m.type()}: ${m.text()}`))
  page.on('pageerror', (e) => complaints.push(String(e)))
  await page.goto(server.public + path)
  return { page, asked, complaints }
}

async function pictures(page, name) {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.screenshot({ path: `${artefacts}replay-${name}-360-${scheme}.png`, fullPage: true })
    assert.deepEqual((await page.evaluate(measure.faint)).faint, [], `${name}, ${scheme}: contrast`)
  }
  assert.deepEqual(await page.evaluate(measure.overflowing), [], `${name}: width`)
}

const until = async (what, ok, last) => {
  for (const end = Date.now() + patience; Date.now() < end; await new Promise((r) => setTimeout(r, 100))) if (await ok()) return
  throw new Error(`waited for: ${what}; last seen: ${last()}`)
}

const read = async (path) => {
  const answer = await fetch(server.public + path)
  assert.equal(answer.status, 200, path)
  return answer.text()
}

// told waits until the page, the API, the feed and the badge say the same.
async function told(page, want) {
  let seen
  await until(`all say ${want.state}`, async () => {
    const now = JSON.parse(await read(`/api/v1/services/${slug}`))
    const listed = JSON.parse(await read(`/api/v1/service-incidents?service=${slug}`)).incidents
    seen = { state: now.state, listed: listed.map((i) => i.state).join(), feed: await read(`/s/${slug}/feed.atom`), badge: await read(`/badge/${slug}.svg`), h1: await page.textContent('h1') }
    return seen.state === want.state && seen.listed === want.state && now.incident === listed[0].id && want.h1.test(seen.h1) && want.feed.test(seen.feed) && want.badge.test(seen.badge)
  }, () => JSON.stringify(seen))
  return seen
}

// replay has everybody of a crowd report when it is time. The server's clock is known by the receipt of the first.
async function replay(crowd) {
  const lead = Math.ceil(crowd.clock / quarter) * quarter
  for (const who of crowd.people) {
    const due = crowd.heard + (lead + who.at - crowd.clock) / speed
    await new Promise((r) => setTimeout(r, due - Date.now())) // late is at once
    const receipt = await report(server, who, { service: slug, component: who.component })
    assert.equal(receipt.state, 'counted')
  }
}

test('a replayed outage turns the page that is open, and every other form with it', async () => {
  const random = seeded(20261124)
  assert.match(server.learn(history(random)), / 5376 imported, 0 skipped, 0 too recent/)
  const watcher = await phone(`/s/${slug}`, '81.2.69.1')
  const { page } = watcher
  await page.waitForSelector('h1:has-text("No more reports than usual about Lantern Mail")') // what was learnt is shown within a second
  await page.evaluate(() => { // is lost by a reload
    const heading = () => document.querySelector('h1').textContent
    globalThis.seen = [heading()]
    new MutationObserver(() => { if (heading() !== seen.at(-1)) seen.push(heading()) }).observe(document.body, { childList: true, subtree: true, characterData: true })
  })
  await pictures(page, 'calm')

  // A form without scripts is open while everybody's proof is worked out: it stands for work by the time it takes.
  const plain = await phone(`/s/${slug}`, '81.2.69.2', false)
  await plain.page.click('#open-report')
  const opened = Date.now()
  const people = []
  for (const [i, mean] of shape.entries()) {
    for (let n = poisson(random, mean); n > 0; n--) {
      const who = await person(server, slug, random)
      const part = random()
      people.push({ ...who, solution: solve(who.token, who.bits), at: (i + random()) * quarter, component: part < 0.7 ? 'login' : part < 0.9 ? 'app' : '' })
    }
  }
  people.sort((a, b) => a.at - b.at)
  await plain.page.waitForTimeout(Math.max(0, 3100 - (Date.now() - opened))) // what a form without scripts must take
  await plain.page.click('.choices button:has-text("Login")')
  assert.match(await plain.page.textContent('h1'), /Thank you: we received your report/)

  // Two taps on another phone.
  const tapper = await phone(`/s/${slug}`, '81.2.70.3')
  await tapper.page.click('#open-report')
  await tapper.page.click('.choices button:has-text("Login")')
  await tapper.page.waitForSelector('h1:has-text("Thank you: we received your report")')
  await pictures(tapper.page, 'thanks')

  const first = await report(server, { ...people[0] }, { service: slug })
  const replayed = replay({ people: people.slice(1), clock: Date.parse(first.at), heard: Date.now() })
  replayed.catch(() => {}) // is awaited below
  const turned = page.waitForSelector('h1:has-text("Users report problems with Lantern Mail")')
  await Promise.race([turned, replayed.then(() => turned)])
  assert.match(await page.textContent('.trust'), /User reports only/)
  await pictures(page, 'open')
  const open = await told(page, { state: 'open', h1: /Users report problems with Lantern Mail/, feed: /<title>Users report problems with Lantern Mail \(investigating\)/, badge: /users report problems/ })
  assert.match(open.feed, /User reports only/)
  assert.match(open.badge, /user reports only/)
  assert.match(open.h1, /since \d\d:\d\d/, 'it began today')
  assert.doesNotMatch(open.feed.replace(/<subtitle>.*<\/subtitle>/, '') + open.badge + open.h1, /\bdown\b/i)

  await replayed
  await page.waitForSelector('h1:has-text("back to normal")')
  await told(page, { state: 'easing', h1: /Reports about Lantern Mail have been back to normal since/, feed: /\(monitoring\).*Reports are back to normal. Monitoring continues/s, badge: /reports easing/ })
  await pictures(page, 'easing')

  const seen = await page.evaluate(() => globalThis.seen)
  const at = (words) => seen.findIndex((t) => t.includes(words))
  assert.ok(at('No more reports') === 0 && at('Users report problems') > 0 && at('back to normal') > at('Users report problems'), seen.join(' | '))
  assert.equal(watcher.asked.filter((u) => u.includes('/events')).length, 1, 'one stream of events')
  assert.deepEqual(watcher.asked.filter((u) => !u.startsWith(server.public) && !u.startsWith('data:')), [], 'asks nobody else')
  for (const p of [watcher, plain, tapper]) assert.deepEqual(p.complaints, [])
  assert.equal(JSON.parse(await read('/api/v1/services/quiet')).state, 'normal')
})
