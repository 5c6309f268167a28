// Runs the real program: a server with services, on loopback, whose clock runs fast.
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = path.join(root, 'bin/floodmark')

// address is one of loopback that nobody else on this machine has, so that no port of it is taken.
const address = `127.${192 + (process.pid >> 8 & 31)}.${process.pid & 255}.1`

// serve starts the program with services (YAML) and a clock. It gives the address of the public listener, one to read
// what operators read, a function that has it learn from a table, and one that stops it.
export async function serve(services, clock) {
  if (!fs.existsSync(program)) throw new Error(`${program} is missing: run make build`)
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'floodmark-replay-'))
  const data = path.join(dir, 'data')
  const [netflow, operator, visitors] = [24001, 24002, 24003]
  const config = path.join(dir, 'floodmark.yaml')
  fs.writeFileSync(config, `collectors: [{protocol: netflow, listen: "${address}:${netflow}"}]
http: {operator: {listen: "${address}:${operator}"}, public: {listen: "${address}:${visitors}"}}
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
    public: `http://${address}:${visitors}`, operator: `http://${address}:${operator}`, said: () => said,
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
