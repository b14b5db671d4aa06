// Extensions 1.0.0. Generated from extensions.yaml by sagaspec; do not edit.

/** @see `#/channels/orders/messages/order` */
export interface Order {
  id?: string;
}
