// Traits in 3.x 1.0.0. Generated from traits-v3.yaml by sagaspec; do not edit.

/** @see `#/components/messages/order` */
export interface Order {
  id?: string;
}

/** @see `#/components/messages/order/headers` */
export interface OrderHeaders {
  tenant: string;
  traceparent?: string;
}

/** @see `#/components/schemas/TraceHeaders` */
export interface TraceHeaders {
  traceparent?: string;
}
