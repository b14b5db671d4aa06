// Bindings 1.0.0. Generated from bindings.yaml by sagaspec; do not edit.

/** @see `#/channels/orders/messages/order` */
export type Order = string;
