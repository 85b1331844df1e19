import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  type CallFilter,
  type FilterFieldName,
  filterFieldNames,
  filterFields,
} from '../call/call-filter.ts';
import type { CallRecord, CallRecords } from '../call/call-records.ts';
import { isShortCodeText } from '../call/facts.ts';
import { shownRecord } from '../privacy/shown-record.ts';
import { callCsv, callCsvHead, callLine, callLineHead } from '../terminal/call-lines.ts';
import { csvLine } from '../terminal/csv-lines.ts';
import { visibleJson } from '../text/visible-text.ts';
import {
  count,
  type RangeOptions,
  showsNumbers,
  spreadsheet,
  timeRange,
  withRangeOptions,
  withRedisOption,
} from './command/options.ts';
import { PrintedNumbers } from './command/printed-numbers.ts';
import { withRecords } from './command/redis.ts';
import { print, run } from './command/run.ts';

type Wanted = Omit<CallFilter, 'since' | 'until'>;

interface CallsOptions extends RangeOptions, Wanted {
  readonly limit?: number;
  readonly follow?: true;
  readonly json?: true;
  readonly csv?: true;
  readonly showNumbers?: true;
  readonly redis?: string;
}

const pageSize = 500;
const defaultLimit = 50;
/** A call is recorded when it leaves: up to the watchdog's 60 s after it arrived, plus the time until it is in Redis. */
const followWindowMs = 180_000;
const followPauseMs = 1_000;

/** `gatehouse calls`: the calls that match, the newest last; `--follow` adds new ones as they come. */
export function callsCommand(): Command {
  const command = new Command('calls').description('list calls, the newest last');
  withRangeOptions(command, '24h');
  for (const name of filterFieldNames) command.addOption(filterOption(name));
  command
    .option('--limit <calls>', `maximum calls, the newest (${defaultLimit}; with --follow 10)`, count)
    .option('-f, --follow', 'print new calls as they come, until Ctrl-C')
    .addOption(new Option('--json', 'one JSON object per line').conflicts('csv'))
    .option('--csv', spreadsheet)
    .option('--show-numbers', showsNumbers);
  return withRedisOption(command).action((options: CallsOptions, self: Command) =>
    run(self, () =>
      withRecords(options.redis, async ({ records, siteLines }) => {
        if (!options.json && !options.csv) for (const line of await siteLines()) await print(`${line}\n`);
        const printer = new Printer(options);
        const seen = new Map<string, number>();
        // Calls beyond the limit are not new.
        if (options.follow) await unseen(records, lately(options, Date.now()), seen);
        const listed = await listCalls(records, options, printer);
        for (const { outcome } of listed) seen.set(outcome.callId, outcome.facts.now);
        if (options.follow) await followCalls(records, options, printer, seen);
      }),
    ),
  );
}

async function listCalls(
  records: CallRecords,
  options: CallsOptions,
  printer: Printer,
): Promise<readonly CallRecord[]> {
  const filter = { ...wanted(options), ...timeRange(options) };
  const limit = options.limit ?? (options.follow ? 10 : defaultLimit);
  const found: CallRecord[] = [];
  let cursor: string | null = null;
  do {
    const { calls, next } = await records.page(filter, cursor, Math.min(pageSize, limit - found.length));
    found.push(...calls);
    cursor = next;
  } while (cursor !== null && found.length < limit);
  await printer.head();
  await printer.calls(found.reverse());
  if (cursor !== null && !options.follow)
    process.stderr.write(
      `showing the newest ${found.length}; use --limit for more, --until for earlier ones\n`,
    );
  return found;
}

/** Polls, less often when Redis has much to read; waits while Redis is away. */
async function followCalls(
  records: CallRecords,
  options: CallsOptions,
  printer: Printer,
  seen: Map<string, number>,
): Promise<never> {
  let isAway = false;
  for (;;) {
    const began = Date.now();
    try {
      const filter = lately(options, began);
      const fresh = await unseen(records, filter, seen);
      if (isAway) process.stderr.write('Redis is back\n');
      isAway = false;
      await printer.calls(fresh);
      for (const [callId, at] of seen) if (at < filter.since) seen.delete(callId);
    } catch (error) {
      if ((error as { code?: unknown }).code === 'audit-log') throw error;
      if (!isAway) process.stderr.write('Redis is away; waiting\n');
      isAway = true;
    }
    await sleep(Math.max(followPauseMs, 4 * (Date.now() - began)));
  }
}

/** The range in which calls may still be recorded. */
function lately(options: CallsOptions, now: number): CallFilter {
  return { ...wanted(options), since: now - followWindowMs, until: now + followWindowMs };
}

/** Oldest first; marks them as seen. */
async function unseen(
  records: CallRecords,
  filter: CallFilter,
  seen: Map<string, number>,
): Promise<CallRecord[]> {
  const fresh: CallRecord[] = [];
  let cursor: string | null = null;
  do {
    const { calls, next } = await records.page(filter, cursor, pageSize);
    fresh.push(...calls.filter(({ outcome }) => !seen.has(outcome.callId)));
    cursor = next;
  } while (cursor !== null);
  for (const { outcome } of fresh) seen.set(outcome.callId, outcome.facts.now);
  return fresh.reverse();
}

function filterOption(name: FilterFieldName): Option {
  const { asks, about } = filterFields[name];
  if (asks === 'number')
    return new Option(
      `--${name} <number>`,
      `${about}, E.164 with its plus${name === 'caller' ? ', or a short code' : ''}`,
    ).argParser(name === 'caller' ? callerNumber : e164);
  if (asks === 'text') return new Option(`--${name} <text>`, about);
  return new Option(`--${name} <word>`, about).choices(asks.words);
}

function wanted(options: CallsOptions): Wanted {
  const given = filterFieldNames.filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, options[name]]));
}

class Printer {
  readonly #options: CallsOptions;
  readonly #numbers: PrintedNumbers;

  constructor(options: CallsOptions) {
    this.#options = options;
    this.#numbers = new PrintedNumbers(options.showNumbers ?? false, 'calls');
  }

  async head(): Promise<void> {
    const { json, csv } = this.#options;
    if (!json) await this.#numbers.print(csv ? csvLine(callCsvHead) : `${callLineHead()}\n`);
  }

  async calls(records: readonly CallRecord[]): Promise<void> {
    if (records.length > 0) await this.#numbers.print(records.map((one) => this.#line(one)).join(''));
  }

  #line(record: CallRecord): string {
    const { view } = this.#numbers;
    if (this.#options.json) return `${visibleJson(shownRecord(record, view))}\n`;
    return this.#options.csv ? csvLine(callCsv(record, view)) : `${callLine(record, view)}\n`;
  }
}

function callerNumber(text: string): string {
  const code = text.trim().replace(/^short: ?/i, '');
  return isShortCodeText(code) ? code : e164(text);
}

function e164(text: string): string {
  const bare = text.replace(/[\s().-]/g, '');
  if (!/^\+\d{4,15}$/.test(bare)) throw new InvalidArgumentError('Write it as +13175550123.');
  return bare;
}
