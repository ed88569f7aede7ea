import {
  ask,
  cancelExport,
  type ExportHeldPage,
  type ExportReport,
  type FailurePage,
  saveCsv,
} from '../api'
import { type Child, h } from '../dom'
import { duration, moment, number, orDash } from '../format'
import { maybe, t } from '../i18n'
import {
  button,
  card,
  errorNotice,
  exportTitle,
  type Figure,
  facts,
  isActive,
  notice,
  pageTitle,
  progressOf,
  statusPill,
  table,
  tiles,
} from '../parts'
import type { Frame, View } from '../view'
import { tags } from './exports'
import { retryText } from './overview'

const BUSY_MS = 2_000

type Failure = ExportReport['failures'][number]
type Name = ExportHeldPage['items'][number]
type ListName = 'failures' | 'unmapped' | 'held'

/** One export's report. */
export function exportView(frame: Frame, exportId: string): View<ExportReport> {
  const path = `/exports/${encodeURIComponent(exportId)}`
  const pages = new Map<ListName, { items: (Failure | Name)[]; next: number | undefined }>()
  let failure: unknown

  const act = async (work: () => Promise<unknown>) => {
    failure = undefined
    try {
      await work()
    } catch (thrown) {
      failure = thrown
    }
    frame.reload()
    frame.redraw()
  }

  const more = (name: ListName) =>
    act(async () => {
      const known = pages.get(name)
      const after = known?.next === undefined ? '' : `?after=${known.next}`
      const page = await ask<FailurePage | ExportHeldPage>(`${path}/${name}${after}`)
      pages.set(name, { items: [...(known?.items ?? []), ...page.items], next: page.next })
    })

  /** The list of the report, or all of it where the user asked for more. */
  function section<T extends Failure | Name>(
    name: ListName,
    total: number,
    first: readonly T[],
    columns: Parameters<typeof table<T>>[1]
  ): Child {
    if (total === 0) return undefined
    const loaded = pages.get(name)
    const items = (loaded?.items ?? first) as readonly T[]
    const hasMore = loaded ? loaded.next !== undefined : first.length < total
    return card(
      `${t(`export.${name}`)} (${number(total)})`,
      button(
        t('export.csv'),
        () => void act(() => saveCsv(`${path}/${name}`, `${exportId}-${name}.csv`)),
        { label: `${t('export.csv')}: ${t(`export.${name}`)}` }
      ),
      h('p', { class: 'muted' }, t(`export.${name}.text`)),
      table(t(`export.${name}`), columns, items),
      hasMore &&
        h(
          'div',
          {},
          button(t('common.more'), () => void more(name))
        )
    )
  }

  return {
    title: t('export.title'),
    load: (signal) => ask<ExportReport>(path, { signal }),
    every: (report) => (isActive(report) ? BUSY_MS : undefined),
    render(report) {
      if (!report) return [pageTitle(t('export.title'), h('code', {}, exportId))]
      return [
        pageTitle(
          exportTitle(report),
          undefined,
          statusPill(report.status),
          tags(report),
          isActive(report) &&
            button(t('export.cancel'), () => void act(() => cancelExport(exportId)), {
              kind: 'danger',
              disabled: report.status === 'cancelling',
            })
        ),
        failure !== undefined && errorNotice(failure),
        messages(report),
        isActive(report) && progressCard(report),
        tiles([
          [t('offers.sent'), number(report.offers.sent), zeroedText(report)],
          [t('offers.unchanged'), number(report.offers.unchanged)],
          [t('offers.held'), number(report.offers.held)],
          [t('offers.unmapped'), number(report.offers.unmapped)],
          [t('offers.failed'), number(report.offers.failed)],
          ...filtered(report),
        ]),
        h('div', { class: 'two' }, aboutCard(report), sourcesCard(report)),
        section('failures', report.offers.failed, report.failures, failureColumns),
        section('held', report.offers.held, report.heldOffers, nameColumns),
        section('unmapped', report.offers.unmapped, report.unmapped, failureColumns),
        driftCard(report),
        trafficCard(report),
      ]
    },
  }
}

const filtered = ({ offers }: ExportReport): Figure[] =>
  offers.filtered > 0 ? [[t('offers.filtered'), number(offers.filtered)]] : []

const zeroedText = ({ zeroed }: ExportReport) => {
  const total = zeroed.read + zeroed.removed + zeroed.renamed
  return total > 0 ? t('export.zeroed', { count: number(total) }) : undefined
}

const messages = (report: ExportReport): Child => [
  report.error && notice('bad', report.error.code, h('span', { lang: 'en' }, report.error.message)),
  report.lastError && notice('late', report.lastError.code, retryText(report.lastError)),
  report.coveredBy &&
    notice(
      'idle',
      t('exports.merged'),
      h('a', { href: `#/exports/${report.coveredBy}` }, report.coveredBy)
    ),
  report.notes.length > 0 &&
    notice(
      'idle',
      t('export.notes'),
      report.notes.map((note) => h('span', { class: 'field', lang: 'en' }, note))
    ),
  manualAction(report),
]

