/** Exchanges with mistakes of all kinds: the parser never throws, reports each transaction once, and always ends. */
import { describe, expect, test } from 'vitest';
import http from '../../modules/app/http.js';
import { Feed } from '../application/feed.js';
import { mutatedHttp, RandomChoices } from './http-mutator.js';

const ROUNDS = 120;

describe.each([1, 2, 3, 4, 5])('mutated exchanges, seed %i', seed => {
  test('never throw, and always end', () => {
    const choices = new RandomChoices(seed);
    for (let round = 0; round < ROUNDS; round++) play(choices);
  });
});

function play(choices: RandomChoices): void {
  const feed = new Feed([http], choices.below(2) === 0 ? {} : { inline: true });
  for (let turn = choices.below(6); turn >= 0; turn--) {
    const toServer = choices.below(2) === 0;
    const kind = choices.below(12);
    if (kind === 0) feed.gap(toServer, 1 + choices.below(2000));
    else if (kind === 1) feed.close(toServer, choices.below(2) === 0);
    else
      feed.pieces(toServer, mutatedHttp(choices), () => 1 + choices.below(choices.pick([1, 8, 200, 5000])));
  }
  feed.end();
  const { counters } = feed.thread;
  // Unreadable input is a parser error; the exceptions must be ours.
  expect(counters.read('app_layer.error.http.internal'), feed.thread.log.lines.join('\n')).toBe(0);
  // Transactions still open when the parser gives up are logged, but no longer inspected.
  const failed = counters.read('app_layer.error.http.parser') > 0;
  if (failed) expect(feed.records.length).toBeGreaterThanOrEqual(feed.transactions.length);
  else expect(feed.records.length).toBe(feed.transactions.length);
  for (const { file } of feed.files) expect(file.state).not.toBe('open');
  // Everything that is visible can be read.
  for (const transaction of feed.transactions) {
    for (const buffer of http.buffers) {
      for (const toServer of [true, false]) buffer.get(transaction as never, toServer, 0);
    }
    expect(() => JSON.parse(`{${http.record(transaction as never, true)}}`)).not.toThrow();
  }
}
