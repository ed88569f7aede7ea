import type { ExportRequest, Scope } from './exportRequest'
import { coalescible } from './plan'
import { coalesced, type Plan } from './planDocuments'
import type { QueueSnapshot } from './queue'

const plan = (exportId: string, ...covers: string[]): Plan => ({
  v: 1,
  exportId,
  uniqueId: 'n',
  startedAt: 1,
  covers,
  everything: true,
  sources: ['own'],
  notes: [],
})

describe('covering', () => {
  it('maps each waiting export to the running export whose plan coalesces it', () => {
    expect(coalesced([plan('a', 'b', 'c'), plan('d')])).toEqual(
      new Map([
        ['b', 'a'],
        ['c', 'a'],
      ])
    )
  })

  it('maps no export that runs itself, so that two never wait for each other', () => {
    expect(coalesced([plan('a', 'b', 'c'), plan('b', 'a')])).toEqual(new Map([['c', 'a']]))
  })
})

describe('coalescible exports', () => {
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
    const exports = requests.map((request) => {
      return { request, exportId: request.exportId, planned: false, cancelled: false }
    })
    return { exports } as unknown as QueueSnapshot
  }

  it('include queued exports that ask for the same', () => {
    const line = waiting(request('a', 1, {}), request('b', 2, {}), request('c', 3, { minutes: 5 }))
    expect([coalescible(line, 'a'), coalescible(line, 'b')]).toEqual([['b'], ['a']])
  })

  it('include only windows that were accepted later, since an earlier one reaches back further', () => {
    const line = waiting(request('a', 1, { minutes: 5 }), request('b', 2, { minutes: 5 }))
    expect([coalescible(line, 'a'), coalescible(line, 'b')]).toEqual([['b'], []])
  })

  it('include only exports with equal dryRun and force', () => {
    const line = waiting(
      request('a', 1, {}),
      request('b', 2, {}, { dry: true, dryRun: true }),
      request('c', 3, {}, { force: true }),
      request('d', 4, {}, { dry: true, dryRun: true, force: true })
    )
    expect(['a', 'b', 'c', 'd'].map((id) => coalescible(line, id))).toEqual([[], [], [], []])
  })

  it('include exports that asked for no dry run in a workspace that may not deliver', () => {
    const line = waiting(
      request('a', 1, {}, { dry: true }),
      request('b', 2, {}, { dry: true, dryRun: true })
    )
    expect([coalescible(line, 'a'), coalescible(line, 'b')]).toEqual([['b'], ['a']])
  })
})
