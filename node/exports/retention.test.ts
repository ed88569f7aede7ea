import type { Documents, Folder } from '../state/documents'
import { removeOldDocuments } from './retention'

const NOW = Date.UTC(2026, 10, 21, 12)
const OLD = '20261110T120000000-0123456789ab'
const OPEN = '20261109T120000000-0123456789ab'
const UNKNOWN = '20261109T120000000-ffffffffffff'
const FRESH = '20261120T120000000-0123456789ab'

const memory = (files: Partial<Record<Folder, string[]>>) => ({
  list: async (folder: Folder) => [...(files[folder] ?? [])],
  read: async (_folder: Folder, name: string) =>
    name === UNKNOWN
      ? { v: 99 }
      : { v: 1, exportId: name, route: 'export', scope: {}, acceptedAt: 1, dry: false },
  remove: async (folder: Folder, name: string) => {
    files[folder] = (files[folder] ?? []).filter((known) => known !== name)
  },
})

const afterRemoval = async (files: Partial<Record<Folder, string[]>>) => {
  await removeOldDocuments(memory(files) as Documents, NOW)
  return files
}

describe('retention', () => {
  test('keeps the plan of an ended export for three days', async () => {
    const files = await afterRemoval({
      plans: [`${OLD}~f~n`, `${FRESH}~f~n`],
      worklistPages: [`${OLD}/n/0`, `${FRESH}/n/0`],
      attempts: [`${OLD}~1~n`],
      cancelled: [OLD, FRESH],
    })
    expect(files).toEqual({
      plans: [`${FRESH}~f~n`],
      worklistPages: [`${FRESH}/n/0`],
      attempts: [],
      cancelled: [FRESH],
    })
  })

  test('keeps every document of an open export, whatever its age', async () => {
    const mine = { exports: [OPEN], plans: [`${OPEN}~f~n`], receipts: ['20261110/1~x'] }
    expect(await afterRemoval({ ...mine })).toEqual(mine)
  })

  test('removes an old request that cannot be parsed', async () => {
    const files = await afterRemoval({ exports: [OPEN, UNKNOWN, FRESH] })
    expect(files.exports).toEqual([OPEN, FRESH])
  })

  test('removes pending changes after a month without update, and the full sync with them', async () => {
    const files = await afterRemoval({
      pending: ['20261001T000000000~1~n~1~stock', '20261101T000000000~1~n~1~stock'],
      checkpoints: ['fullSync~20261120T120000000~f~e', 'watermark~20261120T120000000~f~e'],
    })
    expect(files.pending).toEqual(['20261101T000000000~1~n~1~stock'])
    expect(files.checkpoints).toEqual(['watermark~20261120T120000000~f~e'])
  })

  test('keeps reports for thirty days', async () => {
    const files = await afterRemoval({ ended: [`20261021/a`, `20261022/b`, `20261121/c`] })
    expect(files.ended).toEqual(['20261022/b', '20261121/c'])
  })

  test('removes receipts after three days', async () => {
    const files = await afterRemoval({
      receipts: ['20261117/1~x', '20261118/1~x'],
      exports: [FRESH],
    })
    expect(files.receipts).toEqual(['20261118/1~x'])
  })
})
