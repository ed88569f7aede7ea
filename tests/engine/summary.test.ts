import { exported, installed, until } from './playing'
import type { World } from './world'

const removed = (played: World) =>
  until(
    played,
    () => played.vbase.names('exports').length === 0,
    (stuck) => stuck.wake()
  )

test('a worker that dies before it has saved the summary leaves that to its successor', async () => {
  const played = await installed()
  await exported(played, 'export')
  await removed(played)
  played.trap('save summary', (actor) => played.kill(actor))
  const report = await exported(played, 'update')
  await removed(played)
  const { reports } = played.vbase.document('summary', 'summary') as { reports: string[] }
  expect(reports).toContain(report?.exportId)
})
