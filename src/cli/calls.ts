import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { callCsv, callCsvHead, callLine, callLineHead } from '../report/call-lines.ts';
import type { CallFilter, CallRecord, CallRecords } from '../report/call-records.ts';
import { csvLine } from '../report/csv.ts';
import { harmlessJson } from '../report/harmless.ts';
import { shownRecord } from '../report/shown-record.ts';
import {
  amount,
  guarded,
  PrintedNumbers,
  type RangeOptions,
  timeRange,
  withRangeOptions,
  withRecords,
  withRedisOption,
} from './records-command.ts';

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
/** A call is recorded when it leaves: up to the watchdog's 60 s after it arrived, and the way to Redis. */
const followWindowMs = 180_000;
const followRestMs = 1_000;

/** `gatehouse calls`: the calls that match, the newest last; `--follow` goes on with those that come. */
export function callsCommand(): Command {
  const command = new Command('calls').description('list calls, the newest last');
  withRangeOptions(command, '24h')
    .option('--caller <number>', 'of one caller, E.164 with its plus', e164)
    .option('--called <number>', 'to one number of ours, E.164 with its plus', e164)
    .option('--rule <id>', 'decided by this rule')
    .addOption(
      new Option('--verdict <kind>', 'what was decided').choices([
        'connect',
        'challenge',
        'voicemail',
        'reject',
        'none',
      ]),
    )
    .addOption(
      new Option('--where <place>', 'where they went').choices([
        'connected',
        'voicemail',
        'rejected',
        'abandoned',
        'bypassed',
        'unaccounted',
      ]),
    )
    .addOption(
      new Option('--challenge <result>', 'how the challenge ended').choices([
        'passed',
        'failed',
        'silent',
        'gave-up',
      ]),
    )
    .addOption(
      new Option('--verification <result>', 'of the signature').choices(['passed', 'failed', 'none']),
    )
    .addOption(new Option('--attestation <letter>', 'of the signature').choices(['A', 'B', 'C']))
    .option('--signer <name>', 'who signed')
    .option('--campaign <id>', 'of one campaign')
    .option('--bypass <reason>', 'went round the screener for this reason')
    .option('--limit <calls>', `the newest so many (${defaultLimit}; with --follow 10)`, amount)
    .option('-f, --follow', 'go on with the calls that come, until Ctrl-C')
    .addOption(new Option('--json', 'a JSON object a line').conflicts('csv'))
    .option('--csv', 'for spreadsheets; numbers as tel:+…, nothing in it is run')
    .option('--show-numbers', 'do not mask numbers; the look is noted in the audit log');
  return withRedisOption(command).action((options: CallsOptions, self: Command) =>
    guarded(self, () =>
      withRecords(options.redis, async ({ records }) => {
        const printer = new Printer(options);
        const seen = new Map<string, number>();
        // What is there already, but beyond the limit, is not new.
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
    process.stderr.write(`the newest ${found.length}; --limit shows more, --until those before\n`);
  return found;
}

/** Asks again and again, less often when Redis has much to read; goes on when Redis was away. */
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
    await sleep(Math.max(followRestMs, 4 * (Date.now() - began)));
  }
}

/** Calls that may be recorded only now. */
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

function wanted(options: CallsOptions): Wanted {
  const { caller, called, rule, verdict, where, challenge } = options;
  const { verification, attestation, signer, campaign, bypass } = options;
  const all = {
    caller,
    called,
    rule,
    verdict,
    where,
    challenge,
    verification,
    attestation,
    signer,
    campaign,
    bypass,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
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
    if (this.#options.json) return `${harmlessJson(shownRecord(record, view))}\n`;
    return this.#options.csv ? csvLine(callCsv(record, view)) : `${callLine(record, view)}\n`;
  }
}

function e164(text: string): string {
  const bare = text.replace(/[\s().-]/g, '');
  if (!/^\+\d{4,15}$/.test(bare)) throw new InvalidArgumentError('Write it as +13175550123.');
  return bare;
}
