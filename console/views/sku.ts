import { ask, type SkuAnswer } from '../api'
import { type Child, h } from '../dom'
import { moment, number, relative } from '../format'
import { maybe, t } from '../i18n'
import { button, empty, errorNotice, notice, pageTitle, pill, type Tone, table } from '../parts'
import type { Frame, View } from '../view'
import { decide } from './held'

type Offer = SkuAnswer['offers'][number]
type Live = NonNullable<SkuAnswer['live']>['offers'][number]

const NEXT_TONES: Readonly<Record<Live['next'], Tone>> = {
  send: 'busy',
  unchanged: 'ok',
  hold: 'late',
  unmapped: 'late',
  fail: 'bad',
}

/** One SKU: what Intershop was sent last, what VTEX or Centra say now, and what the next update does. */
export function skuView(frame: Frame, skuId: string): View {
  let answer: SkuAnswer | undefined
  let failure: unknown
  let isBusy = false

  async function look() {
    isBusy = true
    failure = undefined
    frame.redraw()
    try {
      answer = await ask<SkuAnswer>(`/skus/${encodeURIComponent(skuId)}?live=true`)
    } catch (thrown) {
      answer = undefined
      failure = thrown
    }
    isBusy = false
    frame.redraw()
    frame.announce(answer ? t('sku.found', { count: sellersOf(answer).length }) : '')
  }

  const onsubmit = (event: Event) => {
    event.preventDefault()
    const field = document.getElementById('sku')
    const typed = field instanceof HTMLInputElement ? field.value.trim() : ''
    if (typed === '') return
    if (typed === skuId) void look()
    else location.hash = `#/sku/${encodeURIComponent(typed)}`
  }

  return {
    title: t('nav.sku'),
    async load() {
      if (skuId) await look()
      return null
    },
    render: () => [
      pageTitle(t('nav.sku'), t('sku.lead')),
      h(
        'section',
        { class: 'card' },
        h(
          'form',
          { class: 'form', onsubmit },
          h(
            'label',
            { class: 'field' },
            h('span', {}, t('sku.id')),
            h('input', { id: 'sku', inputmode: 'numeric', value: skuId, required: true })
          ),
          h('button', { class: 'primary', disabled: isBusy }, t('sku.look'))
        ),
        isBusy && h('div', { class: 'wait', role: 'progressbar', 'aria-label': t('app.loading') }),
        failure !== undefined && errorNotice(failure)
      ),
      answer && offersOf(frame, answer),
    ],
  }
}

const sellersOf = ({ offers, live }: SkuAnswer) => [
  ...new Set([...offers, ...(live?.offers ?? [])].map(({ sellerId }) => sellerId)),
]

function offersOf(frame: Frame, answer: SkuAnswer): Child {
  const sellers = sellersOf(answer)
  const failures = answer.live?.failures ?? []
  return [
    sellers.length === 0 &&
      failures.length === 0 &&
      h('div', { class: 'card' }, empty(t('sku.none'))),
    failures.map(({ code, message }) => notice('bad', code, h('span', { lang: 'en' }, message))),
    sellers.map((sellerId) => {
      const isOf = (offer: { sellerId: string }) => offer.sellerId === sellerId
      return offerCard(
        frame,
        answer.skuId,
        sellerId,
        answer.offers.filter(isOf),
        answer.live?.offers.find(isOf)
      )
    }),
  ]
}

function offerCard(
  frame: Frame,
  skuId: number,
  sellerId: string,
  offers: readonly Offer[],
  live: Live | undefined
): HTMLElement {
  const [offer] = offers
  const isHeld = offers.some(({ held }) => held)
  const selection = { sellers: [sellerId], skus: [skuId] }
  const about = t('sku.about', { skuId, sellerId })
  return h(
    'section',
    { class: 'card', 'data-key': `${skuId}-${sellerId}` },
    h(
      'header',
      {},
      h('h2', {}, sellerId === '1' ? t('sku.ownOffer') : t('sku.offerOf', { sellerId })),
      h(
        'div',
        { class: 'row' },
        offer?.source && h('span', { class: 'muted' }, maybe(`source.${offer.source}`, '')),
        isHeld && pill('late', t('sku.held')),
        offers.some(({ dismissed }) => dismissed) && pill('idle', t('sku.dismissed'))
      )
    ),
    h(
      'dl',
      { class: 'versus' },
      figure(
        t('sku.intershop'),
        offer ? number(offer.lastSent.quantity) : t('common.never'),
        offer && relative(offer.lastSent.at)
      ),
      live &&
        figure(
          t('sku.now'),
          live.quantity === undefined ? t('common.none') : number(live.quantity),
          live.error && `${live.error.code}: ${live.error.message}`
        ),
      live &&
        figure(
          t('sku.next'),
          pill(NEXT_TONES[live.next] ?? 'idle', maybe(`next.${live.next}`, live.next)),
          maybe(`next.${live.next}.text`, '')
        )
    ),
    isHeld &&
      h(
        'div',
        { class: 'row' },
        button(t('held.release'), () => decide(frame, 'release', selection, about), {
          kind: 'primary',
        }),
        button(t('held.dismiss'), () => decide(frame, 'dismiss', selection, about))
      ),
    offers.length > 0 && table(`${t('sku.sent')}: ${about}`, sentColumns, offers)
  )
}

const figure = (term: string, value: Child, note?: Child) =>
  h('div', {}, h('dt', {}, term), h('dd', {}, value), note && h('dd', { class: 'note' }, note))

const sentColumns: Parameters<typeof table<Offer>>[1] = [
  { title: t('field.offerSku'), cell: ({ offerSku }) => h('code', {}, offerSku) },
  {
    title: t('field.sentAt'),
    cell: ({ lastSent }) => h('span', { class: 'nowrap' }, moment(lastSent.at)),
  },
  {
    title: t('field.certain'),
    cell: ({ lastSent }) => t(lastSent.isCertain ? 'sku.certain' : 'sku.uncertain'),
  },
  {
    title: t('field.export'),
    cell: ({ lastSent }) =>
      lastSent.exportId
        ? h('a', { href: `#/exports/${lastSent.exportId}` }, t('sku.report'))
        : t('common.none'),
  },
  {
    title: t('field.files'),
    cell: ({ lastSent }) =>
      lastSent.files?.length ? h('code', {}, lastSent.files.join(' ')) : t('common.none'),
    kind: 'wide',
  },
]
