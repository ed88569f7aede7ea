import { Attendants } from './attendants'

const nobodyAtWork = async () => false

/** An event that attends until it is let go. */
function attending(attendants: Attendants, event: string, key = 'account') {
  let leave: () => void = () => undefined
  let end: (answer: 'done' | 'again') => void = () => undefined
  const verdict = attendants.attend(key, event, {
    isAtWork: nobodyAtWork,
    work: (leaving) => {
      leave = leaving
      return new Promise((resolve) => {
        end = resolve
      })
    },
  })
  return { verdict, leave: () => leave(), end: (answer: 'done' | 'again') => end(answer) }
}

const arriving = (attendants: Attendants, event: string, isAtWork = nobodyAtWork) =>
  attendants.attend('account', event, { isAtWork, work: async () => 'again' })

describe('Attendants.attend', () => {
  it('is done at once with an event while another one attends', async () => {
    const attendants = new Attendants()
    const first = attending(attendants, 'e1')
    expect(await arriving(attendants, 'e2')).toBe('done')
    first.end('again')
    expect(await first.verdict).toBe('again')
  })

  it('has an event work that comes once the other one takes its last look', async () => {
    const attendants = new Attendants()
    const first = attending(attendants, 'e1')
    first.leave()
    const second = attending(attendants, 'e2')
    first.end('done')
    await first.verdict
    // The end of the first does not send the second away.
    expect(await arriving(attendants, 'e3')).toBe('done')
    second.end('done')
  })

  it('does not acknowledge a copy of an event that is still at work, here or in another process', async () => {
    const attendants = new Attendants()
    attending(attendants, 'e1')
    expect(await arriving(attendants, 'e1')).toBe('again')
    expect(await arriving(attendants, 'e2', async () => true)).toBe('again')
  })

  it('has an event work where the other one left while it asked', async () => {
    const attendants = new Attendants()
    const first = attending(attendants, 'e1')
    const work = jest.fn(async () => 'done' as const)
    const isAtWork = async () => {
      first.leave()
      return false
    }
    expect(await attendants.attend('account', 'e2', { isAtWork, work })).toBe('done')
    expect(work).toHaveBeenCalledTimes(1)
  })

  it('keeps accounts apart, and lets the next one in after a failure', async () => {
    const attendants = new Attendants()
    attending(attendants, 'e1', 'other')
    const work = () => Promise.reject(new Error('VBase is down'))
    const failing = attendants.attend('account', 'e2', { isAtWork: nobodyAtWork, work })
    await expect(failing).rejects.toThrow('VBase is down')
    expect(await arriving(attendants, 'e3')).toBe('again')
  })
})
