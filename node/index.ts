import { Service } from '@vtex/api'
import { Clients, clientOptions } from './clients'
import { appInstalled } from './events/appInstalled'
import { runWorker } from './events/runWorker'
import { skuChanged } from './events/skuChanged'
import { affiliateNotification } from './handlers/affiliateNotification'
import { showConsole } from './handlers/console'
import { listExports, listItems, oneExport } from './handlers/exports'
import { decideHeld, listHeld, showSku } from './handlers/offers'
import { startExport } from './handlers/startExport'
import { connectionCheck, showMetrics, showStatus } from './handlers/status'
import { authenticate } from './middlewares/authenticate'
import { errorHandler } from './middlewares/errorHandler'
import { maintainSchedules } from './middlewares/maintainSchedules'
import { allowMethods, discardBody } from './middlewares/request'

const authenticated = (...methods: string[]) => [
  errorHandler,
  allowMethods(methods),
  maintainSchedules,
  authenticate,
]

const accepting = (route: Parameters<typeof startExport>[0]) => [
  ...authenticated('POST'),
  discardBody,
  startExport(route),
]

const showing = (show: typeof listExports) => [...authenticated('GET'), show]

export default new Service({
  clients: { implementation: Clients, options: clientOptions },
  routes: {
    stockUpdate: accepting('update'),
    stockExport: accepting('export'),
    stockExportStart: accepting('start'),
    stockExportSeller: accepting('seller'),
    stockExportTime: accepting('time'),
    stockExportSellerTime: accepting('sellerTime'),
    console: [errorHandler, allowMethods(['GET']), showConsole],
    affiliateNotification: [errorHandler, allowMethods(['POST']), affiliateNotification],
    connectionCheck: [
      errorHandler,
      allowMethods(['POST']),
      authenticate,
      discardBody,
      connectionCheck,
    ],
    exportReports: showing(listExports),
    exportReport: [...authenticated('GET', 'DELETE'), oneExport],
    exportFailures: showing(listItems('failures')),
    exportUnmapped: showing(listItems('unmapped')),
    exportHeld: showing(listItems('held')),
    stockStatus: showing(showStatus),
    stockMetrics: showing(showMetrics),
    stockSku: showing(showSku),
    heldOffers: showing(listHeld),
    heldRelease: [...authenticated('POST'), decideHeld('release')],
    heldDismiss: [...authenticated('POST'), decideHeld('dismiss')],
  },
  events: { work: runWorker, changed: skuChanged, setup: appInstalled },
})
