/** Modbus (port 502): clients may read; writes are dropped before they reach the device. */
import { defineDetection, drop, integer } from 'sluice';

/** Function codes that change the device: coils, registers, files, diagnostics. */
const WRITING = new Map([
  [5, 'write single coil'],
  [6, 'write single register'],
  [8, 'diagnostics'],
  [15, 'write multiple coils'],
  [16, 'write multiple registers'],
  [21, 'write file record'],
  [22, 'mask write register'],
  [23, 'read and write registers'],
]);
const HEADER = 8;
const MAX_LENGTH = 254;

export default defineDetection({
  name: 'modbus-policy',
  sid: 9_100_005,
  msg: 'EXAMPLE Modbus function that is not allowed',
  when: 'tcp any any -> any 502',
  may: ['drop'],
  classtype: 'policy-violation',
  reads: 'client',
  *detect({ client }) {
    for (;;) {
      // Transaction, protocol (0), length of the rest, unit, function.
      const header = yield* client.read(HEADER);
      if (typeof header === 'string') return;
      const length = integer(header, 4, 2);
      if (integer(header, 2, 2) !== 0 || length < 2 || length > MAX_LENGTH) return drop('this is not Modbus');
      const code = header[7]!;
      const name = WRITING.get(code);
      if (name !== undefined) return drop(`function ${code} (${name}), unit ${header[6]}`);
      if ((yield* client.skip(length - 2)) !== undefined) return;
    }
  },
});
