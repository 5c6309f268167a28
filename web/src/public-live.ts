// Keeps a page up to date: looks again when the server tells of a change, and
// every minute. What cannot be refreshed is marked with its age.
import { morph } from './morph'

const patience = 10_000 // ms for an answer
const every = 60_000 // ms between looks, without any change told
const spread = 1500 // ms: not all who are told look in the same instant

export function follow(dress: () => void): void {
  const slug = document.body.dataset.live
  const stale = document.getElementById('stale')
  if (!slug || !stale) return
  let heard = Date.now()
  let busy = false
  let timer = 0
  let events: EventSource | undefined

  async function look(): Promise<void> {
    clearTimeout(timer)
    timer = window.setTimeout(() => void look(), every)
    if (busy || document.hidden) return
    busy = true
    try {
      const r = await fetch(location.pathname + location.search, { headers: { Accept: 'text/html' }, signal: AbortSignal.timeout(patience) })
      if (!r.ok) throw new Error(String(r.status))
      const next = new DOMParser().parseFromString(await r.text(), 'text/html')
      for (const part of next.querySelectorAll('[id^=live-]')) {
        const here = document.getElementById(part.id)
        if (here) morph(here, part)
      }
      const asof = next.getElementById('asof')
      if (asof) document.getElementById('asof')?.replaceWith(asof)
      document.title = next.title
      heard = Date.now()
      dress()
    } catch {
      // The age below tells it.
    } finally {
      busy = false
      age()
    }
  }

  function age(): void {
    const old = Date.now() - heard
    const isStale = old > 2 * every + patience
    stale!.hidden = !isStale
    document.body.classList.toggle('is-stale', isStale)
    if (isStale) stale!.textContent = `◌ ${(document.body.dataset.old ?? '').replace('{s}', String(Math.round(old / 1000)))}`
  }
  setInterval(() => {
    if (!document.hidden) age()
  }, 1000)

  // A burst of changes is one look. Hidden pages hold no stream.
  let soon = 0
  const changed = () => {
    clearTimeout(soon)
    soon = window.setTimeout(() => void look(), 200 + Math.random() * spread)
  }
  function listen(): void {
    events?.close()
    events = new EventSource(slug === '*' ? '/events' : `/events?service=${encodeURIComponent(slug!)}`)
    events.addEventListener('change', changed)
  }
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return events?.close()
    listen()
    changed()
  })
  addEventListener('pagehide', () => events?.close())
  addEventListener('pageshow', (e) => {
    if (e.persisted) location.reload()
  })
  if (!document.hidden) listen()
  timer = window.setTimeout(() => void look(), every)
}
