// The operator's pages in a real browser: ask for nothing elsewhere, fit, can be read, work with and without scripts.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { after, before, test } from 'node:test'
import { launch } from './browser.mjs'
import * as measure from './measure.mjs'
import { serve } from './pages.mjs'

const artefacts = fileURLToPath(new URL('../artefacts/', import.meta.url))
const attack = '/incidents/in-198.51.100.1-20261124T0200Z'
const question = (q) => `/flows?q=${encodeURIComponent(q)}`
const pages = {
  overview: '/', traffic: '/traffic', host: '/traffic?target=198.51.100.1&metric=packets&span=24h', flows: '/flows',
  bars: question('direction = in group by src_as, src_country top 10 order by bytes last 5m'),
  lines: question('direction = in group by time, proto top 5 step 1m last 1h'), wrong: question('dst in 198.51.100.0/24 and scr = 1'),
  attacks: '/incidents', attack, service: '/incidents/example-20261124T020001Z', suspected: '/incidents/in-198.51.100.2-20261124T0200Z', login: '/login?failed=1', about: '/about',
}
let browser, server

before(async () => {
  fs.mkdirSync(artefacts, { recursive: true })
  server = await serve()
  browser = await launch()
})

after(async () => {
  await browser?.close()
  server?.stop()
})

// on opens a page of a day, gives it to f, and checks that it stayed silent and asked this server alone.
async function on(day, address, options, f) {
  const context = await browser.newContext({ viewport: { width: options.width ?? 1280, height: 900 }, colorScheme: options.scheme ?? 'light',
    javaScriptEnabled: options.scripts ?? true, timezoneId: 'America/New_York', locale: 'en-GB' })
  const page = await context.newPage()
  const complaints = []
  const expected = options.complaints ?? []
  page.on('console', (m) => { if (!expected.some((e) => m.text().includes(e))) complaints.push(`${m.type()}: ${m.text()}`) })
  page.on('pageerror', (e) => complaints.push(String(e)))
  page.on('request', (r) => { if (!r.url().startsWith(server.days[day]) && !r.url().startsWith('data:')) complaints.push(`asks ${r.url()}`) })
  try {
    const answer = await page.goto(server.days[day] + address)
    await f(page, answer, context)
    assert.deepEqual(complaints, [], `${day} ${address}: what the browser says`)
  } finally {
    await context.close()
  }
}

const status = ['status of 422'] // the browser notes answers to wrong questions

// cramped names controls that are less than 44 px high or overlap nothing to touch.
const cramped = () => [...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, summary, nav a, .button')]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.5).map((e) => `${e.tagName} ${e.textContent.trim().slice(0, 20)} ${e.getBoundingClientRect().height}`)

for (const [name, address] of Object.entries(pages)) {
  test(`${name} fits and can be read at each width, light and dark`, async () => {
    await on('day', address, { complaints: status }, async (page) => {
      for (const scheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme: scheme })
        for (const width of [360, 1280, 1920]) {
          await page.setViewportSize({ width, height: width < 500 ? 780 : 900 })
          assert.deepEqual(await page.evaluate(measure.overflowing), [], `${name} at ${width}`)
          if (width !== 1920) await page.screenshot({ path: `${artefacts}page-${name}-${width}-${scheme}.png`, fullPage: true })
          assert.deepEqual(await page.evaluate(cramped), [], `${name} at ${width}: targets`)
        }
        const { seen, faint } = await page.evaluate(measure.faint)
        assert.ok(seen > 5, `${seen} texts looked at`)
        assert.deepEqual(faint, [], `${name}, ${scheme}: contrast`)
      }
      const unnamed = await page.evaluate(measure.unnamed)
      assert.deepEqual(unnamed.filter((u) => !u.startsWith('svg in <svg')), [], `${name}: names and headings`)
    })
  })
}

