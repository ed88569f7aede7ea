import { memory } from '../../tests/documents'
import {
  type Checkpoint,
  changeLogStart,
  listCheckpoints,
  ofKind,
  readWatermark,
  removeCheckpoints,
  saveCheckpoint,
  superseded,
} from './checkpoints'

const NOW = Date.UTC(2026, 10, 21, 12)
const MINUTE = 60_000

const named = (kind: Checkpoint['kind'], minute: number, settingsHash = 'mine'): Checkpoint => ({
  ...{ kind, at: NOW + minute * MINUTE, settingsHash, exportId: `e${minute}` },
})

describe('checkpoints', () => {
  it('list all checkpoints by kind, the oldest first, and skip other names', async () => {
    const documents = memory()
    const all = [named('watermark', 5), named('fullSync', 2, 'other'), named('fullSync', 1)]
    for (const each of all) await saveCheckpoint(documents, each)
    for (const name of ['fullSync', 'fullSync~x~mine~e', 'other~20261121T120000000~mine~e']) {
      await documents.save('checkpoints', name, { v: 1 })
    }
    expect(await listCheckpoints(documents)).toEqual([all[2], all[1], all[0]])
    await removeCheckpoints(documents, all)
    expect(await listCheckpoints(documents)).toEqual([])
  })

  it('return when the change log starts, and whether a full sync has these settings', () => {
    const all = [named('changeLogStart', 1, 'other'), named('changeLogStart', 2)]
    expect(changeLogStart(all)).toBe(NOW + MINUTE)
    expect(changeLogStart([named('fullSync', 0)])).toBeUndefined()
    expect(
      ofKind([named('fullSync', 0), named('watermark', 0, 'other')], 'fullSync', 'other')
    ).toEqual([])
    expect(ofKind([named('fullSync', 0)], 'fullSync', 'mine')).toHaveLength(1)
  })
})

describe('superseded', () => {
  it('returns checkpoints of other settings, and those an hour older than the latest of their kind', () => {
    const kept = [
      named('changeLogStart', -900, 'other'),
      ...[-602, -601, -600].map((minute) => named('fullSync', minute)),
      ...[-59, -1, 0].map((minute) => named('watermark', minute)),
    ]
    const old = [
      ...[named('fullSync', 0, 'other'), named('fullSync', -700)],
      ...[named('watermark', 0, 'other'), named('watermark', -61)],
    ]
    expect(superseded([...old, ...kept], 'mine')).toEqual(old)
  })
})

describe('readWatermark', () => {
  const content = { again: [{ rowId: 7, attempts: 2 }], rows: 9 }

  it('returns the latest watermark with these settings', async () => {
    const documents = memory()
    await saveCheckpoint(documents, named('watermark', 1), { ...content, rows: 8 })
    await saveCheckpoint(documents, named('watermark', 2), content)
    await saveCheckpoint(documents, named('watermark', 3, 'other'), { ...content, rows: 7 })
    const checkpoints = await listCheckpoints(documents)
    const since = NOW + MINUTE
    expect(await readWatermark(documents, checkpoints, 'mine')).toEqual({ ...content, since })
  })

  it('returns undefined if there is no watermark that can be read', async () => {
    const documents = memory()
    expect(await readWatermark(documents, [], 'mine')).toBeUndefined()
    await saveCheckpoint(documents, named('watermark', 1), { rows: 'many' })
    const checkpoints = await listCheckpoints(documents)
    expect(await readWatermark(documents, checkpoints, 'mine')).toBeUndefined()
    expect(await readWatermark(documents, [named('watermark', 5)], 'mine')).toBeUndefined()
  })
})
