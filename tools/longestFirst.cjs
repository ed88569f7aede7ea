// The order of test files: the longest first, so that none is left running alone at the end. Jest knows how long
// files took where it has run before; a fresh clone does not, and there these names stand for it.
const Sequencer = require('@jest/test-sequencer').default

/** Longest first; then all that wait for a sandbox, then the rest. */
const LONG = [
  /tests\/console\//,
  /\/update\.e2e/,
  /line\.property/,
  /delivery\.e2e/,
  /sellers\.e2e/,
]
const WAITING = /\.e2e\.test|tests\/(engine|faults)|sandbox\/platform\//

const rankOf = ({ path }) => {
  const rank = LONG.findIndex((name) => name.test(path))
  if (rank >= 0) return rank
  return WAITING.test(path) ? LONG.length : LONG.length + 1
}

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rankOf(a) - rankOf(b))
  }
}
