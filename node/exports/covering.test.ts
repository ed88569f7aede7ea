import { coverable, covering } from './covering'
import type { Line } from './line'
import type { Plan } from './plan'
import type { ExportRequest, Scope } from './scope'

const plan = (exportId: string, ...covers: string[]): [string, Plan] => [
  exportId,
  {
    v: 1,
    exportId,
    nonce: 'n',
    startedAt: 1,
    covers,
    everything: true,
    sources: ['own'],
    notes: [],
  },
]

describe('which running export answers a waiting one', () => {
  it('is the one whose plan says so', () => {
    expect(covering(new Map([plan('a', 'b', 'c'), plan('d')]))).toEqual(
      new Map([
        ['b', 'a'],
        ['c', 'a'],
      ])
    )
  })

  it('is none for one that runs itself, so that two never wait for each other', () => {
    expect(covering(new Map([plan('a', 'b', 'c'), plan('b', 'a')]))).toEqual(new Map([['c', 'a']]))
  })
})

describe('which waiting exports one answers that starts', () => {
  const request = (
    exportId: string,
    acceptedAt: number,
    scope: Scope,
    manner: Partial<ExportRequest> = {}
  ): ExportRequest => ({
    v: 1,
    exportId,
    route: scope.minutes === undefined ? 'export' : 'time',
    scope,
    acceptedAt,
    ...{ dry: false, dryRun: false, force: false },
    ...manner,
  })
  const waiting = (...requests: ExportRequest[]) => {
    const exports = requests.map(({ exportId }) => ({ exportId, planned: false, cancelled: false }))
    const byId = new Map(requests.map((each) => [each.exportId, each]))
    return { exports, requests: byId } as unknown as Line
  }

  it('are those that ask for the same', () => {
    const line = waiting(request('a', 1, {}), request('b', 2, {}), request('c', 3, { minutes: 5 }))
    expect([coverable(line, 'a'), coverable(line, 'b')]).toEqual([['b'], ['a']])
  })

  it('of windows are those that were accepted later: an earlier one reaches back further', () => {
    const line = waiting(request('a', 1, { minutes: 5 }), request('b', 2, { minutes: 5 }))
    expect([coverable(line, 'a'), coverable(line, 'b')]).toEqual([['b'], []])
  })

  it('are no dry run of it, and no export that is forced or not where it is', () => {
    const line = waiting(
      request('a', 1, {}),
      request('b', 2, {}, { dry: true, dryRun: true }),
      request('c', 3, {}, { force: true }),
      request('d', 4, {}, { dry: true, dryRun: true, force: true })
    )
    expect(['a', 'b', 'c', 'd'].map((id) => coverable(line, id))).toEqual([[], [], [], []])
  })

  it('are in a workspace that may not deliver those too that did not ask for a dry run', () => {
    const line = waiting(
      request('a', 1, {}, { dry: true }),
      request('b', 2, {}, { dry: true, dryRun: true })
    )
    expect([coverable(line, 'a'), coverable(line, 'b')]).toEqual([['b'], ['a']])
  })
})
