import type { CentraBehaviour } from '../behaviour'
import type { Page } from '../listing'

/** Links to the neighbouring pages. */
export interface Links {
  previous?: string
  next?: string
}

/** `previous` and `next`, relative as in Centra: `?limit=2&page=3`. */
export function linksAround(
  { page, limit }: Page,
  more: boolean,
  query: URLSearchParams,
  { nextFilters, nextLoops }: Pick<CentraBehaviour, 'nextFilters' | 'nextLoops'>
): Links {
  const linkTo = (target: number) => {
    const link = new URLSearchParams(nextFilters === 'kept' ? query : {})
    link.delete('page')
    link.set('limit', String(limit))
    link.set('page', String(target))
    return `?${link}`
  }
  const following = nextLoops === 'self' ? page : page + 1
  return {
    ...(page > 1 && { previous: linkTo(page - 1) }),
    ...(more && { next: linkTo(following) }),
    ...(!more && nextLoops === 'first' && { next: linkTo(1) }),
  }
}
