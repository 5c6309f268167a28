// Keeps a page up to date: looks again every some seconds, and at once when the
// server tells of a change. What cannot be refreshed is marked with its age.
import { morph } from './morph'

const patience = 10_000 // ms for an answer

export function follow(dress: () => void): void {
  const every = Number(document.body.dataset.refresh ?? 0) * 1000
  const live = document.getElementById('live')
  const stale = document.getElementById('stale')
  if (!every || !live || !stale) return

  let fresh = Date.now()
  let busy = false
  let again = false
  let timer = 0

  function later(): void {
    clearTimeout(timer)
    timer = window.setTimeout(look, every)
  }

  async function look(): Promise<void> {
    if (document.hidden) return later()
    if (busy) {
      again = true
      return
    }
    busy = true
    try {
      const r = await fetch(location.pathname + location.search, { headers: { Accept: 'text/html' }, signal: AbortSignal.timeout(patience) })
      if (r.redirected && new URL(r.url).pathname === '/login') return location.reload()
      if (!r.ok) throw new Error(String(r.status))
      const next = new DOMParser().parseFromString(await r.text(), 'text/html')
      const part = next.getElementById('live')
      if (!part) throw new Error('no such part')
      morph(live!, part)
      const asof = next.getElementById('asof')
      if (asof) document.getElementById('asof')?.replaceWith(asof)
      fresh = Date.now()
      dress()
    } catch {
      // The age below tells it.
    } finally {
      busy = false
      age()
      if (again) {
        again = false
        void look()
      } else {
        later()
      }
    }
  }

  // age says aloud that what is shown is old.
  function age(): void {
    const old = Date.now() - fresh
    const isStale = old > 3 * every + patience
    stale!.hidden = !isStale
    document.body.classList.toggle('is-stale', isStale)
    if (isStale) stale!.textContent = `◌ Not up to date: the last answer of the server was ${Math.round(old / 1000)} s ago.`
  }
  setInterval(() => {
    if (!document.hidden) age()
  }, 1000)

  // A burst of changes is one look. Hidden pages hold no stream: browsers allow
  // few connections to one server.
  let soon = 0
  let events: EventSource | undefined
  const changed = () => {
    clearTimeout(soon)
    soon = window.setTimeout(() => void look(), 250)
  }
  function listen(): void {
    events?.close()
    events = new EventSource('/api/v1/events')
    events.addEventListener('change', changed)
    events.addEventListener('reset', changed)
    events.addEventListener('open', changed) // what happened before it was open
  }
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) events?.close()
    else listen()
  })
  addEventListener('pagehide', () => events?.close())
  addEventListener('pageshow', (e) => {
    if (e.persisted) location.reload()
  })
  if (!document.hidden) listen()
  later()
}
