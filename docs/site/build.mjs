// Builds the documentation site into docs/site/out: guides from Markdown, the reference of every contract from its
// TSDoc, a page for each family of keywords from their declarations. `npm run docs`.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from '../../engine/setup/packages.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

/** What the site shows lies in files first. */
function writeKeywordPages() {
  const folder = join(here, 'pages');
  rmSync(folder, { recursive: true, force: true });
  const sluice = join(here, '../../engine/bin/sluice.mjs');
  execFileSync(process.execPath, [sluice, 'rules', 'keywords', '--folder', folder]);
}

/** Pages have the names that their headings give them, in place of those of the files. */
function nameByHeading(document) {
  const heading = /^# (.+)$/m.exec(document.content.map(part => part.text).join(''))?.[1];
  if (heading) document.name = heading;
}

async function build() {
  const { Application, Converter, TypeDocReader } = await import('typedoc');
  process.chdir(here);
  const app = await Application.bootstrap({}, [new TypeDocReader()]);
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => nameByHeading(document));
  const project = await app.convert();
  if (!project) throw new Error('the contracts could not be read');
  app.validate(project);
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
}

// The compiler that the generator works with is not the one of the project, so its packages lie here.
await installPackages(here);
writeKeywordPages();
await build();
console.log(`the site begins at ${join(here, 'out/index.html')}`);
