import { memory } from '../../tests/documents'
import { NOW, reading, state } from '../../tests/exports/states'
import type { SourceName } from '../sources/source'
import { attemptNames } from './documentNames'
import type { ExportRequest } from './exportRequest'
import { reportOf } from './report'
import { withLastErrors } from './reports'

const exportId = 'a'
const request: ExportRequest = {
  ...{ v: 1, exportId, route: 'export', scope: {}, acceptedAt: NOW },
  ...{ dry: false, dryRun: false, force: false },
}

const documents = memory()

const failed = (at: number, code: string, source?: SourceName, final = false) =>
  documents.save('attempts', attemptNames.build({ exportId, at, uniqueId: 'n', source, final }), {
    ...{ v: 1, step: 'read', code, message: `the message of ${code}` },
  })

const own = reading('own', { attempts: [NOW - 3, NOW - 2, NOW] })
const centra = reading('centra', { final: true, attempts: [NOW] })
const sellers = reading('sellers', { gap: undefined, attempts: [NOW] })

const reported = (exported = state(exportId)) => {
  const plan = {
    ...{ v: 1 as const, exportId, uniqueId: 'n', startedAt: NOW, covers: [], notes: [] },
    ...{ sources: exported.sources.map(({ source }) => source), everything: true },
  }
  const report = reportOf(request, { plan, lists: {}, sources: exported.sources }, [], 'running')
  return withLastErrors(documents, exported, report)
}

beforeAll(async () => {
  await failed(NOW - 3, 'earlier', 'own')
  await failed(NOW, 'upstream_down', 'own')
  await failed(NOW, 'upstream_refused', 'centra', true)
  await failed(NOW - 1, 'sftp_down')
})

describe('withLastErrors', () => {
  it('reports the last error of a source, its attempts and the time of the next one', async () => {
    const { sources, lastError } = await reported(state(exportId, { sources: [own] }))
    expect(sources.own?.lastError).toEqual({
      code: 'upstream_down',
      message: 'the message of upstream_down',
      attempts: 3,
      nextTryAt: new Date(NOW + 4_000).toISOString(),
    })
    expect(lastError).toBeUndefined()
  })

  it('reports the last error of the whole export apart from its sources', async () => {
    const { lastError, sources } = await reported(state(exportId, { attempts: [NOW - 1] }))
    expect(lastError).toMatchObject({ code: 'sftp_down', attempts: 1 })
    expect(lastError?.nextTryAt).toBe(new Date(NOW + 999).toISOString())
    expect(sources.own?.lastError).toBeUndefined()
  })

  it('reports why a source was abandoned, and no error for a source that was read', async () => {
    const { sources } = await reported(state(exportId, { sources: [centra, sellers] }))
    expect(sources.centra).toMatchObject({
      status: 'failed',
      error: { code: 'upstream_refused', message: 'the message of upstream_refused' },
    })
    expect(sources.centra?.lastError).toBeUndefined()
    expect([sources.sellers?.lastError, sources.sellers?.error]).toEqual([undefined, undefined])
  })

  it('reports no last error while an export is being cancelled', async () => {
    const cancelled = state(exportId, { sources: [own], attempts: [NOW - 1], cancelled: true })
    const { sources, lastError } = await reported(cancelled)
    expect([sources.own?.lastError, lastError]).toEqual([undefined, undefined])
  })
})
