import { Command } from 'commander';
import { DateTime } from 'luxon';
import { type AuditEntry, AuditLog } from '../report/access/audit-log.ts';
import { auditName, knownAuditKey } from '../report/access/private-file.ts';
import { tell, wrapped } from '../terminal/screen.ts';
import { visibleJson, visibleText } from '../text/visible-text.ts';
import { type JsonFields, picked, withJsonOption } from './command/json-option.ts';
import { count, dataDir, timeForms, timeOf } from './command/options.ts';
import { onData, run } from './command/run.ts';

interface AuditOptions {
  readonly since?: string;
  readonly who?: string;
  readonly call?: string;
  readonly number?: string;
  readonly limit: number;
  readonly json?: JsonFields;
}

const fields: readonly (keyof AuditEntry)[] = [
  ...(['time', 'event', 'who', 'subject', 'role', 'address', 'route'] as const),
  ...(['calls', 'numbers', 'count', 'detail'] as const),
];

/** `gatehouse audit`: who viewed full numbers, signed in or changed something; the newest last. */
export function auditCommand(): Command {
  const command = new Command('audit')
    .description('show who viewed full numbers, signed in, or changed something')
    .option('--since <when>', `start: ${timeForms}`)
    .option('--who <name>', 'only this person or token')
    .option('--call <id>', 'only views of this call')
    .option('--number <number>', 'only views of this number, E.164 with its plus')
    .option('--limit <entries>', 'maximum entries, the newest', count, 100);
  return withJsonOption(command, 'one JSON object per line', fields).action(
    ({ json, ...options }: AuditOptions, self: Command) =>
      run(self, async () => {
        const { limit } = options;
        const found = await onData(new AuditLog(dataDir()).read(limit + 1, wanted(options)));
        for (const entry of found.slice(0, limit).reverse())
          console.log(json ? visibleJson(picked(entry, json)) : wrapped(entryLine(entry)));
        if (found.length > limit) tell(`there are more: these are the newest ${limit} (--limit)`);
      }),
  );
}

function wanted(options: Omit<AuditOptions, 'json'>): (entry: AuditEntry) => boolean {
  const { since, who, call, number } = options;
  const from = since === undefined ? 0 : timeOf('--since', since);
  const key = number === undefined ? null : knownAuditKey(dataDir());
  const name = number === undefined || key === null ? null : auditName(key, number);
  return (entry) =>
    Date.parse(entry.time) >= from &&
    (who === undefined || entry.who === who || entry.subject === who) &&
    (call === undefined || (entry.calls ?? []).includes(call)) &&
    (number === undefined || (entry.numbers ?? []).some((seen) => seen === name));
}

function entryLine(entry: AuditEntry): string {
  const { time, event, who, subject, role, address, route, calls = [], count: numbers, detail } = entry;
  const parts = [
    DateTime.fromISO(time).toFormat('yyyy-MM-dd HH:mm:ss'),
    event.padEnd(14),
    `${oneCell(who)}${subject === undefined ? '' : ` [${oneCell(subject)}]`}${role === null ? '' : ` (${role})`}`,
    address ?? 'here',
    route,
    numbers === undefined ? '' : `${numbers} ${numbers === 1 ? 'number' : 'numbers'}`,
    calls.length === 0 ? '' : `calls ${calls.slice(0, 3).join(' ')}${calls.length > 3 ? ' …' : ''}`,
    oneCell(detail ?? ''),
  ];
  return visibleText(parts.filter((part) => part !== '').join('  '));
}

/** Two blanks separate columns, so a name must not contain them. */
function oneCell(text: string): string {
  return text.replace(/\s+/g, ' ');
}
