/** The EVE record of a message. */
import { latin1Text } from '../../../engine/record/bytes-text.js';
import type { Section, SessionDescription, TimeDescription } from './sdp.js';
import type { SipTransaction } from './transaction.js';

export function sipRecord({ head, sdp }: SipTransaction): string {
  if (!head) return '';
  const { request, response, version, firstLine } = head;
  const members = {
    ...(request && {
      method: latin1Text(request.method),
      uri: latin1Text(request.uri),
      version,
      request_line: latin1Text(firstLine),
    }),
    ...(response && {
      version,
      code: response.code,
      reason: latin1Text(response.reason),
      response_line: latin1Text(firstLine),
    }),
    ...(sdp && { sdp: sdpJson(sdp) }),
  };
  return `"sip":${JSON.stringify(members)}`;
}

function sdpJson({ session, times, media }: SessionDescription): object {
  const version = session.get('v')?.[0] ?? '';
  return {
    ...(/^\d{1,9}$/.test(version) && { version: Number(version) }),
    ...one(session, 'o', 'origin'),
    ...one(session, 's', 'session_name'),
    ...one(session, 'i', 'session_info'),
    ...one(session, 'u', 'uri'),
    ...one(session, 'e', 'email'),
    ...one(session, 'p', 'phone_number'),
    ...one(session, 'c', 'connection_data'),
    ...all(session, 'b', 'bandwidths'),
    ...(times.length > 0 && { time_descriptions: times.map(timeJson) }),
    ...one(session, 'z', 'timezone'),
    ...one(session, 'k', 'encryption_key'),
    ...all(session, 'a', 'attributes'),
    ...(media.length > 0 && { media_descriptions: media.map(mediumJson) }),
  };
}

function timeJson({ time, repeats }: TimeDescription): object {
  return {
    time: latin1Text(time),
    ...(repeats.length > 0 && { repeat_time: repeats.map(latin1Text).join(' ') }),
  };
}

function mediumJson(medium: Section): object {
  return {
    ...one(medium, 'm', 'media'),
    ...one(medium, 'i', 'media_info'),
    ...all(medium, 'b', 'bandwidths'),
    ...one(medium, 'c', 'connection_data'),
    ...one(medium, 'k', 'encryption_key'),
    ...all(medium, 'a', 'attributes'),
  };
}

function one(section: Section, letter: string, name: string): object {
  const value = section.get(letter)?.[0];
  return value === undefined ? {} : { [name]: latin1Text(value) };
}

function all(section: Section, letter: string, name: string): object {
  const values = section.get(letter);
  return values ? { [name]: values.map(latin1Text) } : {};
}
