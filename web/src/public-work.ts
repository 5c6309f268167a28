// The proof of work of a form: fetched and solved as soon as the visitor turns
// to the form, so that the tap that sends it is instant. A worker does it, and
// the page itself in small portions where there is none.
import { solve } from './public-sha'

interface Challenge { token: string; bits: number; until: number }
interface Task { token: string; bits: number }

const portion = 2000 // hashes at a time on the page's own thread, some milliseconds
const mostBits = 28 // more would take minutes

// serve is the worker's side: this bundle is its script, too.
export function serve(): void {
  addEventListener('message', (e: MessageEvent<Task>) => postMessage(solve(e.data.token, e.data.bits, 0, 2 ** 32)))
}

const script = document_().currentScript instanceof HTMLScriptElement ? document_().currentScript : null
function document_(): { currentScript: HTMLScriptElement | null } {
  return typeof document === 'undefined' ? { currentScript: null } : (document as unknown as { currentScript: HTMLScriptElement | null })
}

function byWorker(task: Task): Promise<number> {
  return new Promise((done, fail) => {
    const w = new Worker(script!.src)
    w.onmessage = (e: MessageEvent<number>) => {
      w.terminate()
      done(e.data)
    }
    w.onerror = (e) => {
      e.preventDefault()
      w.terminate()
      fail(new Error('worker'))
    }
    w.postMessage(task)
  })
}

async function byPortions(task: Task): Promise<number> {
  for (let from = 0; ; from += portion) {
    const n = solve(task.token, task.bits, from, portion)
    if (n !== undefined) return n
    await new Promise((r) => setTimeout(r))
  }
}

async function work(slug: string): Promise<{ solution: string; until: number }> {
  const r = await fetch(`/fragments/challenge?service=${encodeURIComponent(slug)}`, { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(15_000) })
  if (!r.ok) throw new Error(String(r.status))
  const c = (await r.json()) as Challenge
  if (!(c.bits <= mostBits)) throw new Error('too hard')
  const task = { token: c.token, bits: c.bits }
  let nonce = 0
  if (c.bits > 0) nonce = script && typeof Worker === 'function' ? await byWorker(task).catch(() => byPortions(task)) : await byPortions(task)
  return { solution: `${c.token}:${nonce}`, until: Number(c.until) / 1e6 }
}

// A page's forms share one proof for each service; each proof is used once.
const ready = new Map<string, Promise<{ solution: string; until: number }>>()

export function prepare(slug: string): Promise<{ solution: string; until: number }> {
  let p = ready.get(slug)
  if (!p) {
    p = work(slug)
    ready.set(slug, p)
    p.catch(() => ready.delete(slug))
  }
  return p
}

async function fresh(slug: string): Promise<string> {
  const margin = 5_000 // ms on the way
  let p = await prepare(slug)
  // A rehearsal's clock is not ours: only a real one is compared.
  if (Math.abs(p.until - Date.now()) < 86_400_000 && p.until - margin < Date.now()) {
    ready.delete(slug)
    p = await prepare(slug)
  }
  ready.delete(slug)
  return p.solution
}

function attach(form: HTMLFormElement): void {
  if (form.dataset.ready) return
  form.dataset.ready = 'on'
  const slug = form.dataset.work ?? ''
  const field = form.querySelector<HTMLInputElement>('input[name=solution]')
  const say = form.querySelector<HTMLElement>('.work')
  if (!field) return
  const early = () => void prepare(slug).catch(() => {})
  form.addEventListener('focusin', early)
  form.addEventListener('pointerdown', early)
  let busy = false
  form.addEventListener('submit', (e) => {
    if (field.value) return
    e.preventDefault()
    if (busy) return
    busy = true
    const by = e.submitter instanceof HTMLElement ? e.submitter : null
    const later = setTimeout(() => {
      if (say) say.textContent = form.dataset.busy ?? ''
      by?.setAttribute('aria-disabled', 'true')
    }, 150)
    fresh(slug)
      .then((solution) => {
        field.value = solution
        // Not in the event itself, which a proof that was ready would still be in:
        // a form that is being submitted ignores a second request.
        setTimeout(() => form.requestSubmit(by))
      })
      .catch(() => {
        // The server knows a way without a proof; the form's own token is one.
        if (form.querySelector('input[name=form]')) form.submit()
        else if (say) say.textContent = form.dataset.failed ?? ''
      })
      .finally(() => {
        busy = false
        clearTimeout(later)
        by?.removeAttribute('aria-disabled')
      })
  })
}

export function forms(): void {
  document.querySelectorAll<HTMLFormElement>('form[data-work]').forEach(attach)
}
