import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListLibrary } from '../../src/lists/list-library.ts';
import { LivePolicy } from '../../src/rules/live-policy.ts';

/** Edits and reloads for ever, so that it can be killed while a policy is kept. */
const [dir = '', data = ''] = process.argv.slice(2);
const lists = new ListLibrary({ dir: join(data, 'lists'), serving: true });
const live = await LivePolicy.open(dir, { lists, accepted: join(data, 'accepted') });
for (let edit = 0; ; edit++) {
  appendFileSync(join(dir, 'lists/blocked.txt'), `+1 317 555 01${10 + (edit % 80)}\n`);
  await live.reload();
  console.log(edit);
}
