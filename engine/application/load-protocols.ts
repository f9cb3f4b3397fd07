import { readdir } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compiled } from '../compiled.js';
import type { Config } from '../config/config.js';
import { boolean, type OptionType, option, texts } from '../config/option.js';
import { textOf } from '../detection/trace.js';
import { PROTOCOL_API, type Protocol } from '../protocol.js';

export const PROTOCOL_PLUGINS = option(
  'app-layer.plugins',
  texts,
  [],
  'protocol plugins: paths of JavaScript files, or packages, that each export a protocol',
);

type ParserMode = 'yes' | 'no' | 'detection-only';

const parserModeType: OptionType<ParserMode> = {
  expected: 'yes, no or detection-only',
  parse(value) {
    if (value === 'detection-only') return value;
    const enabled = boolean.parse(value);
    return enabled === undefined ? undefined : enabled ? 'yes' : 'no';
  },
};

export const PROTOCOL_OPTIONS = [
  PROTOCOL_PLUGINS,
  option(
    'app-layer.protocols.*.enabled',
    parserModeType,
    'yes',
    'yes, no, or detection-only: detect the protocol but do not parse it',
  ),
];

/** How a protocol is enabled by `app-layer.protocols.NAME.enabled`. */
export function parserMode(protocol: Protocol, config: Config): ParserMode {
  const value = config.at(`app-layer.protocols.${protocol.name}.enabled`);
  const byDefault = protocol.disabledByDefault ? 'no' : 'yes';
  return value === null ? byDefault : (parserModeType.parse(value) ?? byDefault);
}

/**
 * All protocols of `modules/app/`, in order of their names, followed by third-party ones: the position in this list
 * (from 1) is the protocol's number.
 * @param plugins absolute paths  @throws Error naming a file that exports no protocol
 */
export async function loadProtocols(plugins: readonly string[] = []): Promise<Protocol[]> {
  const folder = compiled('modules/app/');
  const names = (await readdir(folder, { withFileTypes: true }).catch(() => []))
    .filter(entry => entry.isFile() && entry.name.endsWith('.js'))
    .map(entry => entry.name)
    .sort();
  const files = [...names.map(name => new URL(name, folder)), ...plugins.map(path => pathToFileURL(path))];
  const loaded = await Promise.all(files.map(load));
  loaded.forEach(({ name }, i) => {
    if (loaded.findIndex(other => other.name === name) !== i)
      throw new Error(`${files[i]}: protocol ${name} exists already`);
  });
  // Variants follow their base protocol: keywords of both refer to the base first.
  return loaded.sort((a, b) => Number(a.variantOf !== undefined) - Number(b.variantOf !== undefined));
}

async function load(file: URL): Promise<Protocol> {
  const loading = import(file.href) as Promise<{ default?: Partial<Protocol> }>;
  const { default: protocol } = await loading.catch((error: unknown) => {
    throw new Error(`${fileURLToPath(file)}: ${loadFailure(error)}`);
  });
  if (typeof protocol?.name !== 'string' || protocol.recognition === undefined)
    throw new Error(`${file}: the default export is not a protocol (see defineProtocol)`);
  if (protocol.api !== PROTOCOL_API)
    throw new Error(
      `protocol ${protocol.name} is made for protocol API ${protocol.api}, this engine has ${PROTOCOL_API}`,
    );
  return protocol as Protocol;
}

/** Node.js does not report the location of syntax errors. */
function loadFailure(error: unknown): string {
  const { code } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION')
    return 'not JavaScript: name the compiled file instead of the TypeScript source';
  if (code === 'ERR_MODULE_NOT_FOUND')
    return `${textOf(error)} (run npm install in its folder to install packages)`;
  return error instanceof SyntaxError ? `${textOf(error)} (node --check shows where)` : textOf(error);
}
