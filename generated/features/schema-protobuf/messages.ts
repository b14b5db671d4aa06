// Protobuf 1.0.0. Generated from schema-protobuf.yaml by sagaspec; do not edit.

/** @see `#/channels/points/publish/message` */
export interface Point {
  /** At least -2147483648. At most 2147483647. Format: int32. */
  x: number;
  /** At least -2147483648. At most 2147483647. Format: int32. */
  y?: number;
  label: PointLabel;
}

/** @see `#/channels/points/publish/message/payload/properties/label` */
export interface PointLabel {
  text: string;
}