test('without scripts every page says the same', async () => {
  for (const [name, address] of Object.entries(pages)) {
    await on('day', address, { scripts: false, complaints: status }, async (page, answer) => {
      assert.ok([200, 422].includes(answer.status()), name)
      assert.equal(await page.locator('h1').count(), 1, name)
      if (name === 'traffic') assert.equal(await page.locator('figure.chart path.line').count(), 1, 'a chart without scripts')
    })
  }
  await on('day', `${attack.replace('.1-', '.2-')}`, { scripts: false }, async (page) => {
    await page.click('text=Acknowledge')
    await page.waitForURL(/done=acknowledge/)
    assert.match(await page.textContent('main'), /Acknowledged. Other operators see that somebody is working on it/)
  })
})

test('empty, calm and hostile days are designed', async () => {
  await on('empty', '/', {}, async (page) => {
    assert.match(await page.textContent('main'), /No exporter has sent data yet.*127\.0\.0\.1:2055.*floodmark scenario run mixed-day/s)
    await page.screenshot({ path: `${artefacts}page-empty-1280-light.png`, fullPage: true })
  })
  await on('calm', '/', {}, async (page) => {
    assert.match(await page.textContent('h1'), /No threshold is exceeded/)
    assert.equal(await page.locator('.mark.high, .state.s-open').count(), 0)
    await page.screenshot({ path: `${artefacts}page-calm-1280-light.png`, fullPage: true })
  })
  for (const address of ['/', '/traffic', '/incidents', attack]) {
    await on('hostile', address, {}, async (page) => {
      assert.equal(await page.locator('img, iframe, script:not([src])').count(), 0, address)
      assert.deepEqual(await page.evaluate(measure.overflowing), [], address)
    })
  }
})

test('the report opens with the policy of its own', async () => {
  await on('day', `${attack}/report`, {}, async (page) => {
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).margin), '0px', 'its style sheet is in force')
  })
})

test('scripts show the zone of the reader and keep UTC', async () => {
  await on('day', attack, {}, async (page) => {
    const t = page.locator('main time').first()
    assert.match(await t.textContent(), /GMT-5|EST/)
    assert.match(await t.getAttribute('title'), /UTC$/)
  })
})

test('a chart is read by keyboard and pointer', async () => {
  await on('day', '/traffic', {}, async (page) => {
    const chart = page.locator('figure.chart').first()
    await chart.locator('svg.plot').focus()
    await page.keyboard.press('ArrowLeft')
    assert.match(await chart.locator('output').textContent(), /^\d\d:\d\d:\d\d UTC: [\d.]+ Gbit\/s$/)
    assert.equal(await chart.locator('line.cursor-line').count(), 1)
    await chart.locator('svg.plot').hover({ position: { x: 200, y: 60 } })
    assert.match(await chart.locator('output').textContent(), /bit\/s$/)
  })
})

test('a change is shown at once, and what is open stays open', async () => {
  await on('day', attack, {}, async (page, _answer, context) => {
    await page.locator('summary:has-text("Close")').click()
    await page.fill('#note-c', 'half a sentence')
    const other = await context.newPage()
    await other.goto(server.days.day + attack)
    await other.locator('button:has-text("Acknowledge")').click()
    await other.waitForURL(/done=/)
    await page.waitForSelector('.heads >> text=acknowledged')
    assert.equal(await page.inputValue('#note-c'), 'half a sentence')
    assert.ok(await page.isVisible('#note-c'))
  })
})

test('what is old is marked with its age', async () => {
  await on('day', '/', { complaints: ['ERR_FAILED', 'ERR_INTERNET', 'Failed to load'] }, async (page, _answer, context) => {
    await page.clock.install()
    await page.reload()
    await context.setOffline(true)
    await page.route('**/*', (r) => r.abort())
    await page.clock.runFor(40_000)
    await page.waitForSelector('#stale:visible')
    assert.match(await page.textContent('#stale'), /Not up to date: the last answer of the server was \d+ s ago/)
    await page.screenshot({ path: `${artefacts}page-stale-1280-light.png` })
  })
})
