import type { Child } from './dom'

/** What a view may ask of the page around it. */
export interface Frame {
  /** Draws the view again, with the data that it has. */
  redraw(): void
  /** Loads the view's data now. */
  reload(): void
  /** Reads a sentence out to who cannot see the page. */
  announce(text: string): void
}

/** One page of the console. */
export interface View<T = unknown> {
  /** Of the document; the view shows its own. */
  title: string
  load?(signal: AbortSignal): Promise<T>
  /** `data` is undefined until the first load succeeds. */
  render(data: T | undefined): Child
  /** Milliseconds until the data is loaded again, if it stays as it is; longer and longer then. Absent: never. */
  every?(data: T): number | undefined
}
