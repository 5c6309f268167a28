// Runs the real program: a server with services, on loopback, whose clock runs fast.
import { execFileSync, spawn } from 'node:child_process'
import dgram from 'node:dgram'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = path.join(root, 'bin/floodmark')

// ports picks free ones, for TCP and UDP alike.
async function ports(n) {
  const held = []
  while (held.length < n) {
    const tcp = net.createServer()
    await new Promise((done) => tcp.listen(0, '127.0.0.1', done))
    const port = tcp.address().port
    const udp = dgram.createSocket('udp4')
    const free = await new Promise((done) => udp.once('error', () => done(false)).bind(port, '127.0.0.1', () => done(true)))
    held.push({ tcp, udp, port, free })
  }
  for (const h of held) h.tcp.close()
  for (const h of held) h.udp.close()
  return held.some((h) => !h.free) ? ports(n) : held.map((h) => h.port)
}

// serve starts the program with services (YAML) and a clock. It gives the address of the public listener, one to read
// what operators read, a function that has it learn from a table, and one that stops it.
export async function serve(services, clock) {
  if (!fs.existsSync(program)) throw new Error(`${program} is missing: run make build`)
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'floodmark-replay-'))
  const data = path.join(dir, 'data')
  const [netflow, operator, visitors] = await ports(3)
  const config = path.join(dir, 'floodmark.yaml')
  fs.writeFileSync(config, `collectors: [{protocol: netflow, listen: "127.0.0.1:${netflow}"}]
http: {operator: {listen: "127.0.0.1:${operator}"}, public: {listen: "127.0.0.1:${visitors}"}}
user_reports: {trusted_proxies: [127.0.0.0/8]}
${services}`)
  const child = spawn(program, ['serve', '--data', data, '--config', config, '--clock', clock], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  const gone = new Promise((done) => child.once('exit', done))
  const ready = new Promise((done) => child.stderr.on('data', (b) => {
    said = (said + b).slice(-20_000)
    if (said.includes(': operator http://')) done(true)
  }))
  if (await Promise.race([ready, gone]) !== true) throw new Error(`the server did not start:\n${said}`)
  return {
    public: `http://127.0.0.1:${visitors}`, operator: `http://127.0.0.1:${operator}`, said: () => said,
    learn(table) {
      const file = path.join(dir, 'history.csv')
      fs.writeFileSync(file, table)
      return execFileSync(program, ['import', '--data', data, file], { encoding: 'utf8' })
    },
    async stop() {
      child.kill('SIGTERM')
      const code = await gone
      fs.rmSync(dir, { recursive: true, force: true })
      return code
    },
  }
}
