// Shows times in the reader's zone, in the language of the page. The server
// writes UTC; the title keeps it.

// Nothing is made as the bundle loads: it is the script of a worker, too, which
// has no document. English is written as the server writes it, the day before
// the month.
function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(document.documentElement.lang.replace(/^en$/, 'en-GB') || undefined, options)
}

const minutes: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
const dated: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric', ...minutes }

export function zone(): string {
  return format({ timeZoneName: 'short' }).formatToParts(new Date()).find((p) => p.type === 'timeZoneName')?.value ?? ''
}

// at writes the time of day of Unix seconds.
export const at = (seconds: number): string => format(minutes).format(seconds * 1000)

export function localTimes(root: ParentNode = document): void {
  const clock = format(minutes)
  const day = format(dated)
  for (const e of root.querySelectorAll<HTMLTimeElement>('time[datetime]')) {
    const d = new Date(e.dateTime)
    if (e.dataset.shown === e.dateTime || e.dateTime.length < 12 || Number.isNaN(d.getTime())) continue
    e.dataset.shown = e.dateTime
    // The headline says its zone; elsewhere the foot of the page does.
    e.textContent = (e.classList.contains('d') ? day : clock).format(d) + (e.closest('h1') ? ` ${zone()}` : '')
  }
  // Labels of charts, and the words that say which zone is shown.
  for (const e of root.querySelectorAll<HTMLElement | SVGElement>('[data-at]')) e.textContent = clock.format(Number(e.dataset.at) * 1000)
  for (const e of root.querySelectorAll<HTMLElement>('[data-zone]')) e.textContent = (e.dataset.zone ?? '').replace('{z}', zone())
}
