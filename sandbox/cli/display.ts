const PLAIN_EVERY = 5_000

/** Shows a status line: redrawn in place on a terminal, else printed every few seconds. */
export class Display {
  private drawn = false
  private lastPrinted = 0

  constructor(private readonly out: NodeJS.WriteStream) {}

  /** Replaces the status line. */
  update(text: string): void {
    if (this.out.isTTY) {
      const width = Math.max(20, (this.out.columns || 80) - 1)
      this.out.write(`\r\x1b[2K${text.slice(0, width)}`)
      this.drawn = true
    } else if (Date.now() - this.lastPrinted >= PLAIN_EVERY) {
      this.lastPrinted = Date.now()
      this.out.write(`${text}\n`)
    }
  }

  /** Prints permanent lines. */
  print(text = ''): void {
    if (this.drawn) this.out.write('\r\x1b[2K')
    this.drawn = false
    this.out.write(`${text}\n`)
  }
}
