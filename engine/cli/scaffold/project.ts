/** Files of a new plugin that are the same for all kinds. */

/** File contents by file name. */
export type Files = Readonly<Record<string, string>>;

export interface Plugin {
  /** Letters, digits and hyphens; the package is `sluice-NAME`. */
  readonly name: string;
  /** Version of Sluice for which it is created. */
  readonly version: string;
}

export function packageJson({ name, version }: Plugin, more: Record<string, unknown>): string {
  const fields = {
    name: `sluice-${name}`,
    version: '0.1.0',
    type: 'module',
    peerDependencies: { sluice: `>=${version}` },
    ...more,
  };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

export function tsconfig(): string {
  const compilerOptions = {
    ...{ target: 'ES2022', lib: ['ES2023', 'ESNext.Disposable'], module: 'NodeNext', types: ['node'] },
    ...{ strict: true, noEmit: true, skipLibCheck: true },
  };
  return `${JSON.stringify({ compilerOptions, include: ['*.ts'] }, null, 2)}\n`;
}

/** Compiles `NAME.ts` to the `NAME.js` that is loaded. */
function buildScript(name: string): string {
  return `esbuild ${name}.ts --format=esm --target=es2022 --outfile=${name}.js`;
}

/**
 * A plugin that is loaded as JavaScript.
 * @param kind as named in its README  @param use its entry in the configuration, as Markdown
 */
export function compiledPlugin(
  plugin: Plugin,
  kind: string,
  { source, test, use }: { source: string; test: string; use: string },
): Files {
  const { name } = plugin;
  return {
    'package.json': packageJson(plugin, {
      description: `${kind[0]!.toUpperCase()}${kind.slice(1)} ${name} for Sluice`,
      main: `${name}.js`,
      files: [`${name}.js`, `${name}.ts`],
      scripts: { build: buildScript(name), prepare: buildScript(name), test: 'npm run build && node --test' },
    }),
    'tsconfig.json': tsconfig(),
    [`${name}.ts`]: source,
    [`${name}.test.js`]: test,
    'README.md': `# sluice-${name}\n\nFor Sluice: ${kind} ${name}.\n\n    npm test\n\n${use}\n`,
  };
}

/** `my-thing` as `MyThing`. */
export function typeName(name: string): string {
  return name.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
}
