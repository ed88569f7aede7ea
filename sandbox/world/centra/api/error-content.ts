import type { CentraBehaviour } from '../behaviour'
import type { Content } from './body'

/** Why a request is rejected, and the invalid parameter, if any. */
export interface Reason {
  message: string
  parameter?: string
}

/** Centra: an error is a 200 with status `no`; the form of its message varies. */
export function errorContent(reason: Reason, form: CentraBehaviour['message']): Content {
  const { message, parameter = 'request' } = reason
  switch (form) {
    case 'text':
      return { status: 'no', msg: message }
    case 'object':
      return {
        status: 'no',
        msg: { [parameter]: message },
        code: 400,
        errors: { [parameter]: message },
      }
    case 'list':
      return { status: 'no', errorMessages: [message] }
    case 'none':
      return { status: 'no' }
  }
}
