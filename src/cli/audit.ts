import { Command, InvalidArgumentError } from 'commander';
import { DateTime } from 'luxon';
import { type AuditEntry, AuditLog } from '../report/access/audit-log.ts';
import { knownPseudonymKey } from '../report/access/private-file.ts';
import { pseudonym } from '../report/access/pseudonym.ts';
import { harmless, harmlessJson } from '../report/harmless.ts';
import { pointInTime } from '../report/since.ts';

interface AuditOptions {
  readonly since?: number;
  readonly who?: string;
  readonly call?: string;
  readonly number?: string;
  readonly limit: number;
  readonly json?: true;
}

/** `gatehouse audit`: who saw whole numbers, signed in or changed something; the newest last. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('show who looked at whole numbers, signed in, or changed something')
    .option('--since <when>', 'from then on: so long ago (30m, 24h, 7d), or a date and time', since)
    .option('--who <name>', 'of one person or token')
    .option('--call <id>', 'looks at one call')
    .option('--number <number>', 'looks at one number, E.164 with its plus')
    .option('--limit <lines>', 'the latest so many', limit, 100)
    .option('--json', 'a JSON object a line')
    .action(async (options: AuditOptions, command: Command) => {
      const dataDir = process.env.GATEHOUSE_DATA || '/var/lib/gatehouse';
      try {
        const found = await new AuditLog(dataDir).read(options.limit, wanted(options, dataDir));
        for (const entry of found.reverse()) console.log(options.json ? harmlessJson(entry) : inWords(entry));
      } catch (error) {
        const { code = 'unknown', message } = error as NodeJS.ErrnoException;
        const remedy = 'run this as the user that Gatehouse runs as (or root), with the same GATEHOUSE_DATA';
        command.error(`error: ${message}\n  remedy: ${remedy}`, { exitCode: 1, code });
      }
    });
}

function wanted(options: AuditOptions, dataDir: string): (entry: AuditEntry) => boolean {
  const { since: from, who, call, number } = options;
  const key = number === undefined ? null : knownPseudonymKey(dataDir);
  const name = number === undefined || key === null ? null : pseudonym(key, number);
  return (entry) =>
    (from === undefined || Date.parse(entry.time) >= from) &&
    (who === undefined || entry.who === who || entry.subject === who) &&
    (call === undefined || (entry.calls ?? []).includes(call)) &&
    (number === undefined || (entry.numbers ?? []).some((seen) => seen === name));
}

function inWords({
  time,
  event,
  who,
  subject,
  role,
  address,
  route,
  calls,
  count,
  detail,
}: AuditEntry): string {
  const at = DateTime.fromISO(time).toFormat('yyyy-MM-dd HH:mm:ss');
  const parts = [
    at,
    event.padEnd(14),
    `${inOne(who)}${subject === undefined ? '' : ` [${inOne(subject)}]`}${role === null ? '' : ` (${role})`}`,
    address ?? 'here',
    route,
    count === undefined ? '' : `${count} ${count === 1 ? 'number' : 'numbers'}`,
    calls === undefined || calls.length === 0
      ? ''
      : `calls ${calls.slice(0, 3).join(' ')}${calls.length > 3 ? ' …' : ''}`,
    inOne(detail ?? ''),
  ];
  return harmless(parts.filter((part) => part !== '').join('  '));
}

/** Two blanks part the columns; what somebody calls himself makes none. */
function inOne(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function since(text: string): number {
  const at = pointInTime(text, Date.now());
  if (at === null) throw new InvalidArgumentError('Write 30m, 24h, 7d or 2026-03-01T08:00.');
  return at;
}

function limit(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Write a whole number from 1 to 999999.');
  return Number(text);
}
