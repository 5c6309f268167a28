// The public pages in a real browser: ask for nothing elsewhere, fit a phone, can be read, work with and without scripts.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { after, before, test } from 'node:test'
import { launch } from './browser.mjs'
import * as measure from './measure.mjs'
import { serve } from './public.mjs'

const artefacts = fileURLToPath(new URL('../artefacts/', import.meta.url))
const pages = {
  home: '/', search: '/?q=bank', calm: '/s/calm', fresh: '/s/fresh', suspected: '/s/suspected', big: '/s/big', mild: '/s/mild?lang=de', easing: '/s/easing', forged: '/s/forged', tenant: '/s/tenant?lang=es',
  hostile: '/s/hostile', report: '/s/big/report', incident: '/i/s-big-20261124T1405Z', elsewhere: '/i/s-tenant-20261124T1405Z', badincident: '/i/hostile', data: '/data', about: '/about?lang=de', suggest: '/suggest',
  full: '/test/full', said: '/test/said', mail: '/test/mail', nowhere: '/nothing',
}
// joined are incidents with all that other signals tell of them.
const joined = { outside: '/i/outside', attack: '/i/attack', after: '/i/after?lang=de', own: '/i/own?lang=es', elsewhere: '/i/tenants', made: '/i/made', empty: '/i/empty', old: '/i/old', live: '/i/live', joinedhome: '/' }
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

// on opens a page of a day as a phone does, gives it to f, and checks that it stayed silent and asked this server alone.
async function on(day, address, options, f) {
  const context = await browser.newContext({ viewport: { width: options.width ?? 360, height: 780 }, colorScheme: options.scheme ?? 'light',
    javaScriptEnabled: options.scripts ?? true, timezoneId: 'America/New_York', locale: options.locale ?? 'en-GB' })
  const page = await context.newPage()
  const complaints = []
  const expected = options.complaints ?? ['status of 404']
  page.on('console', (m) => { if (!expected.some((e) => m.text().includes(e))) complaints.push(`${m.type()}: ${m.text()}`) })
  page.on('pageerror', (e) => complaints.push(String(e)))
  page.on('request', (r) => { if (!r.url().startsWith(server.days[day]) && !r.url().startsWith('data:')) complaints.push(`asks ${r.url()}`) })
  try {
    const answer = await page.goto(server.days[day] + address)
    await f(page, answer, context)
    assert.deepEqual(complaints, [], `${day} ${address}: what the browser says`)
    assert.deepEqual(await context.cookies(), [], 'cookies')
  } finally {
    await context.close()
  }
}

// cramped names controls that are less than 44 px high.
const cramped = () => [...document.querySelectorAll('button, input:not([type=hidden], .pick), .pick + label, select, textarea, summary, nav a, .button')]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.5).map((e) => `${e.tagName} ${e.textContent.trim().slice(0, 20)} ${e.getBoundingClientRect().height}`)

// unlabelled names fields without a name for screen readers.
const unlabelled = () => [...document.querySelectorAll('input:not([type=hidden]), textarea, select')].filter((e) => !e.labels?.length && !e.getAttribute('aria-label')).map((e) => e.outerHTML.slice(0, 80))

// colliding names texts of the chart that lie on one another or are cut.
const colliding = () => [...document.querySelectorAll('svg.plot')].flatMap((svg) => {
  const texts = [...svg.querySelectorAll('text')].filter((t) => t.checkVisibility()).map((t) => ({ text: t.textContent, box: t.getBoundingClientRect() }))
  return texts.flatMap((a, i) => [
    ...(a.box.left < 0 || a.box.right > document.documentElement.clientWidth ? [`“${a.text}” is cut`] : []),
    ...texts.slice(i + 1).filter((b) => a.box.left < b.box.right && b.box.left < a.box.right && a.box.top < b.box.bottom - 3 && b.box.top < a.box.bottom - 3).map((b) => `“${a.text}” on “${b.text}”`),
  ])
})

