import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { DateTime } from 'luxon';
import {
  type CallFilter,
  type FilterFieldName,
  filterFieldNames,
  filterFields,
  hourOfFilter,
  noValue,
} from '../call/call-filter.ts';
import type { CallPage, CallRecord, CallRecords } from '../call/call-records.ts';
import type { NameOf } from '../call/called-name.ts';
import { isShortCodeText } from '../call/facts.ts';
import { count as number } from '../call/sentences.ts';
import { callCsv, callCsvHead } from '../privacy/call-csv.ts';
import { CallLines } from '../terminal/call-lines.ts';
import { hiddenWords } from '../terminal/fitted-table.ts';
import { screenOf, tell, wrapped } from '../terminal/screen.ts';
import { csvLine } from '../text/csv-lines.ts';
import { visibleJson } from '../text/visible-text.ts';
import { callFields, jsonOf } from './command/call-fields.ts';
import { calledNames } from './command/called-names.ts';
import { type JsonFields, JsonOption } from './command/json-option.ts';
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
  readonly json?: JsonFields;
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
    .option(
      '--limit <calls>',
      `maximum calls, the newest (default: ${defaultLimit}, with --follow 10; all with --csv and --json)`,
      count,
    )
    .option('-f, --follow', 'print new calls as they come, until Ctrl-C')
    .addOption(new JsonOption('one JSON object per line, whole records', callFields).conflicts('csv'))
    .option('--csv', spreadsheet)
    .option('--show-numbers', showsNumbers);
  return withRedisOption(command).action((options: CallsOptions, self: Command) =>
    run(self, () =>
      withRecords(options.redis, async ({ records, siteLines }) => {
        const asked = await withNumbers(options);
        if (!options.json && !options.csv)
          for (const line of await siteLines()) await print(`${wrapped(line)}\n`);
        const printer = new Printer(asked, await calledNames());
        const seen = new Map<string, number>();
        // Calls beyond the limit are not new.
        if (options.follow) await unseen(records, lately(asked, Date.now()), seen);
        if ((options.csv || options.json) && !options.follow && options.limit === undefined)
          return listAll(records, asked, printer);
        const listed = await listCalls(records, asked, printer);
        for (const { outcome } of listed) seen.set(outcome.callId, outcome.facts.now);
        if (options.follow) await followCalls(records, asked, printer, seen);
      }),
    ),
  );
}

/** Every call, page by page. */
async function listAll(records: CallRecords, options: CallsOptions, printer: Printer): Promise<void> {
  const filter = { ...wanted(options), ...timeRange(options) };
  let cursor: string | null = null;
  do {
    const { calls, next }: CallPage = await records.page(filter, cursor, pageSize, 'oldest');
    await printer.calls(calls);
    cursor = next;
  } while (cursor !== null);
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
  await printer.calls(found.reverse());
  if (cursor !== null && !options.follow) {
    // Each call has one, be it none.
    const counted = await records.counts('attestation', filter);
    const all = counted.reduce((sum, { calls }) => sum + calls, 0);
    tell(`and ${number(all - found.length)} more before these (--limit, or --csv for all)`);
  }
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
      `${about}, in any format${name === 'caller' ? ', or a short code' : ''}`,
    );
  if (name === 'hour') return new Option('--hour <hour>', about).argParser(weekHour);
  if (asks === 'text') return new Option(`--${name} <text>`, about);
  return new Option(`--${name} <word>`, about).choices(asks.words);
}

function wanted(options: CallsOptions): Wanted {
  const given = filterFieldNames.map((name) => [name, options[optionKey(name)]] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** As commander names the value of an option. */
function optionKey(name: FilterFieldName): keyof CallsOptions {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()) as keyof CallsOptions;
}

/** The options with numbers in any writing as E.164. @throws CommandError `number` */
async function withNumbers(options: CallsOptions): Promise<CallsOptions> {
  const { caller, called } = options;
  return {
    ...options,
    ...(caller !== undefined && { caller: await askedNumber(caller, isShortCodeText) }),
    ...(called !== undefined && { called: await askedNumber(called, (text) => text === noValue) }),
  };
}

class Printer {
  readonly #options: CallsOptions;
  readonly #numbers: PrintedNumbers;
  readonly #nameOf: NameOf;
  #isBegun = false;
  /** Made for the first calls. */
  #lines: CallLines | null = null;

  constructor(options: CallsOptions, nameOf: NameOf) {
    this.#options = options;
    this.#nameOf = nameOf;
    this.#numbers = new PrintedNumbers(options.showNumbers ?? false, 'calls');
  }

  async calls(records: readonly CallRecord[]): Promise<void> {
    const { json, csv } = this.#options;
    const { view } = this.#numbers;
    const isFirst = !this.#isBegun;
    this.#isBegun = true;
    if (csv)
      return this.#print(isFirst ? csvLine(callCsvHead) : '', records, (one) =>
        csvLine(callCsv(one, view, this.#nameOf)),
      );
    if (json)
      return this.#print('', records, (one) => `${visibleJson(jsonOf(one, json, view, this.#nameOf))}\n`);
    const screen = screenOf();
    this.#lines ??= new CallLines(records, view, screen, {
      isOpen: this.#options.follow === true,
      nameOf: this.#nameOf,
    });
    const { head, hidden } = this.#lines;
    await this.#print(isFirst ? `${head}\n` : '', records, (one) => `${this.#lines?.line(one)}\n`);
    if (isFirst && hidden.length > 0) tell(hiddenWords(hidden));
  }

  async #print(
    head: string,
    records: readonly CallRecord[],
    line: (record: CallRecord) => string,
  ): Promise<void> {
    const text = `${head}${records.map(line).join('')}`;
    if (text !== '') await this.#numbers.print(text);
  }
}

/** E.164, or what `isOther` takes as it is. The rules, which say how national numbers are read, are loaded only for one. */
async function askedNumber(text: string, isOther: (text: string) => boolean): Promise<string> {
  const other = text.trim().replace(/^short: ?/i, '');
  if (isOther(other)) return other;
  const bare = text.replace(/[\s().-]/g, '');
  if (/^\+\d{4,15}$/.test(bare)) return bare;
  const { wantedNumber } = await import('./command/wanted-number.ts');
  return wantedNumber(text, undefined);
}

function weekHour(text: string): string {
  const hour = hourOfFilter(text, DateTime.local().zoneName);
  if (hour === null) throw new InvalidArgumentError('Write a day and an hour as mon-09.');
  return hour;
}
