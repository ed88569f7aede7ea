import { UPSTREAM_NAMES } from '../../sandbox/faults/upstreams'
import { CATALOGUE } from './catalogue'

it('every fault has a name of its own', () => {
  const names = CATALOGUE.map(({ name }) => name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

it('there are faults of every upstream', () => {
  const upstreams = new Set(CATALOGUE.map(({ upstream }) => upstream))
  expect([...upstreams].sort()).toEqual([...UPSTREAM_NAMES, 'sftp'].sort())
})

it('no outage is for ever but that of items which the report must name', () => {
  const endless = CATALOGUE.filter(({ faults, failing, gone }) =>
    (faults.calls ?? []).some(
      ({ kind, times, share = 1 }) =>
        !failing && !gone && kind !== 'latency' && times === undefined && share === 1
    )
  )
  expect(endless.map(({ name }) => name)).toEqual([])
})
