// Shows times in the reader's zone. The server writes UTC; the title keeps it.
const zone = new Intl.DateTimeFormat(undefined, { timeZoneName: 'short' })

function zoneName(d: Date): string {
  return zone.formatToParts(d).find((p) => p.type === 'timeZoneName')?.value ?? ''
}

export function localTimes(root: ParentNode = document): void {
  for (const e of root.querySelectorAll<HTMLTimeElement>('time[datetime]')) {
    const d = new Date(e.dateTime)
    if (e.dataset.shown === e.dateTime || Number.isNaN(d.getTime())) continue
    e.dataset.shown = e.dateTime
    const clock = d.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
    const withDay = /\d{4}/.test(e.textContent ?? '')
    const day = withDay ? d.toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' }) + ', ' : ''
    e.textContent = `${day}${clock} ${zoneName(d)}`
  }
}
