/**
 * FTP: passwords are tried until one succeeds, and then files are downloaded. A state machine written as a generator:
 * observed data is in local variables, a state is a position in the code, and one state (a login) is a machine of its
 * own.
 */
import { alert, type Connection, defineDetection, text } from 'sluice';

const FAILURES = 3;
const FILES = 2;
const LINE = 1024;

export default defineDetection({
  name: 'ftp-guessed-password',
  sid: 9_100_006,
  msg: 'EXAMPLE FTP password guessed and used',
  when: 'tcp any any -> any 21',
  classtype: 'successful-user',
  *detect(conversation) {
    let failures = 0;
    for (;;) {
      const outcome = yield* login(conversation);
      if (outcome === 'over') return;
      if (outcome === 'in') break;
      failures++;
    }
    if (failures < FAILURES) return;
    yield alert(`in after ${failures} failures`);
    const files = yield* filesTaken(conversation, FILES);
    if (files.length === FILES) return alert(`took ${files.join(', ')}`);
  },
});

type Waiting<T> = Generator<undefined, T, undefined>;

/** A password, and the server's reply. */
function* login({ client, server }: Connection): Waiting<'in' | 'refused' | 'over'> {
  for (;;) {
    const command = yield* client.readUntil('\n', LINE);
    if (typeof command === 'string') return 'over';
    if (!/^PASS /i.test(text(command))) continue;
    for (;;) {
      const answer = yield* server.readUntil('\n', LINE);
      if (typeof answer === 'string') return 'over';
      if (text(answer).startsWith('230')) return 'in';
      if (text(answer).startsWith('530')) return 'refused';
    }
  }
}

/** Names of the first requested files. */
function* filesTaken({ client }: Connection, most: number): Waiting<string[]> {
  const files: string[] = [];
  while (files.length < most) {
    const command = yield* client.readUntil('\n', LINE);
    if (typeof command === 'string') break;
    const file = /^RETR (\S+)/i.exec(text(command))?.[1];
    if (file !== undefined) files.push(file);
  }
  return files;
}
