/** @param address `192.0.2.1`, already validated by the table's parser */
export function address4Bytes(address: string): Uint8Array {
  return Uint8Array.from(address.split('.'), Number);
}
