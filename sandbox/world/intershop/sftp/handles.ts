import type { FileHandle } from 'fs/promises'

/** An open file, or a directory whose entries are being read. */
export type Opened =
  | { kind: 'file'; file: FileHandle }
  | { kind: 'directory'; path: string; names: string[] }

/** The handles of one SFTP session. */
export class Handles {
  private readonly opened = new Map<number, Opened>()
  private last = 0

  add(opened: Opened): Buffer {
    const handle = Buffer.alloc(4)
    handle.writeUInt32BE(++this.last)
    this.opened.set(this.last, opened)
    return handle
  }

  file(handle: Buffer): FileHandle {
    const opened = this.get(handle)
    if (opened.kind !== 'file') throw new Error('the handle is a directory')
    return opened.file
  }

  directory(handle: Buffer): { path: string; names: string[] } {
    const opened = this.get(handle)
    if (opened.kind !== 'directory') throw new Error('the handle is a file')
    return opened
  }

  async close(handle: Buffer): Promise<void> {
    const opened = this.get(handle)
    this.opened.delete(handle.readUInt32BE())
    if (opened.kind === 'file') await opened.file.close()
  }

  /** Closes all files of an ended connection. */
  async closeAll(): Promise<void> {
    const left = [...this.opened.values()]
    this.opened.clear()
    for (const opened of left) if (opened.kind === 'file') await opened.file.close()
  }

  private get(handle: Buffer): Opened {
    const opened = handle.length === 4 ? this.opened.get(handle.readUInt32BE()) : undefined
    if (!opened) throw new Error('no such handle')
    return opened
  }
}
