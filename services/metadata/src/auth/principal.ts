/** Who a request comes from. */
export interface Principal {
  /** What grants and receipts name. */
  readonly id: string;
  /** The only `client_id` this principal may speak for; absent in `open` mode, where a request's own word counts. */
  readonly clientId?: string;
}

/** The one principal of `open` mode. */
export const OPEN_PRINCIPAL: Principal = { id: 'open' };
