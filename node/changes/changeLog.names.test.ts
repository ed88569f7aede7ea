import fc from 'fast-check'
import { memory } from '../../tests/documents'
import { momentOf, timestampOf } from '../common/clock'
import { listChanges, saveChanges } from './changeLog'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 22, 10, 17, 31, 250)

const moment = fc.integer({ min: 0, max: 60 * DAY }).map((back) => NOW - back)
const change = fc.record({
  skuId: fc.nat(),
  at: moment,
  modifiedAt: fc.oneof(fc.constant(0), moment),
})
const clock = { now: () => NOW, uniqueId: () => 'n', sleep: async () => undefined }

describe('listChanges', () => {
  it('tells what the names that saveChanges gave say, the last change last', async () => {
    const groups = fc.array(fc.array(change, { minLength: 1, maxLength: 5 }), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(groups, async (saved) => {
        const documents = memory()
        for (const [index, changes] of saved.entries()) {
          await saveChanges(documents, 'changes', `n${index}`, changes)
        }
        const paths = await documents.list('changes')
        const expected = saved.map((changes, index) => {
          const moments = changes.map(({ at }) => at).sort((a, b) => a - b)
          const path = paths.find((each) => each.includes(`~n${index}~`))
          const isModified = changes.some(({ modifiedAt }) => modifiedAt > 0)
          const [first, last] = [moments[0], moments.at(-1)]
          expect(momentOf(timestampOf(last ?? 0))).toBe(last)
          return { path, first, last, count: changes.length, isModified }
        })
        const listed = await listChanges({ documents, clock }, 'changes')
        expect(new Set(listed)).toEqual(new Set(expected))
        const times = listed.map(({ last }) => last)
        expect(times).toEqual([...times].sort((a, b) => a - b))
      })
    )
  })

  it.each(['x', '20261122T101731250~n~stock', '20261122T101731250~1~n~2~other', '1~1~n~2~stock'])(
    'leaves out %p',
    async (path) => {
      const documents = memory()
      await documents.save('changes', path, { v: 1 })
      expect(await listChanges({ documents, clock }, 'changes')).toEqual([])
    }
  )
})
