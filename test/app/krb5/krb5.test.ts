import { describe, expect, it } from 'vitest';
import { TESTS } from '../../../modules/app/krb5/keywords.js';
import krb5 from '../../../modules/app/krb5.js';
import { Feed } from '../../application/feed.js';
import { u32 } from '../../packets/bytes.js';
import { failure, framed, reply, request } from './message-builder.js';

const tcp = (): Feed => new Feed([krb5], { serverPort: 88 });
const recordsOf = (feed: Feed) => feed.end().records.map(record => record.krb5);

describe('krb5', () => {
  it('logs requests and replies', () => {
    const feed = tcp()
      .client(framed(request(10, 'ann', 'krbtgt', 'A'), request(12, undefined, 'host', 'b')))
      .server(framed(reply(11, 18, 23)));
    expect(recordsOf(feed)).toEqual([
      {
        msg_type: 'KRB_AS_REQ',
        cname: 'ann',
        realm: 'A.EXAMPLE',
        sname: 'krbtgt/A',
        encryption: '<none>',
        weak_encryption: false,
      },
      expect.objectContaining({ msg_type: 'KRB_TGS_REQ', cname: '<empty>', sname: 'host/b' }),
      {
        msg_type: 'KRB_AS_REP',
        cname: 'ann',
        realm: 'A.EXAMPLE',
        sname: 'host/b',
        encryption: 'aes256-cts-hmac-sha1-96',
        weak_encryption: false,
        ticket_encryption: 'rc4-hmac',
        ticket_weak_encryption: true,
      },
    ]);
    expect(feed.events).toEqual([]);
  });

  it('continues behind a gap at the beginning of a message', () => {
    const [whole, next] = [framed(request(10, 'ann', 'a')), framed(request(10, 'bob', 'b'))];
    const feed = tcp()
      .client(whole)
      .client(whole.slice(0, 30))
      .gap(true, 20)
      .client(whole.slice(50))
      .client(next);
    expect(recordsOf(feed).map(({ cname }) => cname)).toEqual(['ann', 'bob']);
    expect(feed.events).toEqual([]);
  });

  it('logs which request failed, also over UDP', () => {
    const feed = new Feed([krb5], { serverPort: 88, transport: 'udp' })
      .client(request(12, undefined, 'host', 'b'))
      .server(failure(7));
    expect(recordsOf(feed)[1]).toMatchObject({
      msg_type: 'KRB_ERROR',
      failed_request: 'KRB_TGS_REQ',
      error_code: 'KDC_ERR_S_PRINCIPAL_UNKNOWN',
      cname: '<empty>',
      realm: '<empty>',
      sname: 'krbtgt/A',
    });
  });

  it('logs errors of requests that were not seen, and numbers without a name', () => {
    const feed = new Feed([krb5], { serverPort: 88, transport: 'udp' })
      .server(failure(62))
      .server(failure(99));
    expect(recordsOf(feed).map(each => [each.failed_request, each.error_code])).toEqual([
      ['MessageType(0)', 'KDC_ERROR_CLIENT_NOT_TRUSTED'],
      ['MessageType(0)', 'ErrorCode(99)'],
    ]);
  });

  it('logs the same with any segmentation', () => {
    const whole = framed(request(10, 'ann', 'krbtgt'), request(10, 'bob', 'krbtgt'));
    expect(recordsOf(tcp().pieces(true, whole, () => 1))).toEqual(recordsOf(tcp().client(whole)));
  });

  it('reports weak encryption and invalid messages', () => {
    const feed = tcp()
      .client(framed(request(10, 'a', 'b')))
      .server(framed(reply(11, 3, 18), Buffer.from('?')));
    feed.end();
    expect(feed.events).toEqual(['weak_encryption', 'malformed_data']);
  });

  it.each([1, 10, 1000])('stops parsing at an invalid message, with segments of %i bytes', length => {
    const bytes = framed(request(10, 'a', 'b'), Buffer.from('?'), request(10, 'c', 'd'));
    const feed = tcp().pieces(true, bytes, () => length);
    expect(recordsOf(feed.end()).map(({ cname }) => cname)).toEqual(['a', undefined]);
  });

  it('does not wait for messages longer than the buffer limit', () => {
    const feed = tcp()
      .client(framed(request(10, 'a', 'b')))
      .client(u32(0x7fffffff));
    feed.end();
    expect(feed.events).toEqual(['malformed_data']);
  });

  it('compares encryption types of tickets', () => {
    const test = TESTS[0]!;
    const feed = tcp()
      .client(framed(request(10, 'a', 'b')))
      .server(framed(reply(13, 18, 23)));
    const transaction = feed.transactions[1]! as never;
    const matches = (argument: string) => test.matches(transaction, false, test.parse(argument));
    expect(['weak', '!weak', '23', 'rc4-hmac,des-cbc-md5', '!18, 17', '18'].map(matches)).toEqual([
      true,
      false,
      true,
      true,
      true,
      false,
    ]);
    expect(() => test.parse('rot13')).toThrow('unknown encryption type "rot13"');
  });
});
