// Reads values off a chart: by pointer, or by arrow keys when it is focused.

const svgNS = 'http://www.w3.org/2000/svg'

function amount(v: number, unit: string): string {
  const bits = unit === 'bits/s'
  for (const [p, f] of [['P', 1e15], ['T', 1e12], ['G', 1e9], ['M', 1e6], ['k', 1e3]] as const) {
    if (v >= 0.9995 * f) return `${(v / f).toPrecision(3)} ${p}${bits ? 'bit/s' : ` ${unit}`}`
  }
  return `${Number(v.toPrecision(3))} ${bits ? 'bit/s' : unit}`
}

function attach(figure: HTMLElement): void {
  const svg = figure.querySelector<SVGSVGElement>('svg.plot')
  const out = figure.querySelector('output.cursor')
  if (!svg || !out || figure.dataset.cursor) return
  figure.dataset.cursor = 'on'
  let at = -1
  svg.setAttribute('tabindex', '0')

  function show(i: number): void {
    // Read anew each time: a refresh changes the values in place.
    const values = (figure.dataset.values ?? '').split(',')
    at = Math.min(Math.max(i, 0), values.length - 1)
    const text = values[at] ?? ''
    const when = new Date((Number(figure.dataset.from) + at * Number(figure.dataset.step)) * 1000)
    const clock = when.toISOString().slice(11, 19)
    out!.textContent = text === '' ? `${clock} UTC: not known` : `${clock} UTC: ${amount(Number(text), figure.dataset.unit ?? '')}`
    let line = svg!.querySelector<SVGLineElement>('line.cursor-line')
    if (!line) {
      line = document.createElementNS(svgNS, 'line')
      line.setAttribute('class', 'cursor-line')
      line.setAttribute('y1', '0')
      svg!.append(line)
    }
    const x = `${values.length > 1 ? (100 * at) / (values.length - 1) : 0}%`
    line.setAttribute('x1', x)
    line.setAttribute('x2', x)
    line.setAttribute('y2', String(Number(svg!.getAttribute('height')) - 24))
  }
  function hide(): void {
    at = -1
    out!.textContent = ''
    svg!.querySelector('line.cursor-line')?.remove()
  }
  svg.addEventListener('pointermove', (e) => {
    const box = svg!.getBoundingClientRect()
    const n = (figure.dataset.values ?? '').split(',').length
    show(Math.round(((e.clientX - box.left) / box.width) * (n - 1)))
  })
  svg.addEventListener('pointerleave', hide)
  svg.addEventListener('blur', hide)
  svg.addEventListener('keydown', (e) => {
    const n = (figure.dataset.values ?? '').split(',').length
    const step = e.shiftKey ? 10 : 1
    const from = at < 0 ? n - 1 : at
    const to = { ArrowLeft: from - step, ArrowRight: from + step, Home: 0, End: n - 1 }[e.key]
    if (to === undefined) return
    e.preventDefault()
    show(to)
  })
}

export function cursors(): void {
  document.querySelectorAll<HTMLElement>('figure.chart[data-values]').forEach(attach)
}
