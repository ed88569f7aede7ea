import { turnsOf } from './turns'

const none = { deliveries: [], setbacks: [], plans: [], listed: [] }
const delivery = (exportId: string, stamp: number, done = true) => ({ exportId, stamp, done })
const turn = (exportId: string, at: number) => ({ exportId, at })
const isOpen = (exportId: string) => exportId.startsWith('open')

describe('turnsOf', () => {
  it('counts what was delivered, latest first, and not what was only begun', () => {
    const deliveries = [delivery('a', 1), delivery('b', 3), delivery('c', 2, false)]
    expect(turnsOf({ ...none, deliveries }, isOpen)).toEqual(['b', 'a'])
  })

  it('counts steps that failed', () => {
    const deliveries = [delivery('open1', 2)]
    const setbacks = [turn('open2', 1), turn('open2', 3)]
    expect(turnsOf({ ...none, deliveries, setbacks }, isOpen)).toEqual(['open2', 'open1', 'open2'])
  })

  it('counts an export that ended and delivered nothing, by its plan', () => {
    const plans = [turn('empty1', 4), turn('empty2', 2)]
    const deliveries = [delivery('open', 3)]
    expect(turnsOf({ ...none, deliveries, plans }, isOpen)).toEqual(['empty1', 'open', 'empty2'])
  })

  it('counts no plan of an export that delivered, or that is open', () => {
    const plans = [turn('a', 1), turn('open', 2)]
    expect(turnsOf({ ...none, deliveries: [delivery('a', 5)], plans }, isOpen)).toEqual(['a'])
  })
})
