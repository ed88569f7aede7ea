import { memory } from '../../tests/documents'
import { NO_SUMMARY, saveSummary } from '../exports/summary'
import { type RequestContext, sendDueAlerts } from '../services'
import { appSettings } from '../settings/settingsCache'
import { vbaseDocuments } from '../state/vbaseDocuments'

jest.mock('../settings/settingsCache')
jest.mock('../state/vbaseDocuments')

const MAIL = { adminEmail: 'ops@example.com', token: 's3cret' }
const HELD = { own: 1, centra: 0, sellers: 0 }
const NONE_HELD = NO_SUMMARY.held
const send = jest.fn(async () => undefined)
const workspaces = { master: true, dev: false, unregistered: true }

/** The alerts that one look sends. */
async function look(workspace: keyof typeof workspaces, saved: object, held = NONE_HELD) {
  send.mockClear()
  const documents = memory()
  await saveSummary(documents, { ...NO_SUMMARY, held })
  jest.mocked(appSettings).mockResolvedValue(saved)
  jest.mocked(vbaseDocuments).mockReturnValue(documents)
  const logger = { info: jest.fn(), warn: jest.fn(), error: jest.fn() }
  const context = {
    clients: { messageCenter: { ensureTemplate: async () => undefined, send } },
    vtex: { account: 'a', workspace, production: workspaces[workspace], logger },
  }
  await sendDueAlerts(context as unknown as RequestContext)
  return send.mock.calls.length
}

describe('sendDueAlerts', () => {
  it('alerts in production, and elsewhere only where exports reach Intershop', async () => {
    expect(await look('master', MAIL, HELD)).toBe(1)
    expect(await look('dev', MAIL, HELD)).toBe(0)
    expect(await look('dev', { ...MAIL, deliverFromWorkspace: 'master' }, HELD)).toBe(0)
    expect(await look('dev', { ...MAIL, deliverFromWorkspace: 'dev' }, HELD)).toBe(1)
  })

  it('sends none about schedules that a new process has not registered yet', async () => {
    expect(await look('unregistered', MAIL)).toBe(0)
    expect(await look('unregistered', { ...MAIL, updateSchedule: '@daily' })).toBe(1)
  })
})
