import { type ClientsConfig, IOClients } from '@vtex/api'
import { MessageCenter, Webhook } from './alertClients'
import { withDeadline } from './baseClients'
import { Catalog } from './catalog'
import { Centra } from './centra'
import { Icm } from './icm'
import { Logistics } from './logistics'
import { Scheduler } from './scheduler'
import { Offers, Sellers, SkuBindings } from './sellers'

/** All upstreams with HTTP APIs. */
export class Clients extends IOClients {
  get catalog() {
    return this.getOrSet('catalog', Catalog)
  }

  get centra() {
    return this.getOrSet('centra', Centra)
  }

  get icm() {
    return this.getOrSet('icm', Icm)
  }

  get logistics() {
    return this.getOrSet('logistics', Logistics)
  }

  get messageCenter() {
    return this.getOrSet('messageCenter', MessageCenter)
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

  get webhook() {
    return this.getOrSet('webhook', Webhook)
  }
}

/** Options of all clients, also of those of @vtex/api (VBase, courier, apps). */
export const clientOptions: NonNullable<ClientsConfig<Clients>['options']> = {
  // Otherwise @vtex/api keeps responses, also failures, as long as a client lives.
  default: { memoizable: false, retries: 0, timeout: 10_000, middlewares: [withDeadline] },
  vbase: { headers: { 'Cache-Control': 'no-cache' } },
}
