// The islands of the public pages: what scripts add to pages that work without
// them. The same bundle is the script of the worker that does proofs of work.
import { cursors } from './public-chart'
import { follow } from './public-live'
import { localTimes } from './public-time'
import { forms, prepare, serve } from './public-work'

function dress(): void {
  localTimes()
  cursors()
  filter()
}

// panel opens the form on the page itself: tap one; the link leads to the form
// on a page of its own where there are no scripts.
function panel(): void {
  const link = document.getElementById('open-report')
  const form = document.getElementById('panel')
  if (!link || !form) return
  const slug = form.querySelector<HTMLFormElement>('form[data-work]')?.dataset.work ?? ''
  link.setAttribute('role', 'button')
  link.setAttribute('aria-controls', 'panel')
  link.setAttribute('aria-expanded', 'false')
  const open = (e: Event) => {
    if (e instanceof MouseEvent && (e.ctrlKey || e.metaKey || e.shiftKey)) return
    e.preventDefault()
    void prepare(slug).catch(() => {})
    form.hidden = false
    link.hidden = true
    form.tabIndex = -1 // not a button: the key that opened the form would press it, too
    form.focus({ preventScroll: true })
    form.scrollIntoView({ block: 'nearest' })
  }
  link.addEventListener('click', open)
  link.addEventListener('keydown', (e) => {
    if (e.key === ' ') open(e)
  })
  link.addEventListener('pointerdown', () => void prepare(slug).catch(() => {}))
}

// near fetches the one part of the page that is of this visitor alone.
async function near(): Promise<void> {
  const place = document.getElementById('near')
  if (!place?.dataset.near) return
  try {
    const r = await fetch(`/fragments/near?service=${encodeURIComponent(place.dataset.near)}&lang=${document.documentElement.lang}`, { signal: AbortSignal.timeout(10_000) })
    if (!r.ok) throw new Error(String(r.status))
    const part = new DOMParser().parseFromString(await r.text(), 'text/html').body
    place.replaceChildren(...part.childNodes)
  } catch {
    place.replaceChildren() // nothing is known, nothing is said
  }
}

// filter hides the cards that the search does not name.
function filter(): void {
  const field = document.querySelector<HTMLInputElement>('.search input[type=search]')
  const cards = [...document.querySelectorAll<HTMLElement>('.card[data-words]')]
  const nothing = document.querySelector<HTMLElement>('.nothing')
  if (!field || !cards.length) return
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean)
  let shown = 0
  for (const c of cards) {
    c.hidden = !words.every((w) => c.dataset.words?.includes(w))
    if (!c.hidden) shown++
  }
  if (nothing) nothing.hidden = shown > 0
}

if (typeof document === 'undefined') serve()
else {
  dress()
  panel()
  forms()
  void near()
  follow(dress)
  document.querySelector('.search input[type=search]')?.addEventListener('input', filter)
}
