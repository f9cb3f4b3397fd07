/** An SMTP connection (RFC 5321, 3030): commands and replies, and the mails they transfer. */
import type { Session } from '../../../engine/application/session.js';
import type { Reading } from '../../../engine/application/stream-socket.js';
import { Commands } from './commands.js';
import { Exchange } from './exchange.js';
import { Replies } from './replies.js';
import type { SmtpTransaction } from './transaction.js';

export class Connection {
  private readonly client: Commands;
  private readonly server: Replies;

  constructor(session: Session<SmtpTransaction>) {
    const exchange = new Exchange(session);
    this.client = new Commands(exchange);
    this.server = new Replies(exchange);
  }

  commands(): Reading<void> {
    return this.client.read();
  }

  replies(): Reading<void> {
    return this.server.read();
  }

  /** The flow has ended. */
  finish(): void {
    this.client.finish();
  }
}
