import type { z } from 'zod'
import { heldAccepted, heldPage, heldSelection, skuAnswer } from '../../node/status/answers'
import { UsageError, whole } from '../arguments'
import { ACTION_REQUIRED, OK, WARNING } from '../exitCodes'
import { moment, printable, relative, table } from '../format'
import type { Command } from './command'
import { watchExport } from './exports'

type Sku = z.infer<typeof skuAnswer>

const MAX_ID = Number.MAX_SAFE_INTEGER

/** What Intershop was last sent of a SKU, and with `--live` what its sources say now. */
export const sku: Command = async ({ api, operand, options, now }) => {
  const id = whole('SKU', operand, 0, MAX_ID)
  const answer = await api.call(`/skus/${id}`, {
    answer: skuAnswer,
    query: { live: options.live || undefined },
  })
  const { offers, live } = answer
  const text = [
    offers.length === 0 ? `Nothing was sent yet of SKU ${id}.` : sentTable(answer, now()),
    ...(live === undefined ? [] : ['', `sources at ${moment(live.at)}:`, liveTable(live)]),
  ].join('\n')
  const isUnreadable =
    live !== undefined &&
    (live.failures.length > 0 || live.offers.some(({ error }) => error !== undefined))
  const isFine = offers.length > 0 && !offers.some(({ held }) => held) && !isUnreadable
  return { code: isFine ? OK : WARNING, answer, text }
}

function sentTable({ offers }: Sku, now: number): string {
  return table(
    ['seller', 'Intershop SKU', 'source', 'last sent', 'when', 'state', 'export'],
    offers.map(({ sellerId, offerSku, source, lastSent, held, dismissed }) => [
      ...[sellerId, offerSku, source, lastSent.quantity, relative(lastSent.at, now)],
      held ? 'held' : dismissed ? 'dismissed' : lastSent.isCertain ? 'sent' : 'uncertain',
      lastSent.exportId,
    ])
  )
}

function liveTable({ offers, failures }: NonNullable<Sku['live']>): string {
  const rows = offers.map(({ sellerId, offerSku, quantity, next, error }) => [
    ...[sellerId, offerSku, quantity, next],
    error && `${error.message} (${error.code})`,
  ])
  return [
    ...(rows.length === 0
      ? []
      : [table(['seller', 'Intershop SKU', 'now', 'next', 'error'], rows)]),
    ...failures.map(({ code, message }) => `${printable(message)} (${printable(code)})`),
  ].join('\n')
}

/** Offers that dropped to 0 and were not sent. */
export const held: Command = async ({ api, options, now }) => {
  const [sellerId, ...others] = options.seller ?? []
  if (others.length > 0) throw new UsageError('held: expected one --seller')
  const query = {
    sellerId,
    before: whole('--before', options.before, 0, MAX_ID),
    limit: whole('--limit', options.limit, 1, 500),
  }
  const answer = await api.call('/held', { answer: heldPage, query })
  const { items, next } = answer
  if (items.length === 0) return { code: OK, answer, text: 'No offers are held.' }
  const rows = items.map((each) => [
    ...[each.skuId, each.sellerId, each.offerSku, each.source, each.lastSent, each.found],
    relative(each.heldAt, now()),
  ])
  const text = [
    table(['SKU', 'seller', 'Intershop SKU', 'source', 'last sent', 'found', 'held'], rows),
    ...(next === undefined ? [] : [`more: --before ${next}`]),
  ].join('\n')
  return { code: ACTION_REQUIRED, answer, text }
}

export const release: Command = (context) => decide('release', context)
export const dismiss: Command = (context) => decide('dismiss', context)

async function decide(
  verb: 'release' | 'dismiss',
  context: Parameters<Command>[0]
): ReturnType<Command> {
  const { api, options } = context
  const selection = heldSelection.safeParse({
    sellers: options.seller,
    skus: options.sku?.map((id) => whole('--sku', id, 0, MAX_ID)),
    dryRun: options['dry-run'] ?? false,
  })
  if (!selection.success) {
    const [issue] = selection.error.issues
    const where = issue?.path.length ? ` (${issue.path.join('.')}: ${issue.message})` : ''
    throw new UsageError(`${verb}: expected --seller ID, --sku ID or both, each repeatable${where}`)
  }
  const answer = await api.call(`/held/${verb}`, {
    answer: heldAccepted,
    method: 'POST',
    body: selection.data,
  })
  if (options.watch) return watchExport(context, answer.exportId)
  const what = answer.dryRun ? 'A dry run' : `The ${verb}`
  const text = `${what} was accepted: intershop-stock watch ${printable(answer.exportId)}`
  return { code: OK, answer, text }
}
