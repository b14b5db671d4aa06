// Traits in 2.x 1.0.0. Generated from traits-v2.yaml by sagaspec; do not edit.

/** @see `#/components/messages/order` */
export interface Order {
  id?: string;
}

/** @see `#/components/schemas/TraceHeaders` */
export interface OrderHeaders {
  traceparent?: string;
  tenant: string;
}

/** @see `#/components/schemas/TraceHeaders` */
export interface TraceHeaders {
  traceparent?: string;
}
