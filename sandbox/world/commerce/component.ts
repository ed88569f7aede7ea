/** A component of a kit. */
export interface Component {
  skuId: number
  /** Units of it in one kit. */
  quantity: number
}
