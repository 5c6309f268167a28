// Starts the browser, and opens pages in it that note every request and every complaint.
import { execFileSync } from 'node:child_process'
import { chromium } from 'playwright-core'

const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync']

export async function launch() {
  const executablePath = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim()
  const browser = await chromium.launch({ executablePath, args })
  const context = browser.newContext.bind(browser)
  browser.newContext = async (options) => {
    const c = await context(options)
    c.setDefaultTimeout(patience)
    return c
  }
  return browser
}

// patience is how long tests wait for what must happen: far longer than it takes on a busy machine.
export const patience = 5 * 60_000

export async function open(browser, address, { width = 1280, height = 900, scheme = 'light' } = {}) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme })
  const requests = [], complaints = []
  page.on('request', (r) => requests.push(r.url()))
  page.on('console', (m) => complaints.push(`${m.type()}: ${m.text()}`))
  page.on('pageerror', (e) => complaints.push(String(e)))
  page.on('dialog', (d) => { complaints.push(`dialog: ${d.message()}`); d.dismiss() })
  await page.goto(address)
  return { page, requests, complaints }
}