function manualAction({ manualAction = [], manualActionRows = [] }: ExportReport): Child {
  if (manualAction.length + manualActionRows.length === 0) return undefined
  return notice('bad', t('export.manual'), [
    t('export.manual.text'),
    ' ',
    manualAction.map((skuId, index) => [
      index > 0 && ', ',
      h('a', { href: `#/sku/${skuId}` }, skuId),
    ]),
    manualActionRows.length > 0 && ` Centra: ${manualActionRows.join(', ')}`,
  ])
}

const progressCard = (report: ExportReport) =>
  card(
    t('export.progress'),
    undefined,
    progressOf({
      label: exportTitle(report),
      planned: report.skus.planned,
      read: report.skus.read,
      secondsLeft: secondsLeft(report),
    })
  )

function secondsLeft({ skus, durationMs }: ExportReport): number | undefined {
  if (skus.planned === undefined || skus.read === 0 || durationMs === undefined) return undefined
  return Math.round((durationMs * (skus.planned - skus.read)) / skus.read / 1_000)
}

const aboutCard = (report: ExportReport) =>
  card(
    t('export.about'),
    undefined,
    facts([
      [t('export.id'), h('code', {}, report.exportId)],
      [t('export.accepted'), moment(report.acceptedAt)],
      report.startedAt !== undefined && [t('export.started'), moment(report.startedAt)],
      report.endedAt !== undefined && [t('export.ended'), moment(report.endedAt)],
      report.durationMs !== undefined && [t('export.duration'), duration(report.durationMs)],
      [t('export.skus'), `${number(report.skus.read)} / ${orDash(report.skus.planned)}`],
      [t('export.files'), number(report.files)],
      [t('export.drift'), number(report.drift)],
    ])
  )

const SOURCE_TONES = { reading: 'running', complete: 'completed', failed: 'failed' } as const

const sourcesCard = ({ sources }: ExportReport) =>
  card(
    t('export.sources'),
    undefined,
    h(
      'ul',
      { class: 'items' },
      Object.entries(sources).map(([name, source]) =>
        h(
          'li',
          {},
          h(
            'div',
            { class: 'row between' },
            h('strong', {}, maybe(`source.${name}`, name)),
            statusPill(source.status === 'cancelled' ? 'cancelled' : SOURCE_TONES[source.status])
          ),
          h(
            'span',
            { class: 'muted' },
            t('export.source', { read: number(source.read), sent: number(source.offers.sent) })
          ),
          source.error &&
            notice('bad', source.error.code, h('span', { lang: 'en' }, source.error.message)),
          source.lastError && notice('late', source.lastError.code, retryText(source.lastError))
        )
      )
    )
  )

const skuLink = (skuId: number | undefined) =>
  skuId === undefined ? t('common.none') : h('a', { href: `#/sku/${skuId}` }, String(skuId))

const failureColumns: Parameters<typeof table<Failure>>[1] = [
  {
    title: t('field.sku'),
    cell: ({ skuId, rowId }) => (rowId === undefined ? skuLink(skuId) : `Centra ${rowId}`),
  },
  { title: t('field.seller'), cell: ({ sellerId }) => sellerId ?? t('common.none') },
  { title: t('field.code'), cell: ({ code }) => h('code', {}, code) },
  {
    title: t('field.message'),
    cell: ({ message }) => h('span', { lang: 'en' }, message),
    kind: 'wide',
  },
]

const nameColumns: Parameters<typeof table<Name>>[1] = [
  { title: t('field.sku'), cell: ({ skuId }) => skuLink(skuId) },
  { title: t('field.seller'), cell: ({ sellerId }) => sellerId },
  { title: t('field.offerSku'), cell: ({ offerSku }) => h('code', {}, offerSku), kind: 'wide' },
]

function driftCard({ drift, drifted }: ExportReport): Child {
  if (drift === 0) return undefined
  return card(
    `${t('export.drift')} (${number(drift)})`,
    undefined,
    h('p', { class: 'muted' }, t('export.drift.text')),
    table(
      t('export.drift'),
      [
        { title: t('field.sku'), cell: ({ skuId }) => skuLink(skuId) },
        { title: t('field.seller'), cell: ({ sellerId }) => sellerId },
        { title: t('field.lastSent'), cell: ({ lastSent }) => number(lastSent), kind: 'num' },
        { title: t('field.found'), cell: ({ found }) => number(found), kind: 'num' },
      ],
      drifted
    )
  )
}

function trafficCard({ traffic = {} }: ExportReport): Child {
  const upstreams = Object.entries(traffic)
  if (upstreams.length === 0) return undefined
  return card(
    t('export.traffic'),
    undefined,
    table(
      t('export.traffic'),
      [
        { title: t('traffic.upstream'), cell: ([name]) => name },
        { title: t('traffic.requests'), cell: ([, { requests }]) => number(requests), kind: 'num' },
        { title: t('traffic.retries'), cell: ([, { retries }]) => number(retries), kind: 'num' },
        {
          title: t('traffic.rateLimited'),
          cell: ([, { rateLimited }]) => number(rateLimited),
          kind: 'num',
        },
        {
          title: t('traffic.perSecond'),
          cell: ([, each]) => orDash(each.requestsPerSecond),
          kind: 'num',
        },
      ],
      upstreams
    )
  )
}
