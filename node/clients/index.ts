import { IOClients } from '@vtex/api'

import { Catalog } from './catalog'
import { Centra } from './centra'
import { Logistics } from './logistics'
import { Offers } from './offers'
import { Scheduler } from './scheduler'
import { Sellers } from './sellers'
import { SkuBindings } from './skuBindings'

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
