// The native addon: built if its sources or Node changed, from headers already installed on this host.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { reasonIn, run, say } from './run.mjs';

const require = createRequire(import.meta.url);

function stampOf(folder) {
  const hash = createHash('sha256').update(`${process.version} ${process.arch}`);
  const sources = readdirSync(folder).filter(name => /\.(cc|h|gyp)$/.test(name));
  for (const name of sources.sort()) hash.update(`\0${name}\0`).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}

/** @returns why the built addon cannot be used, undefined if it can (a library may be missing or of another version) */
function loadProblem(folder) {
  try {
    require(join(folder, 'build/Release/sluice.node'));
    return undefined;
  } catch (error) {
    return error.message.split('\n')[0];
  }
}

function isStamped(folder, stamp) {
  try {
    return readFileSync(join(folder, 'build/stamp'), 'utf8') === stamp;
  } catch {
    return false;
  }
}

/** Whether the addon in `folder` was built from these sources and can be used. */
export const isReady = folder => isStamped(folder, stampOf(folder)) && !loadProblem(folder);

/** What node-gyp reads besides the headers; Node-API needs none of Node's own build settings. */
const settings = `{
  'variables': { 'openssl_fips': '', 'node_shared': 'false' },
  'target_defaults': {
    'default_configuration': 'Release',
    'cflags': ['-fPIC', '-pthread'],
    'cflags_cc': ['-fno-exceptions'],
    'ldflags': ['-pthread'],
    'configurations': { 'Release': { 'cflags': ['-O3'] }, 'Debug': { 'cflags': ['-g', '-O0'] } }
  }
}`;

/** Headers of the running Node, otherwise those of the package node-api-headers in the same layout. */
function nodeFolder(folder) {
  const beside = dirname(dirname(process.execPath));
  if (
    existsSync(join(beside, 'include/node/node_api.h')) &&
    existsSync(join(beside, 'include/node/common.gypi'))
  ) {
    return beside;
  }
  const made = join(folder, 'build/headers');
  const include = join(made, 'include/node');
  const from = require('node-api-headers').include_dir;
  mkdirSync(include, { recursive: true });
  for (const name of readdirSync(from)) copyFileSync(join(from, name), join(include, name));
  writeFileSync(join(include, 'common.gypi'), settings);
  writeFileSync(join(include, 'config.gypi'), JSON.stringify(process.config));
  return made;
}

/** npm settings in the environment would override the header folder given here. */
function environment() {
  const npm = /^npm_config_(nodedir|node_gyp|disturl|dist_url|devdir|target|runtime)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !npm.test(name)));
}

async function nodeGyp(folder, command, nodedir) {
  const program = require.resolve('node-gyp/bin/node-gyp.js');
  const args = [program, command, '-C', folder, `--nodedir=${nodedir}`, '--release'];
  return run(process.execPath, args, { seconds: 600, env: environment() });
}

/** @returns {Promise<string | undefined>} why it could not be built, in one line */
export async function buildAddon(folder) {
  const stamp = stampOf(folder);
  say('building the native addon …');
  const nodedir = nodeFolder(folder);
  for (const command of ['configure', 'build']) {
    const { ok, output } = await nodeGyp(folder, command, nodedir);
    if (!ok) return `compiler error: ${reasonIn(output)}`;
  }
  const problem = loadProblem(folder);
  if (!problem) writeFileSync(join(folder, 'build/stamp'), stamp);
  return problem;
}
