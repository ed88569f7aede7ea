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
  readonly catalog = this.getOrSet('catalog', Catalog)
  readonly centra = this.getOrSet('centra', Centra)
  readonly icm = this.getOrSet('icm', Icm)
  readonly logistics = this.getOrSet('logistics', Logistics)
  readonly messageCenter = this.getOrSet('messageCenter', MessageCenter)
  readonly offers = this.getOrSet('offers', Offers)
  readonly scheduler = this.getOrSet('scheduler', Scheduler)
  readonly sellers = this.getOrSet('sellers', Sellers)
  readonly skuBindings = this.getOrSet('skuBindings', SkuBindings)
  readonly webhook = this.getOrSet('webhook', Webhook)
}

/** Options of all clients, also of those of @vtex/api (VBase, courier, apps). */
export const clientOptions: NonNullable<ClientsConfig<Clients>['options']> = {
  // Otherwise @vtex/api keeps responses, also failures, as long as a client lives.
  default: { memoizable: false, retries: 0, timeout: 10_000, middlewares: [withDeadline] },
  vbase: { headers: { 'Cache-Control': 'no-cache' } },
}
