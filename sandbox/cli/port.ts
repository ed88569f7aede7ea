import { createServer } from 'net'

const PREFERRED = 8080

/** The port to listen on: `wanted`, else 8080 if it is free, else any (0). */
export async function choosePort(wanted: number | undefined): Promise<number> {
  if (wanted !== undefined) return wanted
  return (await isFree(PREFERRED)) ? PREFERRED : 0
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
