// Operations in 2.x 1.0.0. Generated from operations-v2.yaml by sagaspec; do not edit.

/** @see `#/channels/user~1{userId}~1signedup/publish/message` */
export interface ReceiveUserSignedup {
  id?: string;
}

/** @see `#/channels/user~1{userId}~1signedup/subscribe/message` */
export interface SendUserSignedup {
  welcome?: boolean;
}

/** @see `#/channels/light~1measure/publish/message/oneOf/0` */
export interface LightMeasured {
  lumens?: number;
}

/** @see `#/channels/light~1measure/publish/message/oneOf/1` */
export interface LampBroken {
  lamp?: string;
}
