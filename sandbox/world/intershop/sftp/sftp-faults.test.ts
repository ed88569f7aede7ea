import { seededRandom } from '../../../common/random'
import { noSftpFaults, SftpFaultInjector } from './sftp-faults'

it.each([
  [
    'connections refused',
    { refuseShare: 0.3 },
    (faultInjector: SftpFaultInjector) => faultInjector.shouldRefuse(),
  ],
  [
    'writes that find the disk full',
    { fullShare: 0.3 },
    (faultInjector: SftpFaultInjector) => faultInjector.isFull(),
  ],
  [
    'uploads cut',
    { cutShare: 0.3 },
    (faultInjector: SftpFaultInjector) => faultInjector.shouldCut(1),
  ],
])('fails the configured share of %s, repeatably for the same seed', (_, faults, draw) => {
  const failures = () => {
    const faultInjector = new SftpFaultInjector({ ...noSftpFaults(), ...faults }, seededRandom(1))
    return Array.from({ length: 1_000 }, () => draw(faultInjector))
  }
  const count = failures().filter(Boolean).length
  expect([count > 250, count < 350]).toEqual([true, true])
  expect(failures()).toEqual(failures())
})

it('shouldCut returns false before cutAfterBytes', () => {
  const faultInjector = new SftpFaultInjector(
    { ...noSftpFaults(), cuts: 1, cutAfterBytes: 10 },
    () => 0
  )
  expect([
    faultInjector.shouldCut(9),
    faultInjector.shouldCut(10),
    faultInjector.shouldCut(10),
  ]).toEqual([false, true, false])
})
