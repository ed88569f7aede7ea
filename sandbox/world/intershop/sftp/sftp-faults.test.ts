import { seededRandom } from '../../../common/random'
import { noSftpFaults, SftpFate } from './sftp-faults'

it.each([
  ['connections refused', { refuseShare: 0.3 }, (fate: SftpFate) => fate.refuses()],
  ['writes that find the disk full', { fullShare: 0.3 }, (fate: SftpFate) => fate.isFull()],
  ['uploads cut', { cutShare: 0.3 }, (fate: SftpFate) => fate.cutsAfter(1)],
])('strikes a share of %s, the same ones for the same seed', (_, faults, draw) => {
  const strikes = () => {
    const fate = new SftpFate({ ...noSftpFaults(), ...faults }, seededRandom(1))
    return Array.from({ length: 1_000 }, () => draw(fate))
  }
  const count = strikes().filter(Boolean).length
  expect([count > 250, count < 350]).toEqual([true, true])
  expect(strikes()).toEqual(strikes())
})

it('cuts no connection before it has uploaded so many bytes', () => {
  const fate = new SftpFate({ ...noSftpFaults(), cuts: 1, cutAfterBytes: 10 }, () => 0)
  expect([fate.cutsAfter(9), fate.cutsAfter(10), fate.cutsAfter(10)]).toEqual([false, true, false])
})
