// Avro 1.0.0. Generated from schema-avro.yaml by sagaspec; do not edit.

/**
 * Somebody.
 * @see `#/components/messages/user/payload/schema`
 */
export interface User {
  name: string;
  /** Default: `null`. */
  age?: number | null;
  address: UserAddress;
}

/** @see `#/components/messages/user/payload/schema/properties/address` */
export interface UserAddress {
  street: string;
}
