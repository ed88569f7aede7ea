'use strict'
// One worker of an app on the real runtime, unchanged. It runs without tsx or anything else of the
// sandbox, so that its heap is the app's own. Its working directory is a build; its parent learns
// the port over IPC, and it ends with its parent.
const { createRequire } = require('node:module')
const { join } = require('node:path')
const { blockTls } = require('./outbound.cjs')

process.on('disconnect', () => process.exit())

blockTls(process.env.http_proxy)

// The app's own copy of the runtime: two copies would not know each other's errors.
const requireOfApp = createRequire(join(process.cwd(), 'service', 'src', 'node', 'index.js'))
// Its entry first, as an app loads it: the runtime's parts import each other in circles.
requireOfApp('@vtex/api')
const { getServiceJSON } = requireOfApp('@vtex/api/lib/service/loaders')
const { startWorker } = requireOfApp('@vtex/api/lib/service/worker')

const server = startWorker(getServiceJSON()).listen(0, '127.0.0.1', () => {
  process.send({ port: server.address().port })
})
// Longer than the edge keeps its connections, so that neither end closes one that the other uses.
server.keepAliveTimeout = 75_000
