// Servers in 2.x 1.0.0. Generated from servers-v2.yaml by sagaspec; do not edit.

/** @see `#/channels/orders/publish/message` */
export type OnOrder = string;
