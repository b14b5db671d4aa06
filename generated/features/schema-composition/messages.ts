// Schemas in parts 1.0.0. Generated from schema-composition.yaml by sagaspec; do not edit.

/** @see `#/components/schemas/Pet` */
export type Pet = { kind: string } & (Cat | Dog);

/** @see `#/components/schemas/Cat` */
export interface Cat {
  kind?: "cat";
  lives?: number;
}

/** @see `#/components/schemas/Dog` */
export type Dog = Animal & { kind?: "dog"; bark: DogBark };

/** @see `#/components/schemas/Animal` */
export interface Animal {
  parent?: Animal;
  names?: string[];
}

/** @see `#/components/schemas/Payment` */
export type Payment = PaymentCard | PaymentBankTransfer | null;

/** @see `#/components/schemas/Range` */
export interface Range {
  from?: number;
  to?: number;
}

/** @see `#/components/schemas/Tree` */
export type Tree = Tree[];

/** @see `#/components/schemas/Dog/allOf/1/properties/bark` */
export interface DogBark {
  volume?: number;
}

/** @see `#/components/schemas/Payment/oneOf/0` */
export interface PaymentCard {
  method?: "card";
  number?: string;
}

/** @see `#/components/schemas/Payment/oneOf/1` */
export interface PaymentBankTransfer {
  iban?: string;
}
