// Writes internal/worldmap/data/world.json: one SVG path for each country, in the Equal Earth projection, so
// that areas on a map of shares compare as areas. Shapes are Natural Earth's at 1:110 million; countries too
// small for that scale are drawn from 1:50 million, or as a dot.
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { geoArea, geoCentroid, geoEqualEarth, geoPath } from 'd3-geo'
import { merge } from 'topojson-client'

const width = 960
const dot = 1.8 // radius of what is too small to see
const tooSmall = 6 // area in square units below which a dot is drawn
const here = (path) => fileURLToPath(new URL(path, import.meta.url))

// Natural Earth gives these no ISO 3166 number. The codes are those that registries use for addresses there.
const unnumbered = { Kosovo: 'XK', Somaliland: 'SO', 'N. Cyprus': 'CY' }

// Natural Earth draws who controls a place; address data goes by ISO 3166, which codes these parts apart or
// elsewhere (Crimea is UA-40 and UA-43 in ISO 3166-2). [from, to, [west, south, east, north]] by centroid.
const moves = [
  ['RU', 'UA', [32, 44, 37, 46.6]],
  ['FR', 'GF', [-56, 1, -50, 7]],
  ['FR', 'GP', [-62, 15.7, -60.9, 16.6]],
  ['FR', 'MQ', [-61.5, 14.2, -60.7, 15]],
  ['FR', 'RE', [55, -21.6, 56, -20.7]],
  ['FR', 'YT', [44.9, -13.2, 45.4, -12.5]],
  ['NO', 'SJ', [8, 74, 36, 82]],
]

// Places that neither scale shows, longitude and latitude.
const points = {
  BQ: [-68.27, 12.18], CC: [96.83, -12.16], CX: [105.69, -10.49], GI: [-5.35, 36.14], TK: [-171.85, -9.2],
  TV: [179.2, -8.52],
}

// No addresses of its own: nobody lives there, or the code is a former one.
const left = new Set(['AN', 'AQ', 'BV', 'HM', 'TF', 'UM'])

const countries = fs.readFileSync(here('../../internal/geo/country/countries.tsv'), 'utf8').split('\n')
  .filter((line) => line && !line.startsWith('#'))
  .map((line) => line.split('\t'))
  .map(([code, , numeric, name]) => ({ code, numeric, name }))
const byNumber = new Map(countries.map((c) => [c.numeric, c.code]))
const byName = new Map(countries.map((c) => [c.code, c.name]))

// polygonsOf returns the polygons of a map by country code, still as arcs of its topology.
function polygonsOf(topology) {
  const found = new Map()
  for (const g of topology.objects.countries.geometries) {
    const code = byNumber.get(g.id) ?? unnumbered[g.properties.name]
    if (!code) continue
    for (const arcs of g.type === 'Polygon' ? [g.arcs] : g.arcs ?? []) {
      const polygon = { type: 'Polygon', arcs }
      const to = owner(code, geoCentroid(merge(topology, [polygon])))
      found.set(to, [...(found.get(to) ?? []), polygon])
    }
  }
  return found
}

function owner(code, [lon, lat]) {
  const move = moves.find(([from, , [w, s, e, n]]) => from === code && lon >= w && lon <= e && lat >= s && lat <= n)
  return move ? move[1] : code
}

const read = (scale) => JSON.parse(fs.readFileSync(here(`../node_modules/world-atlas/countries-${scale}.json`), 'utf8'))
const coarse = read('110m')
const fine = read('50m')
const coarsePolygons = polygonsOf(coarse)
const finePolygons = polygonsOf(fine)

// Turned by 11 degrees, so that the seam runs through the Bering Strait and cuts no country but Fiji's sea.
const all = { type: 'GeometryCollection', geometries: [...coarsePolygons].filter(([c]) => !left.has(c)).map(([, p]) => merge(coarse, p)) }
const projection = geoEqualEarth().rotate([-11, 0]).fitWidth(width, { type: 'Sphere' })
const path = geoPath(projection).digits(1)
const [[, top], [, bottom]] = path.bounds(all)
const viewBox = `0 ${Math.floor(top) - 4} ${width} ${Math.ceil(bottom) - Math.floor(top) + 8}`

function circle([x, y]) {
  const n = (v) => String(Math.round(v * 10) / 10)
  return `M${n(x - dot)},${n(y)}a${dot},${dot},0,1,0,${2 * dot},0a${dot},${dot},0,1,0,${-2 * dot},0Z`
}

function shape(code) {
  if (coarsePolygons.has(code)) return { path: path(merge(coarse, coarsePolygons.get(code))) }
  if (!finePolygons.has(code)) return points[code] && { path: circle(projection(points[code])), dot: true }
  const merged = merge(fine, finePolygons.get(code))
  if (path.area(merged) >= tooSmall) return { path: path(merged) }
  // The largest island stands for a scattered country.
  const largest = finePolygons.get(code).map((p) => merge(fine, [p])).sort((a, b) => geoArea(b) - geoArea(a))[0]
  return { path: circle(projection(geoCentroid(largest))), dot: true }
}

const shapes = []
for (const { code } of countries.filter((c) => !left.has(c.code))) {
  const drawn = shape(code)
  if (!drawn?.path) throw new Error(`no shape for ${code} ${byName.get(code)}`)
  shapes.push({ code, name: byName.get(code), ...drawn })
}
shapes.sort((a, b) => (a.code < b.code ? -1 : 1))
const atlas = JSON.parse(fs.readFileSync(here('../node_modules/world-atlas/package.json'), 'utf8'))
const out = here('../../internal/worldmap/data/world.json')
fs.writeFileSync(out, JSON.stringify({
  viewBox, source: `Natural Earth (public domain), as in world-atlas ${atlas.version}`, shapes,
}) + '\n')
console.log(`worldmap: ${shapes.length} shapes, ${Math.round(fs.statSync(out).size / 1000)} kB`)
