import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type CallSource, callsOfRedis } from '../../backtest/call-source.ts';
import { runBacktest } from '../../backtest/run-backtest.ts';
import { RedisOutcomeLines } from '../../call-store/outcome-lines.ts';
import { FeedStore } from '../../lists/feeds/feed-store.ts';
import { ListLibrary } from '../../lists/list-library.ts';
import { silentLog } from '../../log/log.ts';
import { comparePolicies } from '../../policy/diff/compare-policies.ts';
import { type ComparedPolicy, comparedPolicy } from '../../policy/diff/compared-policy.ts';
import { isSame, type PolicyDiff } from '../../policy/diff/policy-diff.ts';
import type { Place } from '../../policy/problem.ts';
import type { ChangedCalls, RecordedFlips } from '../../policy/rule-change.ts';
import { maskNumbersIn } from '../../privacy/mask-number.ts';
import { trustAuthorities } from '../../process/trusted-authorities.ts';
import { connectRedis, redisReady } from '../../redis/redis-connection.ts';
import { compileRead, holidaysOf, readRules } from '../../rules/read-rules.ts';
import { visibleText } from '../../text/visible-text.ts';
import { type CompareTask, maxWords } from './compare-messages.ts';

const [dayMs, weekMs] = [86_400_000, 7 * 86_400_000];
const maxKinds = 60;
const maxGroups = 30;
const maxOthers = 100;
/** Recorded calls: so many entries of a week, else those of a day; so long, so much. */
const manyEntries = 40_000;
const backtestMs = 40_000;
const backtestBytes = 96 * 1024 * 1024;

/** Folders of two accepted policies. */
type AcceptedPair = NonNullable<CompareTask['policies']>;

/** Kinds of call whose fate changes. Rejects when one of the policies is refused now. */
export async function changedCalls(task: CompareTask, pair: AcceptedPair): Promise<ChangedCalls> {
  const before = await compared(pair.before, task.lists);
  const after = await compared(pair.after, task.lists);
  const end = performance.now() + task.provingSeconds * 1000;
  const options = { now: Date.now(), isLate: () => performance.now() > end };
  return told(comparePolicies(before, after, options));
}

/** The rules of an accepted policy with its own lists and feeds. */
async function compared(folder: string, lists: string): Promise<ComparedPolicy> {
  const read = await readRules(join(folder, 'rules'));
  if (read.region === null) throw new Error('the rules cannot be read');
  const library = new ListLibrary({ dir: lists, serving: false });
  const feeds = { from: new FeedStore(join(folder, 'feeds')) };
  const ready = await library.open(read.lists, read.region, read.dir, read.from, feeds);
  // A case that fails because of the date decides nothing.
  const found = comparedPolicy(await compileRead(read, ready, { wasAccepted: true }), await holidaysOf(read));
  if (found === null) throw new Error('the rules were accepted, and are refused now');
  return found;
}

function told(diff: PolicyDiff): ChangedCalls {
  const { fates, unproven, notLookedAt, lists, monitor, heard } = diff;
  const side = ({ rule, place }: { rule: string; place: Place }) => ({
    rule,
    place: { file: place.file.replace(/^.*\/rules\//, ''), line: place.line },
  });
  const short = (text: string) => visibleText(text, 'replace', maxWords);
  return {
    same: isSame(diff),
    kinds: fates.slice(0, maxKinds).map(({ before, after, example }) => ({
      before: { ...side(before), fate: short(before.fate) },
      after: { ...side(after), fate: short(after.fate) },
      words: short(maskNumbersIn(example.words)),
      today: example.supposes.length === 0,
    })),
    kindsInAll: fates.length,
    unproven: unproven
      .slice(0, maxKinds)
      .map(({ before, after, why }) => ({ before: before.rule, after: after.rule, why })),
    unprovenInAll: unproven.length + notLookedAt,
    lists: lists.slice(0, maxOthers).map(({ examples: _, namesNotCompared: __, ...one }) => one),
    monitor: monitor.slice(0, maxOthers).map(({ rule, change }) => ({ rule, change })),
    heard: heard.slice(0, maxOthers).map((one) => ({
      ...{ of: one.of, name: short(one.name) },
      ...{ before: one.before && short(one.before), after: one.after && short(one.after) },
    })),
  };
}

/** Recorded calls whose fate changes. Rejects without Redis. */
export async function recordedFlips(
  { redisUrl, lists }: CompareTask,
  { before, after }: AcceptedPair,
): Promise<RecordedFlips> {
  trustAuthorities();
  const redis = connectRedis(redisUrl, silentLog, { name: 'gatehouse-rule-changes' });
  try {
    await redisReady(redis, 5000);
    const until = Date.now();
    const entries = await new RedisOutcomeLines(redis, until - weekMs, until).countEntries();
    const since = until - (entries > manyEntries ? dayMs : weekMs);
    const all = await callsOfRedis(new RedisOutcomeLines(redis, since, until));
    const source = new BoundedCalls(all);
    const between = { since, until };
    const [rules, against] = [join(after, 'rules'), join(before, 'rules')];
    const { tally } = await runBacktest({ rules, against, lists, source, between, threads: 0 });
    const groups = [...tally.groups.values()].sort((a, b) => b.harmed - a.harmed || b.calls - a.calls);
    return {
      ...{ since, compared: tally.compared, changed: tally.flips, harmed: tally.harmed },
      groups: groups.slice(0, maxGroups).map(({ from, to, calls }) => ({
        from: { rule: from.rule, fate: from.fate },
        to: { rule: to.rule, fate: to.fate },
        calls,
      })),
      isWhole: source.isWhole,
    };
  } finally {
    redis.disconnect();
  }
}

/** Ends early, so that every change is looked at. */
class BoundedCalls implements CallSource {
  readonly #source: CallSource;
  isWhole = true;

  constructor(source: CallSource) {
    this.#source = source;
  }

  get total(): number | null {
    return this.#source.total;
  }

  async *chunks(progress: (done: number) => void): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const end = performance.now() + backtestMs;
    let bytes = 0;
    for await (const chunk of this.#source.chunks(progress)) {
      yield chunk;
      bytes += chunk.length;
      if (bytes < backtestBytes && performance.now() < end) continue;
      this.isWhole = false;
      return;
    }
  }
}
