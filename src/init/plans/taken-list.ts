import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { quoted } from '../../doctor/pasted.ts';
import { rawText } from '../asterisk.ts';
import type { Edit, Plan } from '../edit.ts';
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

/** FreePBX's blacklist as a list of the example rules, which turn its numbers away like those of their own; cron copies it again each minute. */
export function takenListPlan({ asterisk, places, blacklist }: Ground): Pick<Plan, 'edits' | 'steps'> {
  const path = join(places.rules, `lists/${name}.astdb`);
  const isTaken = blacklist !== null || (asterisk.kind === 'freepbx' && existsSync(path));
  if (!isTaken) return { edits: [], steps: [] };
  const own = { stage: 'files', how: 'whole' } as const;
  const list: Edit[] =
    blacklist === null ? [] : [{ ...own, like: 'gatehouse', path, after: blacklist, copied: true }];
  const script = quoted(join(places.program, 'deploy/freepbx-blacklist'));
  const command = `test ! -e ${script} || sh ${script} ${quoted(path)}`;
  // Beside Asterisk's directory in /etc.
  const cron = join(dirname(asterisk.etc), 'cron.d');
  if (!existsSync(cron))
    return { edits: list, steps: [`have FreePBX's blacklist copied again each minute, as root: ${command}`] };
  const file = join(cron, 'gatehouse-blacklist');
  // In cron a percent sign ends the command.
  const after = `# gatehouse init; gatehouse uninit takes it out\n* * * * * root ${command.replaceAll('%', '\\%')}\n`;
  // One that somebody has written stays.
  const line: Edit = { ...own, like: 'everybody', path: file, after: rawText(file) ?? after };
  return { edits: [...list, line], steps: [] };
}

/** policy.yaml with that list beside the list blocked. Where the example has been changed, it is as it was. */
export function withTakenList(policy: string): string {
  const list = `  ${name}: { file: lists/${name}.astdb, kind: block, about: Blacklist of FreePBX. }\n`;
  const used = policy.replace('{ caller: { in: blocked } }', `{ caller: { in: [blocked, ${name}] } }`);
  const named = used.replace(/^ {2}blocked: \{.*\}\n/m, (line) => line + list);
  return used === policy || named === used ? policy : named;
}
