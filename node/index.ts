import { type ClientsConfig, Service } from '@vtex/api'

import { Clients, clientOptions } from './clients'
import { onChanged } from './events/changed'
import { onSetup } from './events/setup'
import { onWork } from './events/work'
import { affiliateNotification } from './handlers/affiliate'
import { post } from './handlers/post'
import { listReports, oneReport } from './handlers/reports'
import { answers } from './middlewares/answers'
import { ignoredBody } from './middlewares/body'
import { token } from './middlewares/token'
import { verbs } from './middlewares/verbs'

const clients: ClientsConfig<Clients> = {
  implementation: Clients,
  options: clientOptions,
}

const accepting = (route: Parameters<typeof post>[0]) => [
  answers,
  verbs('POST'),
  token,
  ignoredBody,
  post(route),
]

export default new Service({
  clients,
  routes: {
    stockUpdate: accepting('update'),
    stockExport: accepting('export'),
    stockExportStart: accepting('start'),
    stockExportSeller: accepting('seller'),
    stockExportTime: accepting('time'),
    stockExportSellerTime: accepting('sellerTime'),
    affiliateNotification: [answers, verbs('POST'), affiliateNotification],
    exportReports: [answers, verbs('GET'), token, listReports],
    exportReport: [answers, verbs('GET', 'DELETE'), token, oneReport],
  },
  events: { work: onWork, changed: onChanged, setup: onSetup },
})
