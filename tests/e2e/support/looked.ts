import { exportHeldPage, failurePage } from '../../../node/exports/exportAnswers'
import { heldAccepted, heldPage, skuAnswer, statusAnswer } from '../../../node/status/answers'
import type { App } from './app'
import { json } from './http'

/** The answers of the routes that show something, with their types. */
export const looked = {
  accepted: (answered: unknown) => heldAccepted.parse(answered),
  held: (answered: unknown) => heldPage.parse(answered),
  exportHeld: (answered: unknown) => exportHeldPage.parse(answered),
  failures: (answered: unknown) => failurePage.parse(answered),
  sku: (answered: unknown) => skuAnswer.parse(answered),
  status: async (app: App, query = '') =>
    statusAnswer.parse(json(await app.send('GET', `status${query}`))),
}
