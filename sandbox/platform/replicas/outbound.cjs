'use strict'
// Blocks TLS, as VTEX IO does: requests leave a worker through the egress by plain http. For a TLS connection (node's
// https, fetch, tls) the egress is asked by CONNECT for the reason, and the connection fails with it. Raw TCP, for
// example SFTP, is not affected.
const http = require('node:http')
const net = require('node:net')
const tls = require('node:tls')

/** A blocked TLS connection. */
class OutboundBlocked extends Error {
  constructor(message) {
    super(message)
    this.name = 'OutboundBlocked'
    this.code = 'EACCES'
  }
}

/** Replaces `tls.connect`, which https and fetch use; `proxy` is the egress's URL. */
function blockTls(proxy) {
  const { hostname, port } = new URL(proxy)

  const findReason = (target, settle) => {
    const request = http.request({ hostname, port, method: 'CONNECT', path: target, agent: false })
    // The egress never opens a tunnel: its response is the reason.
    request.once('connect', ({ statusCode }, socket, head) => {
      const chunks = [head]
      socket.on('data', (chunk) => chunks.push(chunk))
      socket.once('close', () => settle(reasonIn(Buffer.concat(chunks)) ?? `status ${statusCode}`))
      socket.on('error', () => undefined)
    })
    request.once('error', (error) => settle(`the egress does not respond: ${error.message}`))
    request.end()
  }

  tls.connect = (...args) => {
    const target = targetOf(args)
    const socket = new net.Socket()
    // Writes wait, as during a handshake.
    socket.connecting = true
    findReason(target, (reason) => {
      socket.destroy(new OutboundBlocked(`TLS to ${target} was blocked: ${reason}`))
    })
    return socket
  }
}

/** `host:port` of tls.connect's arguments: `(options)`, `(port, options)` or `(port, host, options)`. */
function targetOf(args) {
  const options = args.find((each) => typeof each === 'object' && each !== null) ?? {}
  const [port = options.port, host = options.host] = typeof args[0] === 'object' ? [] : args
  const name = typeof host === 'string' ? host : options.host
  return `${name ?? options.servername ?? 'localhost'}:${port ?? 443}`
}

function reasonIn(body) {
  try {
    return JSON.parse(body.toString('utf8')).message
  } catch {
    return undefined
  }
}

module.exports = { blockTls }
