import type Router from '@koa/router'
import { json } from 'co-body'
import type { Intershop } from './intershop'
import { behaviourSchema } from './rest/behaviour'
import { sftpFaultsSchema } from './sftp/sftp-faults'

const FIRST = 20

/**
 * Intershop's control API:
 * `GET intershop/inventory?sku=A&sku=B` (without `sku` the first 20), `GET intershop/files`, `GET intershop/importer`,
 * `POST intershop/pause|resume|import`, `GET|PUT intershop/sftp` (its faults; PUT changes the given fields),
 * `GET|PUT intershop/rest` (behaviour of ICM's REST API), `DELETE intershop/rest/tokens` (none is valid any more).
 */
export function addIntershopControl(router: Router, intershop: Intershop): void {
  const { importer, inventory, sftp, rest } = intershop
  const restState = () => ({
    behaviour: rest.behaviour,
    ...rest.batches.counts,
    tokens: rest.tokens.issued,
    uploaded: rest.batches.uploaded,
    isRunning: rest.batches.isRunning,
  })
  const state = async () => ({
    paused: importer.isPaused,
    waiting: await importer.waiting(),
    totals: importer.totals,
    failure: importer.failure,
  })

  router.get('/intershop/inventory', (ctx) => {
    const requested = [ctx.query.sku ?? []].flat()
    const offers =
      requested.length > 0
        ? requested.map((sku) => ({ sku, ...inventory.get(sku) }))
        : firstOf(inventory.entries()).map(([sku, offer]) => ({ sku, ...offer }))
    ctx.body = { size: inventory.size, offers: offers.map(readable) }
  })
  router.get('/intershop/files', async (ctx) => {
    ctx.body = await intershop.files()
  })
  router.get('/intershop/importer', async (ctx) => {
    ctx.body = await state()
  })
  router.post('/intershop/:action(pause|resume|import)', async (ctx) => {
    if (ctx.params.action === 'pause') importer.pause()
    else if (ctx.params.action === 'resume') importer.resume()
    else await importer.importNow()
    ctx.body = await state()
  })
  router.get('/intershop/sftp', (ctx) => {
    ctx.body = sftp.faults
  })
  router.put('/intershop/sftp', async (ctx) => {
    ctx.body = Object.assign(sftp.faults, sftpFaultsSchema.partial().parse(await json(ctx.req)))
  })
  router.get('/intershop/rest', (ctx) => {
    ctx.body = restState()
  })
  router.put('/intershop/rest', async (ctx) => {
    Object.assign(rest.behaviour, behaviourSchema.partial().parse(await json(ctx.req)))
    ctx.body = restState()
  })
  router.delete('/intershop/rest/tokens', (ctx) => {
    rest.tokens.revokeAll()
    ctx.status = 204
  })
}

function firstOf<T>(all: Iterable<T>): T[] {
  const first: T[] = []
  for (const each of all) {
    if (first.length >= FIRST) break
    first.push(each)
  }
  return first
}

function readable<T extends { observedAt?: number }>(offer: T) {
  const { observedAt } = offer
  return observedAt === undefined ? offer : { ...offer, observedAt: new Date(observedAt) }
}