for (const [day, name, address] of [...Object.entries(pages).map((e) => ['day', ...e]), ...Object.entries(joined).map((e) => ['joined', ...e])]) {
  test(`${name} fits and can be read at each width, light and dark`, async () => {
    await on(day, address, {}, async (page) => {
      await page.waitForLoadState('load')
      if (await page.locator('#open-report').count()) await page.waitForSelector('#near .near')
      assert.equal(await page.locator('img, iframe, script:not([src]), [style]').count(), 0, `${name}: foreign elements`)
      for (const scheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme: scheme })
        for (const width of [320, 360, 390, 640, 1280]) {
          await page.setViewportSize({ width, height: width < 700 ? 780 : 900 })
          assert.deepEqual(await page.evaluate(measure.overflowing), [], `${name} at ${width}`)
          assert.deepEqual(await page.evaluate(cramped), [], `${name} at ${width}: targets`)
          assert.deepEqual(await page.evaluate(colliding), [], `${name} at ${width}: chart`)
          if (width === (day === 'joined' ? 390 : 360) || width === 1280) await page.screenshot({ path: `${artefacts}public-${name}-${width}-${scheme}.png`, fullPage: true })
        }
        const { seen, faint } = await page.evaluate(measure.faint)
        assert.ok(seen > 5, `${seen} texts looked at`)
        assert.deepEqual(faint, [], `${name}, ${scheme}: contrast`)
      }
      const unnamed = await page.evaluate(measure.unnamed)
      assert.deepEqual(unnamed.filter((u) => !u.startsWith('svg in <svg')), [], `${name}: names and headings`)
      assert.deepEqual(await page.evaluate(unlabelled), [], `${name}: labels`)
    })
  })
}

test('an incident is a document: landmarks, headings in order, a chart in words and as a table, light enough', async () => {
  for (const address of Object.values(joined).filter((a) => a !== '/')) {
    await on('joined', address, { width: 390, scripts: false }, async (page, answer) => {
      assert.ok((await answer.body()).length < 100_000, `${address}: octets`)
      assert.equal(await page.locator('main').count(), 1)
      assert.equal(await page.locator('h1').count(), 1)
      const levels = await page.locator('main h1, main h2, main h3, main h4').evaluateAll((all) => all.map((h) => Number(h.tagName[1])))
      levels.forEach((l, i) => assert.ok(i === 0 ? l === 1 : l <= levels[i - 1] + 1, `${address}: heading ${i} of level ${l} after ${levels[i - 1]}`))
      const unnamed = await page.locator('main section').evaluateAll((all) => all.filter((s) => !s.querySelector('h2')).map((s) => s.id))
      assert.deepEqual(unnamed, [], `${address}: sections without a heading`)
      assert.ok(await page.locator('#unknown li').count() >= 7, `${address}: what cannot be answered`)
      if (address === '/i/empty') return
      assert.match(await page.getAttribute('svg.plot', 'aria-label'), /\d.*\d/)
      assert.equal(await page.getAttribute('svg.plot', 'role'), 'img')
      assert.ok(await page.locator('.tall tbody tr').count() > 8, `${address}: the chart as a table`)
      assert.ok(await page.locator('.waves tbody tr').count() > 0, `${address}: waves`)
    })
  }
})

test('an incident changes while one looks, and what is unfolded stays', async () => {
  await on('joined', '/i/live', {}, async (page) => {
    assert.match(await page.textContent('h1'), /cause not known yet/)
    assert.match(await page.textContent('#course'), /not monitored here/)
    await page.click('#course summary')
    await fetch(`${server.days.joined}/test/turn`, { method: 'POST' })
    await page.waitForSelector('h1:has-text("very likely an attack")')
    assert.ok(await page.locator('.course path.mean').evaluate((e) => e.getBoundingClientRect().height > 20), 'traffic is drawn')
    assert.ok(await page.isVisible('.tall'), 'the table stays open')
    assert.ok(await page.isVisible('#attack'))
    assert.ok(!(await page.textContent('#course')).includes('not monitored here'))
  })
})

