// Operations in 3.x 1.0.0. Generated from operations-v3.yaml by sagaspec; do not edit.

/** @see `#/channels/user~1{userId}~1signedup/messages/publish.message` */
export interface ReceiveUserSignedup {
  id?: string;
}

/** @see `#/channels/user~1{userId}~1signedup/messages/subscribe.message` */
export interface SendUserSignedup {
  welcome?: boolean;
}

/** @see `#/channels/light~1measure/messages/measure-light.message.0` */
export interface LightMeasured {
  lumens?: number;
}

/** @see `#/channels/light~1measure/messages/lampBroken` */
export interface LampBroken {
  lamp?: string;
}
