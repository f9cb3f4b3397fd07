import { fileURLToPath } from 'node:url';

/** Root of the project, both from `test/` and from the bundler's output in `dist/`. */
export const PROJECT = fileURLToPath(import.meta.url.replace(/\/(dist|test)\/.*$/, '/'));
