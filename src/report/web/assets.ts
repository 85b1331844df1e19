import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';

const types = {
  'gatehouse.css': 'text/css; charset=utf-8',
  'gatehouse.js': 'text/javascript; charset=utf-8',
  'mark.svg': 'image/svg+xml',
} as const;

type AssetName = keyof typeof types;

interface Asset {
  readonly content: Buffer;
  readonly hash: string;
}

const dir = join(import.meta.dirname, 'assets');
/** What the style sheet is joined from. Later ones win: widths of the window come last. */
const styles = [
  'theme',
  'frame',
  'parts',
  'tables',
  'forms',
  'callers',
  'changes',
  'pictures',
  'search',
  'now',
  'media',
  'month',
] as const;
/** What the script is joined from, each with names of its own. */
const scripts = ['live', 'keyboard', 'zoom', 'page-buttons', 'select-all'] as const;

const assets = new Map<AssetName, Asset>(
  (Object.keys(types) as AssetName[]).map((name) => {
    const content = contentOf(name);
    return [name, { content, hash: createHash('sha256').update(content).digest('hex').slice(0, 12) }];
  }),
);

function contentOf(name: AssetName): Buffer {
  if (name === 'gatehouse.css')
    return Buffer.concat(styles.map((style) => readFileSync(join(dir, 'style', `${style}.css`))));
  if (name !== 'gatehouse.js') return readFileSync(join(dir, name));
  const blocks = scripts.map(
    (script) => `{\n${readFileSync(join(dir, 'script', `${script}.js`), 'utf8')}}\n`,
  );
  return Buffer.from(`'use strict';\n${blocks.join('')}`);
}

/** Address of a file of ours. It changes with the content, so that a browser may keep it for good. */
export function assetAddress(name: AssetName): string {
  return `/assets/${assets.get(name)?.hash}/${name}`;
}

/** The style sheet, the script and the mark; no more, whatever the path says. */
export function addAssets(app: FastifyInstance): void {
  for (const [name, { content }] of assets)
    app.get(assetAddress(name), { config: { role: 'viewer' } }, (_, reply) =>
      reply
        .type(types[name])
        .header('cache-control', 'private, max-age=31536000, immutable')
        .header('x-content-type-options', 'nosniff')
        .send(content),
    );
}
