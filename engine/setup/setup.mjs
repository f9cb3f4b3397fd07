// Makes a fresh checkout ready to run: npm packages, system libraries, the native addon, compiled TypeScript in dist/;
// for tests also the programs they run. Runs before every `npm start` and `npm test`, and returns quickly if there is
// nothing to do.
import { chmodSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAddon, isReady } from './addon.mjs';
import { alone } from './lock.mjs';
import { installPackages } from './packages.mjs';
import { say } from './run.mjs';
import { installAddonParts, installTestPrograms } from './system.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const native = join(root, 'native');

/** The addon is optional: without it everything but live capture works, only slower. */
async function prepareAddon() {
  if (process.env.SLUICE_NATIVE === 'off' || isReady(native)) return;
  const missing = await installAddonParts(join(native, 'build/apt-failed'));
  const problem = missing ?? (await buildAddon(native));
  if (problem) say(`continuing without the native addon (slower, no live capture): ${problem}`);
}

/** Tests that lack a program say so and are skipped. */
async function prepareTests() {
  if (process.env.npm_lifecycle_event !== 'pretest') return;
  const problem = await installTestPrograms(join(native, 'build/apt-failed-for-tests'));
  if (problem) say(`continuing without tests of the inline sensor: ${problem}`);
  await installPackages(join(root, 'docs/site')).catch(({ message }) =>
    say(`continuing without tests of the documentation site: ${message}`),
  );
}

/** So that `npx sluice` works in the checkout, as it does where the package is installed. */
function linkCommand() {
  const link = join(root, 'node_modules/.bin/sluice');
  const target = '../../engine/bin/sluice.mjs';
  try {
    if (readlinkSync(link) === target) return;
  } catch {
    // Missing, or not a link.
  }
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(target, link);
  chmodSync(join(root, 'engine/bin/sluice.mjs'), 0o755);
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  say(`Node ${process.versions.node} is too old; Sluice needs Node 20 or newer`);
  process.exit(1);
}
try {
  await alone(join(root, 'native/build/setup.lock'), async () => {
    await installPackages(root);
    await prepareAddon();
    await prepareTests();
    linkCommand();
    await import('./build.mjs');
  });
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
