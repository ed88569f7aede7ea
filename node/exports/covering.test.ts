import { covering } from './covering'
import type { Plan } from './plan'

const plan = (exportId: string, ...covers: string[]): [string, Plan] => [
  exportId,
  {
    v: 1,
    exportId,
    nonce: 'n',
    startedAt: 1,
    total: 0,
    firstIds: [],
    covers,
    everything: true,
    consumes: [],
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
