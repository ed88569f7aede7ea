'use strict'
// Loaded into a worker before the app (`--require`): the worker lives so many milliseconds later than the machine.
// Timers run as ever: an hour that it is ahead is not an hour to wait. It looks again and again how many they are,
// and says in a file of its own which it goes by.
const { readFileSync, writeFileSync } = require('node:fs')

const RealDate = Date
const LOOK_MS = 20

/** @param {string} path of a file with the milliseconds */
module.exports = function shiftDate(path) {
  let ahead = 0
  const look = () => {
    const said = readFileSync(path, 'utf8')
    if (said === String(ahead)) return
    ahead = Number(said)
    writeFileSync(`${path}.${process.pid}`, said)
  }
  look()
  setInterval(look, LOOK_MS).unref()
  const now = () => RealDate.now() + ahead
  globalThis.Date = new Proxy(RealDate, {
    apply: () => new RealDate(now()).toString(),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  })
  RealDate.prototype.constructor = globalThis.Date
}
