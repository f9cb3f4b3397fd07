/** A data connection: one file, or a listing. */
import type { Session } from '../../../engine/application/session.js';
import type { Reading } from '../../../engine/application/stream-socket.js';
import type { FileSettings } from '../../../engine/files/file-settings.js';
import { type BodyMemory, FILE_LIMITS, InspectedBody } from '../../../engine/files/inspected-body.js';
import { TrackedFile } from '../../../engine/files/tracked-file.js';
import { TwoSidedTransaction } from '../../../engine/protocol.js';

export const STARTED = 0;
export const COMPLETE = 1;

export interface FtpDataSettings {
  readonly files: FileSettings;
  readonly memory: BodyMemory;
}

/** Values announced by the control connection. */
export interface Announced {
  readonly command: string;
  /** Bytes as text. */
  readonly filename: string;
}

export class FtpDataTransaction extends TwoSidedTransaction {
  /** Contents; only one side sends any. */
  body: InspectedBody | undefined;
  toServer = false;

  constructor(
    id: number,
    readonly announced: Announced,
  ) {
    super(id);
  }
}

/** The only transaction of the session. */
export function transactionOf(session: Session<FtpDataTransaction>): FtpDataTransaction {
  if (session.state === undefined) {
    const announced = (session.inherited as Announced | undefined) ?? { command: '', filename: '' };
    session.state = session.begin(new FtpDataTransaction(session.transactionCount, announced));
  }
  return session.state as FtpDataTransaction;
}

/** Reads what one side sends as the contents of the file. */
export function* readFile(session: Session<FtpDataTransaction>, toServer: boolean): Reading<void> {
  const socket = toServer ? session.client : session.server;
  const transaction = transactionOf(session);
  for (;;) {
    const bytes = yield* socket.recv();
    const body = bodyOf(session, transaction, toServer);
    if (bytes) body.append(bytes);
    else if (socket.state === 'gap') {
      body.file?.gap(socket.missing);
      socket.resume();
    } else break;
    if (body.updateVisible(false)) session.advance(transaction, toServer, STARTED);
    // Rules that only test the command apply to either direction.
    session.advance(transaction, !toServer, STARTED);
  }
  end(session, transaction, toServer, socket.state === 'end' && !socket.truncated ? 'closed' : 'truncated');
}

function bodyOf(
  session: Session<FtpDataTransaction>,
  transaction: FtpDataTransaction,
  toServer: boolean,
): InspectedBody {
  if (transaction.body) return transaction.body;
  const { files, memory } = session.settings as FtpDataSettings;
  const { filename } = transaction.announced;
  const body = new InspectedBody(FILE_LIMITS, session.endpoints.inline, memory, files.streamDepth ?? 0);
  transaction.body = body;
  transaction.toServer = toServer;
  // A listing without a name is not a file.
  if (filename !== '') {
    body.file = new TrackedFile(Buffer.from(filename, 'latin1'), toServer, files);
    transaction.addFile(body.file);
  }
  session.applyFileDepth(files);
  return body;
}

function end(
  session: Session<FtpDataTransaction>,
  transaction: FtpDataTransaction,
  toServer: boolean,
  state: 'closed' | 'truncated',
): void {
  const { body } = transaction;
  if (body && transaction.toServer === toServer) {
    body.file?.close(state);
    body.updateVisible(true);
  }
  session.advance(transaction, toServer, COMPLETE);
}
