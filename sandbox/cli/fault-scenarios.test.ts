import { OWN_FAULTS } from '../faults/own-faults'
import { UPSTREAM_NAMES } from '../faults/upstreams'
import { faultRuleSchema } from '../platform/faults/rule'
import { COMMERCE_HOST } from '../world/commerce/api/listener'
import { COMBINED_FAULTS, FAULT_SCENARIOS } from './fault-scenarios'
import { helpText } from './help'
import { readOptions } from './options'

const NAMES = Object.keys(FAULT_SCENARIOS)

it('--faults accepts each fault of each upstream', () => {
  expect(NAMES).toEqual(
    expect.arrayContaining([
      ...['chaos', 'flaky', 'slow', 'io', 'notifications', 'sftp'],
      ...['inventory-500', 'catalog-list-429-date', 'vbase-answer-lost', 'apps-timeout'],
      ...['courier-lost', 'vbase-stale', 'sftp-full', 'centra-429', 'centra-shuffled'],
    ])
  )
  for (const name of NAMES) expect(readOptions(['--faults', name]).faults).toBe(name)
})

it('--help lists every scenario, upstream and fault', () => {
  const text = helpText()
  for (const name of NAMES) {
    const whole = name in COMBINED_FAULTS || name in OWN_FAULTS
    const upstream = UPSTREAM_NAMES.find((each) => name.startsWith(`${each}-`)) ?? ''
    const parts = whole ? [name] : [upstream, name.slice(upstream.length + 1)]
    const words = text.split(/\s+/)
    for (const part of parts) expect(words).toContain(part)
  }
})

it('each scenario has valid fault rules', () => {
  for (const { faults } of Object.values(FAULT_SCENARIOS)) {
    for (const rule of faults.calls ?? []) expect(faultRuleSchema.parse(rule)).toEqual(rule)
  }
})

// A 429 slows down all other requests.
it('chaos rate limits at most 0.2 % of the requests to VTEX', () => {
  const rateLimits = (FAULT_SCENARIOS.chaos?.faults.calls ?? []).filter(
    ({ status, upstream }) => status === 429 && upstream === COMMERCE_HOST
  )
  const share = rateLimits.reduce((sum, rule) => sum + (rule.share ?? 1), 0)
  expect(share).toBeGreaterThan(0)
  expect(share).toBeLessThanOrEqual(0.002)
})
