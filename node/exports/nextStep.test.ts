import {
  ALL,
  after,
  NOW,
  reading,
  setbacksUntil,
  state,
  unplanned,
} from '../../tests/exports/states'
import { TIMEOUT_MS } from './nextStep'

describe('nextStep', () => {
  it('returns idle if no export is open', () => {
    expect(after([])).toEqual({ kind: 'idle' })
  })

  it('plans, lists, reads the first missing range, then finishes', () => {
    expect(after([state('a', unplanned)])).toEqual({ kind: 'plan', exportId: 'a' })
    const own = { exportId: 'a', source: 'own' }
    const sources = [reading('own', { listed: false })]
    expect(after([state('a', { sources })])).toEqual({ kind: 'list', ...own })
    expect(after([state('a')])).toEqual({ kind: 'read', ...own, range: ALL })
    expect(after([state('a', { sources: [reading('own', { gap: undefined })] })])).toEqual({
      kind: 'finish',
      exportId: 'a',
      outcome: 'finished',
    })
  })

  it('picks updates before full exports, oldest first', () => {
    const exports = [state('full'), state('s1', { small: true }), state('s2', { small: true })]
    expect(after(exports)).toMatchObject({ kind: 'read', exportId: 's1' })
  })

  it('picks an update with pending changes before the refresh of an older one', () => {
    const refreshing = state('s1', { small: true, sources: [reading('sellersRefresh')] })
    const exports = [refreshing, state('s2', { small: true }), state('full')]
    expect(after(exports)).toMatchObject({ kind: 'read', exportId: 's2', source: 'own' })
    expect(after([refreshing, state('full')])).toMatchObject({ exportId: 's1' })
  })

  it('skips an export that a running one coalesces', () => {
    const exports = [state('a', { small: true, ...unplanned, coveredBy: 'b' }), state('b')]
    expect(after(exports)).toMatchObject({ kind: 'read', exportId: 'b' })
  })

  it('backs off longer after each failed attempt, and meanwhile runs other exports', () => {
    const once = state('a', { attempts: [NOW] })
    const thrice = state('a', { attempts: [NOW - 3, NOW - 2, NOW] })
    expect(after([once])).toEqual({ kind: 'wait', until: NOW + 1_000 })
    expect(after([thrice])).toEqual({ kind: 'wait', until: NOW + 4_000 })
    expect(after([once, state('b')])).toMatchObject({ kind: 'read', exportId: 'b' })
    const often = state('a', { attempts: Array(40).fill(NOW) })
    expect(after([often])).toEqual({ kind: 'wait', until: NOW + 60_000 })
  })

  it('finishes a cancelled export, and fails one after ten minutes without progress', () => {
    expect(after([state('a', { cancelled: true })])).toMatchObject({
      kind: 'finish',
      outcome: 'cancelled',
    })
    const attempts = setbacksUntil(NOW - 5)
    expect(after([state('a', { attempts })])).toMatchObject({
      kind: 'finish',
      outcome: 'failed',
    })
  })

  it('tries again if nobody tried for ten minutes', () => {
    const attempts = [NOW - 2 * TIMEOUT_MS]
    expect(after([state('a', { attempts })])).toMatchObject({ kind: 'read', exportId: 'a' })
  })

  it('tries again after two failed attempts with ten minutes between them', () => {
    const attempts = [NOW - 5 * TIMEOUT_MS, NOW - 2_000]
    expect(after([state('a', { attempts })])).toMatchObject({ kind: 'read', exportId: 'a' })
    const sources = [reading('own', { attempts })]
    expect(after([state('a', { sources })])).toMatchObject({ kind: 'read', source: 'own' })
  })

  it('fails an export after repeated failed attempts, also with long pauses between them', () => {
    const attempts = [6, 5, 4, 3, 2, 1, 0].map((times) => NOW - times * 2 * TIMEOUT_MS)
    expect(after([state('a', { attempts })])).toMatchObject({ kind: 'finish', outcome: 'failed' })
    const fewer = attempts.slice(1)
    expect(after([state('a', { attempts: fewer })])).toMatchObject({ kind: 'wait' })
  })

  it('reads another source while a failed one backs off', () => {
    const own = reading('own', { attempts: [NOW] })
    const exports = [state('a', { sources: [own, reading('centra')] })]
    expect(after(exports)).toMatchObject({ kind: 'read', source: 'centra' })
    const centra = reading('centra', { gap: undefined })
    expect(after([state('a', { sources: [own, centra] })])).toEqual({
      kind: 'wait',
      until: NOW + 1_000,
    })
  })

  it('finishes once each source was read or abandoned, at once or after ten minutes', () => {
    const tired = reading('own', { attempts: setbacksUntil(NOW - 5) })
    const refused = reading('centra', { final: true })
    for (const sources of [
      [tired, refused],
      [reading('own', { gap: undefined }), refused],
    ]) {
      expect(after([state('a', { sources })])).toMatchObject({
        kind: 'finish',
        outcome: 'finished',
      })
    }
    const sources = [reading('own'), refused]
    expect(after([state('a', { sources })])).toMatchObject({ kind: 'read', source: 'own' })
  })

  it('never times out a coalesced export', () => {
    const attempts = setbacksUntil(NOW)
    const exports = [state('a', { ...unplanned, coveredBy: 'b', attempts }), state('b')]
    expect(after(exports)).toMatchObject({ kind: 'read', exportId: 'b' })
  })
})
