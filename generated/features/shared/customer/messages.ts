// Shared types. Generated from parts/customer.json by sagaspec; do not edit.

/** @see `#` */
export interface Customer {
  name: string;
  address?: Address;
}

/** @see `#/definitions/Address` */
export interface Address {
  street?: string;
}
