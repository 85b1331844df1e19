import { join } from 'node:path';
import type { Plan } from '../edit.ts';
import type { Ground } from '../ground.ts';

const name = 'freepbx-blacklist';
const family = '/blacklist/';
/** Settings that FreePBX keeps among the numbers. */
const settings = ['blocked', 'dest'];

/** The numbers of FreePBX's blacklist, in the form of the list format astdb; empty: there are none yet. @param said what `database show blacklist` prints */
export function blacklistOf(said: string): string {
  const rows = said
    .split('\n')
    .map((line) => line.trim().replace(/\s+:\s*/, ' : '))
    .filter((line) => line.startsWith(family))
    .filter((line) => !settings.includes(line.slice(family.length).split(' ')[0] ?? ''));
  return rows.map((row) => `${row}\n`).join('');
}

/** FreePBX's blacklist as a list of the example rules, which turn its numbers away like those of their own. */
export function takenListPlan({ places, blacklist }: Ground): Pick<Plan, 'edits' | 'steps'> {
  if (blacklist === null) return { edits: [], steps: [] };
  const path = join(places.rules, `lists/${name}.astdb`);
  return {
    edits: [{ stage: 'files', how: 'whole', like: 'root', path, after: blacklist }],
    steps: [
      `have FreePBX's blacklist copied again each minute: echo '* * * * * root sh ${places.program}/deploy/freepbx-blacklist ${path}' > /etc/cron.d/gatehouse-blacklist`,
    ],
  };
}

/** policy.yaml with that list beside the list blocked. Where the example has been changed, it is as it was. */
export function withTakenList(policy: string): string {
  const list = `  ${name}: { file: lists/${name}.astdb, kind: block, about: Blacklist of FreePBX. }\n`;
  const used = policy.replace('{ caller: { in: blocked } }', `{ caller: { in: [blocked, ${name}] } }`);
  const named = used.replace(/^ {2}blocked: \{.*\}\n/m, (line) => line + list);
  return used === policy || named === used ? policy : named;
}
