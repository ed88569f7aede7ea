/** Where all routes of exports are. */
export const STOCK = '/_v/intershop/stock'

/** A request's header that says who starts an export. */
export const TRIGGER_HEADER = 'x-intershop-trigger'
