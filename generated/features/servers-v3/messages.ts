// Servers in 3.x 1.0.0. Generated from servers-v3.yaml by sagaspec; do not edit.

/** @see `#/channels/orders/messages/order` */
export type Order = string;
