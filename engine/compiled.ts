/** Address of a file of `dist/`: threads and plugins run compiled code, also when the caller is a `.ts` under test. */
export function compiled(path: string): URL {
  const up = import.meta.url.includes('/dist/engine/') ? '../' : '../dist/';
  return new URL(up + path, import.meta.url);
}
