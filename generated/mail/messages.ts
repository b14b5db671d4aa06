// Mail 1.0.0. Generated from specs/examples/mail.yaml by sagaspec; do not edit.

/**
 * A mail to send.
 * @see `#/components/messages/sendMail`
 */
export interface SendMail {
  /** Format: email. */
  to: string;
  text: string;
}
