import { type ClientsConfig, IOClients } from '@vtex/api'
import { Catalog } from './catalog'
import { Centra } from './centra'
import { withDeadline } from './deadline'
import { Logistics } from './logistics'
import { Offers } from './offers'
import { Scheduler } from './scheduler'
import { Sellers, SkuBindings } from './sellers'

/** Every upstream of the app that speaks HTTP; the SFTP drop has a connection of its own (delivery/). */
export class Clients extends IOClients {
  get catalog() {
    return this.getOrSet('catalog', Catalog)
  }

  get centra() {
    return this.getOrSet('centra', Centra)
  }

  get logistics() {
    return this.getOrSet('logistics', Logistics)
  }

  get offers() {
    return this.getOrSet('offers', Offers)
  }

  get scheduler() {
    return this.getOrSet('scheduler', Scheduler)
  }

  get sellers() {
    return this.getOrSet('sellers', Sellers)
  }

  get skuBindings() {
    return this.getOrSet('skuBindings', SkuBindings)
  }
}

/** How all clients call, @vtex/api's own too (VBase, courier, apps). */
export const clientOptions: NonNullable<ClientsConfig<Clients>['options']> = {
  // Memoized answers, failures too, would be seen for as long as a client lives.
  default: { memoizable: false, retries: 0, timeout: 10_000, middlewares: [withDeadline] },
  vbase: { headers: { 'Cache-Control': 'no-cache' } },
}
