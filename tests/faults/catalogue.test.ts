import { UPSTREAM_NAMES } from '../../sandbox/faults/upstreams'
import { CATALOGUE } from './catalogue'

it('CATALOGUE names each fault differently', () => {
  const names = CATALOGUE.map(({ name }) => name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

it('CATALOGUE has faults of every upstream', () => {
  const upstreams = new Set(CATALOGUE.map(({ upstream }) => upstream))
  expect([...upstreams].sort()).toEqual([...UPSTREAM_NAMES, 'sftp'].sort())
})

it('CATALOGUE has no endless outage except of items that the report must name', () => {
  const endless = CATALOGUE.filter(({ faults, failing, gone }) =>
    (faults.calls ?? []).some(
      ({ kind, times, share = 1 }) =>
        !failing && !gone && kind !== 'latency' && times === undefined && share === 1
    )
  )
  expect(endless.map(({ name }) => name)).toEqual([])
})
