// The report in a real browser: asks for nothing, fits, can be read, says everything.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { after, before, test } from 'node:test'
import { launch, open } from './browser.mjs'
import * as measure from './measure.mjs'
import { claims, hostileName, write } from './reports.mjs'

const artefacts = fileURLToPath(new URL('../artefacts/', import.meta.url))
const pictured = ['demo', 'quiet', 'sampled', 'outage', 'outside'] // first screens that are kept to look at
let browser, reports

before(async () => {
  fs.mkdirSync(artefacts, { recursive: true })
  reports = write()
  browser = await launch()
})

after(async () => {
  await browser?.close()
  reports?.remove()
})

// on opens a report, gives its page to f and checks that it stayed silent.
async function on(name, options, f) {
  const { page, requests, complaints } = await open(browser, reports.addresses[name], options)
  try {
    await f(page)
    assert.deepEqual(complaints, [], `${name}: what the browser says`)
    assert.deepEqual(requests.map((r) => r.split('#')[0]), [reports.addresses[name]], `${name}: requests`)
  } finally {
    await page.close()
  }
}

const shot = (page, name) => page.screenshot({ path: `${artefacts}${name}.png` })

test('every report fits, can be read and cites what it holds, at each width, light and dark', async () => {
  for (const name of Object.keys(reports.addresses)) {
    await on(name, {}, async (page) => {
      for (const scheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme: scheme })
        for (const width of [360, 390, 1280]) {
          await page.setViewportSize({ width, height: width > 500 ? 900 : 844 })
          assert.deepEqual(await page.evaluate(measure.overflowing), [], `${name} at ${width}`)
          if (pictured.includes(name) && width !== 360) await shot(page, `${name}-${width}-${scheme}`)
        }
        const { seen, faint } = await page.evaluate(measure.faint)
        assert.ok(seen > 50, `${name}: ${seen} texts looked at`)
        assert.deepEqual(faint, [], `${name}, ${scheme}: contrast`)
      }
      assert.deepEqual(await page.evaluate(measure.unnamed), [], `${name}: names and headings`)
      assert.deepEqual(await page.evaluate(measure.small), [], `${name}: targets`)
      // What is seen from outside alone cites little.
      assert.deepEqual((await page.evaluate(measure.lost)).filter((l) => name !== 'outside' || !l.startsWith('only ')), [], `${name}: citations`)
    })
  }
})

test('the policy allows one style sheet and nothing else', async () => {
  await on('demo', {}, async (page) => {
    const policy = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', 'content')
    assert.match(policy, /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]+='; base-uri 'none'; form-action 'none'$/)
    assert.equal(await page.locator('script, link, img, iframe, object, embed, form, video, audio').count(), 0)
    // The style sheet is in force, so its hash is right.
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.body).margin), '8px')
  })
})

test('the first screen says what happened, and that it is synthetic', async () => {
  for (const width of [390, 1280]) {
    await on('demo', { width, height: 844 }, async (page) => {
      const stripe = await page.locator('.stripe').boundingBox()
      assert.equal(stripe.y, 0, 'the banner is first')
      assert.match(await page.textContent('.stripe'), /Synthetic.*made-up/)
      for (const what of ['.state', 'h1', '.deck p']) {
        const box = await page.locator(what).first().boundingBox()
        assert.ok(box.y > stripe.y && box.y + box.height < 844, `${what} is on the first screen at ${width}`)
      }
      const h1 = await page.textContent('h1')
      assert.match(h1, /203\.0\.113\.10 was attacked in 5 bursts over .*UDP flood.*packets and .*bit a second/)
      for (const p of await page.locator('h1, .deck p').allTextContents()) {
        const said = p.replace(/\s*\[E\d+\]/g, '')
        assert.ok(said.length <= 190, `too long for the top: ${said}`)
        assert.doesNotMatch(said, /[a-z]-flood|reflection-|\/32/, 'slugs')
      }
    })
  }
})

test('charts have axes with units and labels that can be read', async () => {
  for (const name of ['demo', 'quiet', 'sampled']) {
    for (const width of [360, 1280]) {
      await on(name, { width }, async (page) => {
        const found = await page.evaluate(measure.charts)
        assert.equal(found.length, 2)
        for (const c of found) {
          const where = `${name} at ${width}, ${c.caption}`
          assert.equal(c.shown, 1, where)
          assert.match(c.caption, /^(Packets|Bits) a second/)
          assert.ok(c.values.length >= 2 && c.times.length >= 2, `${where}: ${c.values} / ${c.times}`)
          if (c.caption.startsWith('Bits')) assert.ok(c.values.every((v) => /bit\/s$/.test(v)), `${where}: ${c.values}`)
          assert.match(c.label, /peak .*(packets|bit)\/s/)
          assert.match(c.desc, /from the bottom: background up to/)
          assert.ok(c.areas >= (name === 'quiet' ? 1 : 3), where)
          assert.deepEqual(c.clashes, [], where)
        }
      })
    }
  }
})