test('the cursor reads reports and traffic of one time', async () => {
  await on('joined', '/i/attack', { width: 1280 }, async (page) => {
    const chart = page.locator('figure.chart')
    await chart.locator('svg.plot').focus()
    await page.keyboard.press('ArrowLeft')
    assert.match(await chart.locator('output').textContent(), /^12:15–12:30: [\d,]+ reports; baseline \d+–\d+; traffic 1\.10\sTbit\/s at its peak$/)
  })
})

test('a report takes two taps, and the proof of work is done by a worker', async () => {
  await on('day', '/s/big', {}, async (page) => {
    const done = page.waitForEvent('worker').then((w) => new Promise((closed) => w.on('close', closed)))
    await page.click('#open-report')
    await done // the proof is ready before the second tap
    await page.click('.choices button:has-text("Login")')
    await page.waitForSelector('h1:has-text("Thank you: we received your report")')
    await page.click('text=Back to Chirper')
    assert.match(await page.textContent('h1'), /Users report problems with Chirper/)
  })
})

test('a second tap that is faster than the proof waits for it', async () => {
  await on('day', '/s/big', { complaints: ['ERR_FAILED'] }, async (page) => {
    let asked = 0
    await page.route('**/fragments/challenge*', async (route) => { // the first answer is lost
      if (asked++ === 0) await route.abort()
      else await route.continue()
    })
    await page.evaluate(() => { // both taps in one go
      document.querySelector('#open-report').click()
      document.querySelector('.choices button').click()
    })
    await page.waitForSelector('.work:has-text("That did not work. Please tap again.")')
    await page.click('.choices button:has-text("Login")')
    await page.waitForSelector('h1:has-text("Thank you: we received your report")')
  })
})

test('“works for me” is a report, by keyboard', async () => {
  await on('day', '/s/calm', {}, async (page) => {
    await page.focus('#open-report')
    await page.keyboard.press('Enter')
    await page.waitForSelector('#panel:visible')
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'App', 'the first choice is one key away, and not pressed')
    await page.focus('.works button')
    await page.keyboard.press('Enter')
    await page.waitForSelector('h1:has-text("Thank you: good to know")')
  })
})

test('where no worker may run, the page does the work itself', async () => {
  await on('day', '/s/big/report', {}, async (page) => {
    await page.addInitScript(() => { delete globalThis.Worker })
    await page.reload()
    await page.evaluate(() => document.querySelectorAll('input[name=form]').forEach((e) => e.remove())) // the proof alone must do
    await page.click('.choices button:has-text("App")')
    await page.waitForSelector('h1:has-text("Thank you")')
  })
})

test('without scripts a report takes two taps, too', async () => {
  await on('day', '/s/big', { scripts: false }, async (page) => {
    assert.ok(!(await page.isVisible('#panel')))
    assert.equal(await page.locator('path.bars').count() > 0, true, 'a chart without scripts')
    await page.click('#open-report')
    await page.waitForURL(/\/s\/big\/report$/)
    await page.click('.choices button:has-text("Login")')
    assert.match(await page.textContent('h1'), /Thank you: we received your report/)
  })
  await on('day', '/', { scripts: false }, async (page) => {
    await page.fill('#q', 'corner')
    await page.click('.search button')
    assert.equal(await page.locator('.card:visible').count(), 1)
    await page.check('#scale-common', { force: true })
    assert.match(await page.textContent('.says .com'), /one scale/)
    assert.ok(await page.isVisible('.says .com'))
  })
})

