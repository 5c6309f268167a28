// What is measured inside a page. Each function runs in the browser and stands alone.

// overflowing names what sticks out of the window, apart from what scrolls by itself.
export function overflowing() {
  const width = document.documentElement.clientWidth
  const out = []
  if (document.documentElement.scrollWidth > width) out.push(`the page is ${document.documentElement.scrollWidth} wide`)
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('.scroll, pre') || !e.checkVisibility()) continue
    const box = e.getBoundingClientRect()
    if (box.width && (box.right > width + 1 || box.left < -1)) out.push(`${e.tagName} “${e.textContent.trim().slice(0, 40)}” from ${Math.round(box.left)} to ${Math.round(box.right)}`)
  }
  return out.slice(0, 5)
}

// faint names texts whose contrast with what is behind them is under 4.5 (WCAG 2.2, 1.4.3).
export function faint() {
  const parse = (c) => (c.match(/[\d.]+/g) ?? []).map(Number)
  const light = ([r, g, b]) => {
    const part = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4)
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
  }
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor)
      if (c.length === 3 || c[3] === 1) return c
    }
    return [255, 255, 255]
  }
  const out = new Set()
  let seen = 0
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const e = node.parentElement
    if (!node.textContent.trim() || !e.checkVisibility() || e.closest('title, desc')) continue
    seen++
    const style = getComputedStyle(e)
    const ink = parse(e.closest('svg') ? style.fill : style.color)
    const [a, b] = [light(ink), light(behind(e))].sort((x, y) => y - x)
    const ratio = (a + 0.05) / (b + 0.05)
    if (ratio < 4.5) out.add(`${e.tagName}.${e.getAttribute('class')} ${ratio.toFixed(2)}: ${node.textContent.trim().slice(0, 30)}`)
  }
  return { seen, faint: [...out].slice(0, 8) }
}

// charts gives the texts of the charts that are visible, and which of them overlap or are cut.
export function charts() {
  return [...document.querySelectorAll('#time figure')].map((figure) => {
    const shown = [...figure.querySelectorAll('svg')].filter((s) => s.checkVisibility())
    const texts = shown.flatMap((s) => [...s.querySelectorAll('text')])
    const boxes = texts.map((t) => ({ text: t.textContent, box: t.getBoundingClientRect() }))
    const clashes = []
    for (const [i, { text, box }] of boxes.entries()) {
      if (box.left < 0 || box.right > document.documentElement.clientWidth) clashes.push(`“${text}” is cut`)
      for (const o of boxes.slice(i + 1)) {
        if (box.left < o.box.right && o.box.left < box.right && box.top < o.box.bottom - 2 && o.box.top < box.bottom - 2) clashes.push(`“${text}” on “${o.text}”`)
      }
    }
    return {
      shown: shown.length, caption: figure.querySelector('figcaption').textContent, clashes,
      label: shown[0]?.getAttribute('aria-label'), desc: shown[0]?.querySelector('desc')?.textContent,
      values: texts.filter((t) => t.classList.contains('yl')).map((t) => t.textContent),
      times: texts.filter((t) => /^\d\d:\d\d/.test(t.textContent)).map((t) => t.textContent),
      areas: shown.flatMap((s) => [...s.querySelectorAll('path.area')]).length,
    }
  })
}

// unnamed lists drawings that are neither named nor marked as decoration, and headings that skip a level.
export function unnamed() {
  const out = []
  for (const svg of document.querySelectorAll('svg')) {
    const named = svg.getAttribute('role') === 'img' && svg.getAttribute('aria-label')?.trim()
    if (!named && svg.getAttribute('aria-hidden') !== 'true') out.push(`svg in ${svg.parentElement.outerHTML.slice(0, 80)}`)
  }
  let last = 0
  for (const h of document.querySelectorAll('h1, h2, h3, h4')) {
    const level = Number(h.tagName[1])
    if (level > last + 1) out.push(`${h.tagName} “${h.textContent}” after level ${last}`)
    last = level
  }
  if (document.querySelectorAll('h1').length !== 1) out.push('not exactly one h1')
  return out
}

// small lists controls under 44 px of height.
export const small = () => [...document.querySelectorAll('summary')]
  .filter((s) => s.checkVisibility() && s.getBoundingClientRect().height < 44).map((s) => s.textContent)

// lost lists links that do not lead to an item of evidence in the page.
export function lost() {
  const links = [...document.querySelectorAll('a')].map((a) => a.getAttribute('href'))
  if (links.length < 3) return [`only ${links.length} links`]
  const evidence = document.querySelector('#evidence')
  return links.filter((href) => !href.startsWith('#') || !evidence.contains(document.getElementById(href.slice(1))))
}
