import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Engine threads run the compiled `dist/`, so it is built before any test starts; files of tests are in one folder that
 * is deleted at the end.
 * @returns the function called after the last test
 */
export default function beforeAll(): () => void {
  execFileSync(process.execPath, ['engine/setup/build.mjs'], { stdio: 'inherit' });
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tests-'));
  process.env['TMPDIR'] = folder;
  process.env['XDG_CACHE_HOME'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
