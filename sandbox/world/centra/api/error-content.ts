import type { CentraBehaviour } from '../behaviour'
import type { Content } from './body'

/** Why a call is refused, and the parameter that is to blame, if one is. */
export interface Reason {
  message: string
  parameter?: string
}

/** Centra: a refusal is a 200 whose status is `no`; how it says why differs. */
export function refusal(reason: Reason, form: CentraBehaviour['message']): Content {
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
