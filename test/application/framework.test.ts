import { describe, expect, it } from 'vitest';
import { APPLICATION_EVENT_NAMES } from '../../engine/application/packet-events.js';
import * as Flow from '../../engine/flow/flow-record.js';
import { randomNumbers } from '../pseudo-random.js';
import { Feed } from './feed.js';
import { other, toy } from './toy.js';

const REQUESTS = 'TOY one:5\nhellotwo\nthree:3\nabc';
const REPLIES = 'toy first\nsecond\nthird\n';
const EXPECTED = [
  { toy: { name: 'one', body: 'hello', reply: 'first' } },
  { toy: { name: 'two', body: '', reply: 'second' } },
  { toy: { name: 'three', body: 'abc', reply: 'third' } },
];

describe('application layer', () => {
  it('parses the same transactions however the data is segmented', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const feed = new Feed([toy, other]);
      const numbers = randomNumbers(seed);
      const next = () => 1 + numbers(seed % 3 === 0 ? 1 : 12);
      feed.pieces(true, REQUESTS, next).pieces(false, REPLIES, next).end();
      expect(feed.records).toEqual(EXPECTED);
    }
  });

  it('reports the progress of each direction with the packets of that direction', () => {
    const feed = new Feed([toy]).client('TOY one:5\nhel').client('lo').server('toy yes\n').client('two\n');
    expect(feed.updates.map(u => [u.toServer, u.progress, u.complete])).toEqual([
      [true, 1, false],
      [true, 2, true],
      [false, 1, true],
      [true, 2, true],
    ]);
    expect(feed.records).toEqual([{ toy: { name: 'one', body: 'hello', reply: 'yes' } }]);
  });

  it('counts flows and transactions, and sets the protocol of the flow', () => {
    const feed = new Feed([other, toy]).client(REQUESTS).server(REPLIES).end();
    expect(feed.flow(Flow.APP_PROTOCOL)).toBe(2);
    expect(feed.flow(Flow.APP_PROTOCOL_TO_SERVER)).toBe(2);
    expect(feed.flow(Flow.APP_PROTOCOL_TO_CLIENT)).toBe(2);
    expect(feed.flow(Flow.TRANSACTIONS)).toBe(3);
    expect(feed.thread.counters.nonZero()).toEqual({ 'app_layer.flow.toy': 1, 'app_layer.tx.toy': 3 });
  });

  it('logs open transactions when the flow ends', () => {
    const feed = new Feed([toy]).client('TOY one:5\nhel').end();
    expect(feed.records).toEqual([{ toy: { name: 'one', body: '', reply: '' } }]);
  });

  it('holds data of the server until the protocol is known', () => {
    const feed = new Feed([toy]).server('hm').client('TOY a\n').server('m toy\nlast\n').end();
    expect(feed.records).toEqual([{ toy: { name: 'a', body: '', reply: 'toy' } }]);
  });

  it('continues behind a gap if the parser supports gaps', () => {
    const feed = new Feed([toy]).client('TOY one\ntw').gap(true, 100).client('three\n').end();
    expect(feed.records.map(record => record['toy'].name)).toEqual(['one', '?gap', 'three']);
    expect(feed.events).toEqual(['gap_seen']);
    expect(feed.thread.counters.read('app_layer.error.toy.gap')).toBe(1);
  });

  it('reports a line longer than the limit to the parser', () => {
    const feed = new Feed([toy])
      .client(`TOY ${'x'.repeat(300)}`)
      .client('\nnext\n')
      .end();
    expect(feed.events).toEqual(['line_too_long']);
    expect(feed.records.map(record => record['toy'].name)).toEqual(['?limit', '', 'next']);
  });

  it('disables a parser that reports an error, and counts the error', () => {
    const feed = new Feed([toy]).client('TOY one\nfail\ntwo\n').client('three\n').end();
    expect(feed.records.map(record => record['toy'].name)).toEqual(['one']);
    expect(feed.thread.counters.read('app_layer.error.toy.parser')).toBe(1);
  });

  it('passes unread data to the next parser when the protocol changes', () => {
    const feed = new Feed([toy, other]).client('TOY one\nswitch\nOTHER').end();
    expect(feed.records.map(record => Object.keys(record)[0])).toEqual(['toy', 'toy', 'other']);
    expect(feed.flow(Flow.APP_PROTOCOL)).toBe(2);
    expect(feed.flow(Flow.APP_PROTOCOL_ORIGINAL)).toBe(1);
  });

  it('detects the swapped direction of a flow picked up at data of its server', () => {
    const feed = new Feed([toy]).client('toy what\n');
    expect(feed.flow(Flow.APP_PROTOCOL)).toBe(1);
  });

  it('gives up protocol detection when both directions are unknown', () => {
    const feed = new Feed([toy]).client('nothing').server('known').client('TOY one\n').end();
    expect(feed.flow(Flow.APP_PROTOCOL)).toBe(-1);
    expect(feed.thread.counters.nonZero()).toEqual({ 'app_layer.flow.failed_tcp': 1 });
  });

  it('gives up protocol detection of a direction with too much unknown data', () => {
    const feed = new Feed([toy]);
    for (let i = 0; i < 3000; i++) feed.client('T');
    expect(feed.flow(Flow.APP_PROTOCOL)).toBe(0);
    feed.server('?');
    expect(feed.flow(Flow.APP_PROTOCOL)).toBe(-1);
  });

  it('bounds the number of open transactions if one direction never answers', () => {
    const feed = new Feed([toy], { config: { 'app-layer': { 'max-transactions': 10 } } });
    feed.client('TOY ');
    for (let i = 0; i < 200; i++) feed.client('a\nb\nc\n');
    const open = feed.application.sessionOf(0)!.transactions.length;
    expect(open).toBeLessThanOrEqual(13);
    expect(feed.records.length).toBe(600 - open);
    feed.end();
    expect(feed.records.length).toBe(600);
  });

  it('names each event of protocol detection', () => {
    expect(APPLICATION_EVENT_NAMES.length).toBe(6);
  });
});