test('the map is filled and the bars have whiskers', async () => {
  await on('demo', {}, async (page) => {
    const fills = await page.locator('#places path.land').evaluateAll((all) => all.map((p) => [p.getAttribute('class'), getComputedStyle(p).fill]))
    const rest = await page.locator('#places path.c0').evaluateAll((all) => all.map((p) => (p.getAttribute('d').match(/m/gi) ?? []).length))
    assert.ok(rest.reduce((a, b) => a + b, 0) > 150, `${rest} shapes without a share`)
    const filled = fills.filter(([c]) => !c.includes('c0'))
    assert.ok(filled.length >= 20, `${filled.length} countries with a share`)
    assert.ok(new Set(fills.map(([, f]) => f)).size >= 4, 'shades')
    const whiskers = await page.locator('#places .bars line.w2').evaluateAll((all) => all.map((l) => l.getBoundingClientRect().width))
    assert.ok(whiskers.length >= 15 && whiskers.every((w) => w > 2), `whiskers ${whiskers}`)
  })
  await on('sampled', {}, async (page) => {
    assert.ok(await page.locator('#places .bars line.w1').count() >= 30, 'intervals of sampling')
    assert.match(await page.textContent('#recording'), /1 in 1,000/)
  })
  await on('spoofed', {}, async (page) => {
    assert.match(await page.textContent('#places'), /addresses are forged.*None of the addresses could be given a place/s)
    assert.equal(await page.locator('#places svg').count(), 0, 'an empty map is no map')
  })
  await on('demo', {}, async (page) => {
    const rows = await page.locator('#places tbody tr').count()
    const more = Number((await page.locator('#places .stack + .note').textContent()).match(/^(\d+) more/)[1])
    assert.equal(rows + more, reports.document.networks.length, 'networks shown and not shown')
  })
  await on('not-located', {}, async (page) => assert.match(await page.textContent('#places'), /Not looked up/))
})

test('every claim is shown with its verdict, and what cannot be answered', async () => {
  await on('demo', {}, async (page) => {
    const words = { supported: 'supported', contradicted: 'contradicted', 'cannot-be-determined': 'cannot be determined' }
    const shown = await page.locator('#claims article').allTextContents()
    assert.equal(shown.length, reports.document.claims.length)
    assert.ok(shown.length >= claims.length)
    for (const [i, c] of reports.document.claims.entries()) {
      assert.ok(shown[i].includes(words[c.verdict]) && shown[i].includes(c.reading), `${c.reading}: ${shown[i]}`)
    }
    const heads = await page.locator('#claims h3').allTextContents()
    assert.deepEqual(heads, claims.map((c) => `“${c}”`))
    await page.locator('h1 a.cite').first().click()
    assert.ok(await page.evaluate(() => scrollY) > 1000, 'a citation goes to its evidence')
    assert.ok(await page.isVisible('#not-answerable'))
    assert.match(await page.textContent('#not-answerable'), /is a state behind it\?.*No recording could answer it\./)
    for (const v of reports.document.vectors) {
      assert.match(await page.textContent('#real'), new RegExp(v.sources.spoofing.verdict))
    }
  })
})

test('paper shows everything, black on white', async () => {
  await on('demo', { scheme: 'dark' }, async (page) => {
    const ids = await page.locator('section[id], .box[id]').evaluateAll((all) => all.map((e) => e.id))
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    for (const id of [...ids.map((i) => `#${i} h2`), '.stripe', '.state', 'h1', '.keys', '#time svg.wide', '#not-answerable']) {
      assert.ok(await page.locator(id).first().isVisible(), `${id} is printed`)
    }
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)')
    const hidden = await page.locator('details li, details td').evaluateAll((all) => all.filter((e) => e.getBoundingClientRect().height === 0).length)
    assert.equal(hidden, 0, 'what is folded on screen is open on paper')
    const { faint } = await page.evaluate(measure.faint)
    assert.deepEqual(faint, [], 'contrast on paper')
    const pdf = await page.pdf({ format: 'A4', path: `${artefacts}demo.pdf` })
    assert.ok(pdf.length > 50_000)
  })
})

test('a recording without an attack stays calm', async () => {
  await on('quiet', {}, async (page) => {
    assert.match(await page.textContent('.state'), /No attack/)
    assert.match(await page.textContent('h1'), /^No attack was found in /)
    assert.equal(await page.locator('#vectors, #real, #places, #claims, .state.yes').count(), 0)
    const accent = await page.evaluate(() => [...document.querySelectorAll('main *')].filter((e) => {
      const probe = document.body.appendChild(document.createElement('i'))
      probe.className = 'verdict contradicted'
      const loud = getComputedStyle(probe).color
      probe.remove()
      const s = getComputedStyle(e)
      return s.color === loud || s.backgroundColor === loud
    }).length)
    assert.equal(accent, 0, 'nothing in the colour of alarm')
    for (const part of ['.lead', '.keys', '#why', '#time', '#recording']) {
      assert.doesNotMatch(await page.innerText(part), /\b0 s\b|NaN|tcp-|udp-|\/32/, part)
    }
  })
})

test('markup from a recording is text', async () => {
  await on('hostile', {}, async (page) => {
    const text = await page.innerText('body')
    assert.ok(text.includes(hostileName), 'the name of the file is shown as it is')
    assert.ok(text.includes('<b/id=x.><img/s'), 'the name that DNS was asked for is shown as it is')
    assert.equal(await page.locator('img, script, iframe, b[id]').count(), 0)
    const handlers = await page.evaluate(() => [...document.querySelectorAll('*')].filter((e) => [...e.attributes].some((a) => a.name.startsWith('on') || a.name === 'style')).length)
    assert.equal(handlers, 0)
  })
})
