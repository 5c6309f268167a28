// Shows times in the reader's zone, in the language of the page. The server
// writes UTC; the title keeps it.

// English is written as the server writes it: the day before the month.
const lang = document.documentElement.lang.replace(/^en$/, 'en-GB') || undefined
const clock = new Intl.DateTimeFormat(lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const dated = new Intl.DateTimeFormat(lang, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const zoned = new Intl.DateTimeFormat(lang, { timeZoneName: 'short' })

export function zone(): string {
  return zoned.formatToParts(new Date()).find((p) => p.type === 'timeZoneName')?.value ?? ''
}

// at writes the time of day of Unix seconds.
export const at = (seconds: number): string => clock.format(seconds * 1000)

export function localTimes(root: ParentNode = document): void {
  for (const e of root.querySelectorAll<HTMLTimeElement>('time[datetime]')) {
    const d = new Date(e.dateTime)
    if (e.dataset.shown === e.dateTime || e.dateTime.length < 12 || Number.isNaN(d.getTime())) continue
    e.dataset.shown = e.dateTime
    // The headline says its zone; elsewhere the foot of the page does.
    e.textContent = (e.classList.contains('d') ? dated : clock).format(d) + (e.closest('h1') ? ` ${zone()}` : '')
  }
  // Labels of charts, and the words that say which zone is shown.
  for (const e of root.querySelectorAll<HTMLElement | SVGElement>('[data-at]')) e.textContent = at(Number(e.dataset.at))
  for (const e of root.querySelectorAll<HTMLElement>('[data-zone]')) e.textContent = (e.dataset.zone ?? '').replace('{z}', zone())
}
