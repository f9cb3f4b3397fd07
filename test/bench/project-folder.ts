import { fileURLToPath } from 'node:url';

/** Root of the project, from `test/` as well as from wherever in `dist/` the bundler put this. */
export const PROJECT = fileURLToPath(import.meta.url.replace(/\/(dist|test)\/.*$/, '/'));
