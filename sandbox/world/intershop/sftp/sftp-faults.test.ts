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
])('strikes a share of %s, the same ones for the same seed', (_, faults, draw) => {
  const strikes = () => {
    const faultInjector = new SftpFaultInjector({ ...noSftpFaults(), ...faults }, seededRandom(1))
    return Array.from({ length: 1_000 }, () => draw(faultInjector))
  }
  const count = strikes().filter(Boolean).length
  expect([count > 250, count < 350]).toEqual([true, true])
  expect(strikes()).toEqual(strikes())
})

it('cuts no connection before it has uploaded so many bytes', () => {
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
