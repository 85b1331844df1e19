import { readFileSync } from 'node:fs';

/** Version of this program. package.json is one folder above src, and above dist. */
export const version: string = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
).version;
