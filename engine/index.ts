/**
 * What plugins import from `sluice`: the stable contracts only.
 *
 * @module sluice
 */
export type { Session } from './application/session.js';
export type { Batch } from './batch.js';
export type { Config } from './config/config.js';
export * as options from './config/option.js';
export { entropy, hex, integer, text } from './detection/bytes.js';
export type { Connection } from './detection/connection.js';
export type { FlowView } from './detection/flow-view.js';
export type { PacketView } from './detection/packet-view.js';
export { type SharedNumbers, sharedTable, type TableShape } from './detection/shared-table.js';
export type { Chunk, DetectionSocket, Reading, Stop } from './detection/socket.js';
export type { FlowTransactions, TransactionView } from './detection/transaction-view.js';
export {
  alert,
  bypass,
  DETECTION_API,
  type DetectionAction,
  type DetectionDefinition,
  type DetectionResult,
  defineDetection,
  drop,
  type Permission,
  type Routine,
  reject,
  stop,
} from './detection.js';
export * as Event from './event.js';
export {
  defineFlowExpiry,
  type ExpirableFlows,
  type ExpiryPolicy,
  FLOW_EXPIRY_API,
  type FlowExpiryDefinition,
} from './flow/flow-expiry.js';
export * as Flow from './flow/flow-record.js';
export type { Memory } from './memory.js';
export {
  type ByteRange,
  type Counters,
  defineModule,
  type Log,
  type LogWriter,
  MODULE_API,
  type ModuleDefinition,
  type Thread,
  type ThreadModule,
} from './module.js';
export * as Packet from './packet.js';
export type { Pool } from './pool.js';
export {
  type BufferDeclaration,
  defineProtocol,
  OneSidedTransaction,
  PROTOCOL_API,
  type Protocol,
  REQUEST_AND_RESPONSE,
  type TestDeclaration,
  type Transaction,
  TwoSidedTransaction,
  type ValueDeclaration,
} from './protocol.js';
export {
  type Chooser,
  DONE,
  defineQueueHandler,
  type HandlerLink,
  QUEUE_HANDLER_API,
  type QueueHandler,
} from './queue/handler.js';
export { shareOf } from './queue/share.js';
