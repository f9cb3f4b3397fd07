/** Splits the part of the engine from the front of a message: `detect: text`. */
export function splitMessage(message: string): { module?: string; message: string } {
  const match = /^([a-z][a-z0-9-]{1,30}): (.*)$/s.exec(message);
  return match ? { module: match[1]!, message: match[2]! } : { message };
}
