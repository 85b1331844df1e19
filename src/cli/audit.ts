import { Command } from 'commander';
import { DateTime } from 'luxon';
import { type AuditEntry, AuditLog } from '../report/access/audit-log.ts';
import { auditName, knownAuditKey } from '../report/access/private-file.ts';
import { wrapped } from '../terminal/screen.ts';
import { visibleJson, visibleText } from '../text/visible-text.ts';
import { count, dataDir, timeOf } from './command/options.ts';
import { onData, run } from './command/run.ts';

interface AuditOptions {
  readonly since?: string;
  readonly who?: string;
  readonly call?: string;
  readonly number?: string;
  readonly limit: number;
  readonly json?: true;
}

/** `gatehouse audit`: who viewed full numbers, signed in or changed something; the newest last. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('show who viewed full numbers, signed in, or changed something')
    .option('--since <when>', 'start: how long ago (30m, 24h, 7d), or a date and time')
    .option('--who <name>', 'only this person or token')
    .option('--call <id>', 'only views of this call')
    .option('--number <number>', 'only views of this number, E.164 with its plus')
    .option('--limit <entries>', 'maximum entries, the newest', count, 100)
    .option('--json', 'one JSON object per line')
    .action((options: AuditOptions, command: Command) =>
      run(command, async () => {
        const found = await onData(new AuditLog(dataDir()).read(options.limit, wanted(options)));
        for (const entry of found.reverse())
          console.log(options.json ? visibleJson(entry) : wrapped(entryLine(entry)));
      }),
    );
}

function wanted(options: AuditOptions): (entry: AuditEntry) => boolean {
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
