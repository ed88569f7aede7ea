'use strict'
// Loaded into a worker before the app (`--require`): from its start to its end, the worker lives so many
// milliseconds later than the machine. Timers run as ever: an hour that it is ahead is not an hour to wait.
const { readFileSync } = require('node:fs')

const RealDate = Date

/** @param {string} path of a file with the milliseconds */
module.exports = function shiftDate(path) {
  const offset = Number(readFileSync(path, 'utf8'))
  const now = () => RealDate.now() + offset
  globalThis.Date = new Proxy(RealDate, {
    apply: () => new RealDate(now()).toString(),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  })
  RealDate.prototype.constructor = globalThis.Date
}
