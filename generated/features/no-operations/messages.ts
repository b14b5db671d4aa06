// No operations 1.0.0. Generated from no-operations.yaml by sagaspec; do not edit.

/** @see `#/components/schemas/Order` */
export interface Order {
  id?: string;
}
