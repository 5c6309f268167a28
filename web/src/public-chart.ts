// Reads columns off the chart of a day: by pointer, or by arrow keys when it is
// focused. Figures are read anew each time: a refresh changes them in place.
import { at } from './public-time'

const svgNS = 'http://www.w3.org/2000/svg'
const quarter = 900 // seconds

// spread undoes "value*times" lists.
function spread(runs: string): string[] {
  return runs.split(',').flatMap((r) => {
    const [value = '', times = '1'] = r.split('*')
    return Array<string>(Number(times)).fill(value)
  })
}

function attach(figure: HTMLElement): void {
  const svg = figure.querySelector<SVGSVGElement>('svg.plot')
  const out = figure.querySelector('output.cursor')
  if (!svg || !out || figure.dataset.cursor) return
  figure.dataset.cursor = 'on'
  svg.setAttribute('tabindex', '0')
  const number = new Intl.NumberFormat(document.documentElement.lang || undefined)
  let now = -1

  function show(i: number): void {
    const values = (figure.dataset.values ?? '').split(',')
    now = Math.min(Math.max(i, 0), values.length - 1)
    const begins = Number(figure.dataset.from) + now * quarter
    const usual = spread(figure.dataset.usuals ?? '')[now]
    const said = (figure.dataset.say ?? '').replace('{t}', `${at(begins)}–${at(begins + quarter)}`).replace('{n}', number.format(Number(values[now])))
    const traffic = (figure.dataset.flows ?? '').split('|')[now]
    out!.textContent = [said, usual && (figure.dataset.sayUsual ?? '').replace('{u}', usual), traffic && (figure.dataset.sayFlow ?? '').replace('{v}', traffic)].filter(Boolean).join('; ')
    let line = svg!.querySelector<SVGLineElement>('line.cursor-line')
    if (!line) {
      line = document.createElementNS(svgNS, 'line')
      line.setAttribute('class', 'cursor-line')
      line.setAttribute('y1', '0')
      svg!.append(line)
    }
    const x = `${(100 * (now + 0.5)) / values.length}%`
    line.setAttribute('x1', x)
    line.setAttribute('x2', x)
    line.setAttribute('y2', String(Number(svg!.getAttribute('height')) - 24))
  }
  function hide(): void {
    now = -1
    out!.textContent = ''
    svg!.querySelector('line.cursor-line')?.remove()
  }
  svg.addEventListener('pointermove', (e) => {
    const box = svg!.getBoundingClientRect()
    const n = (figure.dataset.values ?? '').split(',').length
    show(Math.floor(((e.clientX - box.left) / box.width) * n))
  })
  svg.addEventListener('pointerleave', hide)
  svg.addEventListener('blur', hide)
  svg.addEventListener('keydown', (e) => {
    const n = (figure.dataset.values ?? '').split(',').length
    const step = e.shiftKey ? 4 : 1
    const from = now < 0 ? n - 1 : now
    const to = { ArrowLeft: from - step, ArrowRight: from + step, Home: 0, End: n - 1 }[e.key]
    if (to === undefined) return
    e.preventDefault()
    show(to)
  })
}

export function cursors(): void {
  document.querySelectorAll<HTMLElement>('figure.chart[data-values]').forEach(attach)
}