test('a change is shown, and what is typed stays', async () => {
  await on('calm', '/s/calm', {}, async (page) => {
    assert.match(await page.textContent('h1'), /No more reports than usual/)
    await page.click('#open-report')
    await page.click('#panel summary')
    await page.fill('#text-calm', 'half a sentence')
    await fetch(`${server.days.calm}/test/turn`, { method: 'POST' })
    await page.waitForSelector('h1:has-text("Users report problems with Lighthouse Mail")')
    assert.equal(await page.inputValue('#text-calm'), 'half a sentence')
    assert.ok(await page.isVisible('#text-calm'))
    assert.ok(!(await page.isVisible('#open-report')), 'the form stays open')
  })
})

test('the search filters while one types, and the map has two layers', async () => {
  await on('day', '/', {}, async (page) => {
    await page.fill('#q', 'chirp')
    assert.equal(await page.locator('.card:visible').count(), 1)
    await page.fill('#q', 'no such thing')
    assert.ok(await page.isVisible('.nothing'))
  })
  await on('day', '/s/big', {}, async (page) => {
    const fill = () => page.evaluate(() => getComputedStyle(document.querySelector('.world .x3')).fill)
    const before = await fill()
    await page.check('#layer-r', { force: true })
    assert.notEqual(await fill(), before)
    assert.ok(await page.isVisible('.lr') && !(await page.isVisible('.lx')))
  })
})

test('times are the reader’s, and the chart is read by keyboard and pointer', async () => {
  await on('day', '/s/big', {}, async (page) => {
    assert.match(await page.textContent('h1 time'), /^05:47 (GMT-5|EST)$/) // 10:47 UTC in New York
    assert.match(await page.getAttribute('h1 time', 'title'), /10:47:00 UTC$/)
    assert.match(await page.textContent('figcaption .utc'), /times in your zone \((GMT-5|EST)\)/)
    const chart = page.locator('figure.chart')
    await chart.locator('svg.plot').focus()
    await page.keyboard.press('ArrowLeft')
    assert.match(await chart.locator('output').textContent(), /^12:15–12:30: [\d,]+ reports; baseline \d+–\d+$/)
    await chart.locator('svg.plot').hover({ position: { x: 100, y: 60 } })
    assert.match(await chart.locator('output').textContent(), /reports/)
  })
})

test('the browser’s language is spoken', async () => {
  for (const [locale, want] of [['de-AT', /Nutzer melden Probleme/], ['es-MX', /Los usuarios informan/], ['fr-FR', /Users report problems/]]) {
    await on('day', '/s/big', { locale }, async (page) => {
      assert.match(await page.textContent('h1'), want)
    })
  }
})

test('empty and calm days are designed', async () => {
  await on('empty', '/', {}, async (page) => {
    assert.match(await page.textContent('main'), /No service is monitored yet.*Suggest a service/s)
    await page.screenshot({ path: `${artefacts}public-empty-360-light.png`, fullPage: true })
  })
  await on('calm', '/', {}, async (page) => {
    assert.equal(await page.locator('.s-open').count(), 0)
    await page.screenshot({ path: `${artefacts}public-calmhome-360-light.png`, fullPage: true })
  })
})

test('what is old is marked with its age', async () => {
  await on('day', '/s/big', { complaints: ['ERR_FAILED', 'ERR_INTERNET', 'Failed to load'] }, async (page, _answer, context) => {
    await page.clock.install()
    await page.reload()
    await context.setOffline(true)
    await page.route('**/*', (r) => r.abort())
    await page.clock.runFor(200_000)
    await page.waitForSelector('#stale:visible')
    assert.match(await page.textContent('#stale'), /Not up to date: no data from the server for \d+ s/)
  })
})

test('the button fits its frame', async () => {
  await on('day', '/button/big', { width: 320 }, async (page) => {
    await page.setViewportSize({ width: 320, height: 96 })
    assert.equal(await page.evaluate(() => document.documentElement.scrollHeight <= 96), true)
    assert.equal(await page.getAttribute('a', 'href'), '/s/big/report?via=button')
    await page.screenshot({ path: `${artefacts}public-button-320-light.png` })
  })
})
