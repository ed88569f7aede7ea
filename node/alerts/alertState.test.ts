import {
  type AlertName,
  alertNames,
  backoffMs,
  dueMessages,
  isAwaitingEnd,
  outdatedAlerts,
  type Problem,
} from './alertState'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NOW = Date.UTC(2026, 10, 27, 12)

const problem = (kind: Problem['kind'], since = NOW): Problem => ({
  ...{ kind, since, message: 'm', action: 'a' },
})
const held = problem('offers_held')

const name = (fields: Partial<AlertName>): AlertName => ({
  ...{ at: NOW, channel: 'mail', kind: 'offers_held', state: 'begun', since: NOW, attempt: 1 },
  ...{ uniqueId: 'u1', step: 'sent' },
  ...fields,
})

const due = (all: AlertName[], problems: Problem[], now: number) =>
  dueMessages(all, ['mail'], problems, now).map(
    ({ kind, state, attempt }) => `${kind} ${state} ${attempt}`
  )

describe('alertNames', () => {
  it('keep every field, and sort by time', () => {
    const full = name({ until: NOW + 1, exportId: '20261127T120000000-0123456789ab' })
    const later = name({ at: NOW + 1, channel: 'mail', step: 'trying' })
    expect(alertNames.parse(alertNames.build(full))).toEqual(full)
    expect(alertNames.build(full) < alertNames.build(later)).toBe(true)
  })
})

describe('dueMessages', () => {
  it('tells that a problem began, on each channel, and nothing while all is well', () => {
    expect(dueMessages([], ['mail', 'webhook'], [held], NOW)).toMatchObject([
      { channel: 'mail', kind: 'offers_held', state: 'begun', since: NOW, attempt: 1 },
      { channel: 'webhook', kind: 'offers_held', state: 'begun', since: NOW, attempt: 1 },
    ])
    expect(due([], [], NOW)).toEqual([])
  })

  it('tells nothing while what was told holds', () => {
    expect(due([name({})], [held], NOW + 99 * HOUR)).toEqual([])
    expect(due([name({ state: 'over' })], [], NOW + 99 * HOUR)).toEqual([])
  })

  it('tells the end once an hour has passed since the begin, with its begin and its export', () => {
    const begun = [name({ since: NOW - HOUR, exportId: 'e1' })]
    expect(due(begun, [], NOW + HOUR - 1)).toEqual([])
    expect(dueMessages(begun, ['mail'], [], NOW + HOUR)).toEqual([
      {
        ...{ channel: 'mail', kind: 'offers_held', state: 'over', since: NOW - HOUR },
        ...{ until: NOW + HOUR, exportId: 'e1', attempt: 1 },
      },
    ])
  })

  it('limits each kind for itself', () => {
    const all = [name({ state: 'over' })]
    const problems = [held, problem('export_failed')]
    expect(due(all, problems, NOW + MINUTE)).toEqual(['export_failed begun 1'])
    expect(due(all, problems, NOW + HOUR)).toEqual(['export_failed begun 1', 'offers_held begun 1'])
  })

  it('repeats a message that was not recorded as sent after 1, 2, 4 minutes, up to an hour', () => {
    const trying = (attempt: number) => [name({ step: 'trying', attempt })]
    expect(due(trying(1), [held], NOW + MINUTE - 1)).toEqual([])
    expect(due(trying(1), [held], NOW + MINUTE)).toEqual(['offers_held begun 2'])
    expect(due(trying(3), [held], NOW + 4 * MINUTE - 1)).toEqual([])
    expect([1, 2, 3, 6, 7, 8, 99].map((attempt) => backoffMs(attempt) / MINUTE)).toEqual([
      ...[1, 2, 4, 32, 60, 60, 60],
    ])
  })

  it('tells a begin again after its end may have arrived', () => {
    const over = name({ at: NOW + 2 * HOUR, state: 'over', step: 'trying', until: NOW + 2 * HOUR })
    expect(due([name({}), over], [], NOW + 9 * HOUR)).toEqual(['offers_held over 2'])
    expect(due([name({}), over], [held], NOW + 9 * HOUR)).toEqual(['offers_held begun 2'])
  })

  it('tells the end of a problem whose begin may not have been told', () => {
    expect(due([name({ step: 'trying' })], [], NOW + MINUTE)).toEqual(['offers_held over 2'])
  })

  it('tells the end however long it takes, else the next begin would pass for told', () => {
    const until = NOW - 99 * HOUR
    const over = [name({ state: 'over', step: 'trying', until, attempt: 9 })]
    expect(due([name({ at: until - HOUR }), ...over], [], NOW + HOUR - 1)).toEqual([])
    expect(due([name({ at: until - HOUR }), ...over], [], NOW + HOUR)).toEqual([
      'offers_held over 10',
    ])
  })

  it('neither begins nor ends an alert while it is uncertain whether there is a problem', () => {
    const uncertain = { ...held, isUncertain: true }
    expect(due([], [uncertain], NOW)).toEqual([])
    expect(due([name({})], [uncertain], NOW + 9 * HOUR)).toEqual([])
    expect(due([name({})], [], NOW + 9 * HOUR)).toEqual(['offers_held over 1'])
  })
})

describe('isAwaitingEnd', () => {
  it.each([
    ['nothing was told', [], false],
    ['a problem was told', [name({})], true],
    ['its end was told', [name({ state: 'over' })], false],
    ['a message may not have arrived', [name({ step: 'trying' })], true],
    [
      'its end may not have arrived',
      [name({}), name({ at: NOW + 1, state: 'over', step: 'trying' })],
      true,
    ],
    ['another channel waits', [name({ channel: 'webhook' })], false],
  ])('if %s', (_, all, expected) => {
    expect(isAwaitingEnd(all, ['mail'])).toBe(expected)
  })
})

describe('outdatedAlerts', () => {
  it('outdatedAlerts returns those of a day ago, but never the newest and the newest sent of a kind', () => {
    const sent = name({ at: NOW - 60 * HOUR })
    const first = name({ at: NOW - 50 * HOUR, state: 'over', step: 'trying', uniqueId: 'u2' })
    const second = name({ at: NOW - 40 * HOUR, state: 'over', step: 'trying', uniqueId: 'u3' })
    expect(outdatedAlerts([sent, first, second], NOW)).toEqual([first])
    expect(
      outdatedAlerts([sent, { ...first, at: NOW - HOUR }, { ...second, at: NOW }], NOW)
    ).toEqual([])
  })
})
