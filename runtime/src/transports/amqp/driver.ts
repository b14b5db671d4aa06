/** What the transport needs of amqplib, by shape: amqplib 0.10 and 2.x fit, and nothing is imported. */

/** A field table: what AMQP calls headers and arguments. */
export interface Table {
  readonly [key: string]: unknown;
}

/** Properties of a message as amqplib takes them. */
export interface PublishProperties {
  readonly messageId?: string;
  readonly type?: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly correlationId?: string;
  readonly replyTo?: string;
  readonly appId?: string;
  readonly userId?: string;
  /** Seconds since 1970. */
  readonly timestamp?: number;
  /** Milliseconds the broker keeps it. */
  readonly expiration?: string;
  readonly deliveryMode?: number;
  readonly priority?: number;
  readonly mandatory?: boolean;
  readonly headers?: Table | undefined;
  readonly CC?: string[];
  readonly BCC?: string[];
}

/** A message as amqplib delivers or returns it. */
export interface AmqpMessage {
  readonly content: Buffer;
  readonly fields: {
    readonly deliveryTag: number;
    readonly redelivered: boolean;
    readonly exchange: string;
    readonly routingKey: string;
  };
  readonly properties: {
    readonly messageId?: unknown;
    readonly type?: unknown;
    readonly contentType?: unknown;
    readonly contentEncoding?: unknown;
    readonly correlationId?: unknown;
    readonly replyTo?: unknown;
    readonly appId?: unknown;
    readonly timestamp?: unknown;
    readonly priority?: unknown;
    readonly headers?: Table | undefined;
  };
}

/** What an acknowledgement needs of a delivery. */
export interface Tagged {
  readonly fields: { readonly deliveryTag: number };
}

export interface QueueOptions {
  readonly durable?: boolean;
  readonly exclusive?: boolean;
  readonly autoDelete?: boolean;
  readonly arguments?: Table;
}

export interface ExchangeOptions {
  readonly durable?: boolean;
  readonly autoDelete?: boolean;
  readonly arguments?: Table;
}

export interface AmqpChannel {
  assertQueue(name: string, options: QueueOptions): Promise<{ readonly queue: string }>;
  checkQueue(name: string): Promise<{ readonly messageCount: number; readonly consumerCount: number }>;
  deleteQueue(name: string): Promise<unknown>;
  assertExchange(name: string, type: string, options: ExchangeOptions): Promise<unknown>;
  checkExchange(name: string): Promise<unknown>;
  bindQueue(queue: string, exchange: string, pattern: string): Promise<unknown>;
  prefetch(count: number): Promise<unknown>;
  consume(
    queue: string,
    onMessage: (message: AmqpMessage | null) => void,
    options: { readonly noAck: boolean; readonly exclusive?: boolean },
  ): Promise<{ readonly consumerTag: string }>;
  cancel(consumerTag: string): Promise<unknown>;
  ack(delivery: Tagged, allUpTo?: boolean): void;
  reject(delivery: Tagged, requeue?: boolean): void;
  close(): Promise<void>;
  on(event: "close" | "error" | "drain", listener: (error: Error) => void): unknown;
  on(event: "return", listener: (message: AmqpMessage) => void): unknown;
}

export interface AmqpConfirmChannel extends AmqpChannel {
  /** False when the caller should wait for `drain`. */
  publish(
    exchange: string,
    routingKey: string,
    content: Buffer,
    properties: PublishProperties,
    confirmed: (error: unknown) => void,
  ): boolean;
}

export interface AmqpConnection {
  createChannel(): Promise<AmqpChannel>;
  createConfirmChannel(): Promise<AmqpConfirmChannel>;
  close(): Promise<void>;
  on(event: "close" | "error", listener: (error: Error) => void): unknown;
  /** The broker takes no messages from anybody, and does again. */
  on(event: "blocked" | "unblocked", listener: (reason?: string) => void): unknown;
}

/** The module `amqplib` itself: `import amqplib from "amqplib"`. */
export interface AmqpDriver {
  connect(url: string, socketOptions: object): Promise<AmqpConnection>;
}
