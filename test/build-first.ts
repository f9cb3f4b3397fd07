import { execFileSync } from 'node:child_process';

/** Engine threads run the compiled `dist/`, so it is brought up to date before any test starts. */
export default function buildFirst(): void {
  execFileSync(process.execPath, ['engine/setup/build.mjs'], { stdio: 'inherit' });
}
