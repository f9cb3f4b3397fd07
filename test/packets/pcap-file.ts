/** Capture files in memory: the classic pcap format. */

export interface CapturedPacket {
  readonly data: Uint8Array;
  /** Seconds since the epoch, with a fraction. */
  readonly time?: number;
  /** Original length, if the packet was truncated. */
  readonly wireLength?: number;
}

export interface PcapOptions {
  linkType?: number;
  bigEndian?: boolean;
  nanoseconds?: boolean;
}

/** A whole pcap file. Without times, packets are a millisecond apart. */
export function pcapFile(
  packets: readonly (Uint8Array | CapturedPacket)[],
  options: PcapOptions = {},
): Uint8Array {
  const { linkType = 1, bigEndian = false, nanoseconds = false } = options;
  const records = packets.map((item, index) =>
    record(item instanceof Uint8Array ? { data: item } : item, index),
  );
  return Buffer.concat([header(), ...records.flat()]);

  function header(): Uint8Array {
    const view = new DataView(new ArrayBuffer(24));
    view.setUint32(0, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, !bigEndian);
    view.setUint16(4, 2, !bigEndian);
    view.setUint16(6, 4, !bigEndian);
    view.setUint32(16, 262144, !bigEndian);
    view.setUint32(20, linkType, !bigEndian);
    return new Uint8Array(view.buffer);
  }

  function record(packet: CapturedPacket, index: number): Uint8Array[] {
    const time = packet.time ?? 1700000000 + index / 1000;
    const view = new DataView(new ArrayBuffer(16));
    view.setUint32(0, Math.floor(time), !bigEndian);
    view.setUint32(4, Math.round((time % 1) * (nanoseconds ? 1e9 : 1e6)), !bigEndian);
    view.setUint32(8, packet.data.length, !bigEndian);
    view.setUint32(12, packet.wireLength ?? packet.data.length, !bigEndian);
    return [new Uint8Array(view.buffer), packet.data];
  }
}
