import type { Outcome } from '../screening/outcome.ts';
import { columnBytes, markPlace, markWord } from './call-columns.ts';
import { hoursOfDay } from './call-counts.ts';
import { fateOf, mostFates } from './call-fates.ts';
import { DigestFates } from './digest-fates.ts';
import type { MonitoredHours } from './monitored-hours.ts';
import type { ShardKeys } from './redis-keys.ts';
import type { ShardWords } from './shard-words.ts';
import { oneOf, type SummaryTally } from './summary-tally.ts';

const hourMs = 3_600_000;
/** Some milliseconds of work; then whoever else wants the process is let in. */
const rowsAtOnce = 10_000;
const digestsAtOnce = 500;
const bypass = markPlace('bypass');
const verdict = markPlace('verdict');
const shiftOfBypass = (reason: number) => reason << bypass.shift;

/** One day's shard as it was read; all columns have as many rows. */
export interface ShardRead {
  readonly shard: ShardKeys;
  readonly times: Buffer;
  readonly marks: Buffer;
  readonly rules: Buffer;
  readonly called: Buffer;
  readonly ruleWords: ShardWords;
  readonly calledWords: ShardWords;
  readonly monitored: MonitoredHours;
}

/** A call of which the columns do not tell everything. */
export interface UntoldCall {
  readonly shard: ShardKeys;
  readonly id: string;
  /** Adds what is missing. Null: the record cannot be read. */
  readonly tell: (outcome: Outcome | null) => void;
}

/** Counts the calls of one day's shard that arrived in a range. `pause` lets others have their turn. */
export class ShardTally {
  readonly #read: ShardRead;
  readonly #from: number;
  readonly #to: number;
  readonly #pause: () => Promise<void>;
  readonly #rules = new DigestFates();
  readonly #called = new DigestFates();
  readonly #hours = new Uint32Array(hoursOfDay * mostFates);
  /** Calls of each hour of the day, in the range or not, and those in the range. */
  readonly #hourRows = new Uint32Array(hoursOfDay);
  readonly #hourCalls = new Uint32Array(hoursOfDay);
  readonly #bypasses = new Uint32Array(bypass.mask + 1);
  readonly #untoldRules = new Set<number>();
  readonly #untoldCalled = new Set<number>();
  readonly #untoldHours = new Set<number>();

  constructor(
    read: ShardRead,
    { since, until }: { readonly since: number; readonly until: number },
    pause: () => Promise<void>,
  ) {
    this.#read = read;
    this.#from = since - read.shard.day;
    this.#to = until - read.shard.day;
    this.#pause = pause;
  }

  /** False: a column was lost and begun anew, so that the columns tell less than there is. */
  async count(): Promise<boolean> {
    const { times, marks, rules, called } = this.#read;
    const rows = times.length / columnBytes.times;
    for (let number = 0; number < rows; number++) {
      if (number % rowsAtOnce === rowsAtOnce - 1) await this.#pause();
      const ms = times.readUInt32BE(number * columnBytes.times);
      const mark = marks.readUIntBE(number * columnBytes.marks, columnBytes.marks);
      const fate = fateOf(mark);
      const rule = rules.readUInt16BE(number * columnBytes.rules);
      if (isGap(ms, mark, rule)) return false;
      const hour = Math.floor(ms / hourMs);
      const isIn = ms >= this.#from && ms < this.#to;
      inc(this.#hourRows, hour);
      this.#rules.add(rule, isIn ? fate : 0);
      this.#called.add(called.readUInt16BE(number * columnBytes.called), isIn ? fate : 0);
      if (!isIn) continue;
      inc(this.#hourCalls, hour);
      inc(this.#hours, hour * mostFates + fate);
      if (markWord(mark, 'where') === 'bypassed') inc(this.#bypasses, (mark >> bypass.shift) & bypass.mask);
    }
    return true;
  }

  /** Adds what the columns and counts tell, and remembers what they do not. */
  async addTo(tally: SummaryTally): Promise<void> {
    const { shard, ruleWords, calledWords, monitored } = this.#read;
    let looked = 0;
    for (const { digest, rows, fates } of this.#rules.entries()) {
      if (++looked % digestsAtOnce === 0) await this.#pause();
      const rule = ruleWords.wordOf(digest, rows);
      if (rule === undefined) this.#untoldRules.add(digest);
      else tally.addRule(rule, fates);
    }
    for (const { digest, rows, fates } of this.#called.entries()) {
      if (++looked % digestsAtOnce === 0) await this.#pause();
      const called = calledWords.wordOf(digest, rows);
      if (called === undefined) this.#untoldCalled.add(digest);
      else tally.addCalled(called, fates);
    }
    for (const [number, calls] of this.#bypasses.entries()) {
      const reason = markWord(shiftOfBypass(number), 'bypass');
      if (calls > 0 && reason !== null) tally.addBypasses(reason, calls);
    }
    for (let hour = 0; hour < hoursOfDay; hour++) {
      const calls = this.#hourCalls[hour] ?? 0;
      if (calls === 0) continue;
      const fates = this.#hours.subarray(hour * mostFates, (hour + 1) * mostFates);
      tally.addHour(shard.day + hour * hourMs, fates);
      const found = monitored.in(hour);
      // Counts are of whole hours.
      if (found === null || (found.length > 0 && calls !== this.#hourRows[hour])) this.#untoldHours.add(hour);
      else for (const { rule, kind, calls: those } of found) tally.addMonitored(rule, kind, those);
    }
  }

  /** After `addTo`: the calls whose records are wanted for the rest, so many at a time. */
  async *untold(tally: SummaryTally, atOnce: number): AsyncGenerator<UntoldCall[]> {
    const noReason = this.#bypasses.some(
      (calls, number) => calls > 0 && markWord(shiftOfBypass(number), 'bypass') === null,
    );
    if (!noReason && !this.#untoldRules.size && !this.#untoldCalled.size && !this.#untoldHours.size) return;
    const { shard, times, marks, rules, called } = this.#read;
    const rows = times.length / columnBytes.times;
    let some: UntoldCall[] = [];
    let latest = 0;
    for (let number = 0; number < rows; number++) {
      if (number % rowsAtOnce === rowsAtOnce - 1) await this.#pause();
      const ms = times.readUInt32BE(number * columnBytes.times);
      latest = Math.max(latest, ms);
      if (ms < this.#from || ms >= this.#to) continue;
      const mark = marks.readUIntBE(number * columnBytes.marks, columnBytes.marks);
      const rule = rules.readUInt16BE(number * columnBytes.rules);
      const to = called.readUInt16BE(number * columnBytes.called);
      const tellRule = this.#untoldRules.has(rule);
      const tellCalled = this.#untoldCalled.has(to);
      const tellMonitored = this.#untoldHours.has(Math.floor(ms / hourMs)) && isDecided(mark);
      const tellBypass =
        noReason && markWord(mark, 'where') === 'bypassed' && markWord(mark, 'bypass') === null;
      if (!tellRule && !tellCalled && !tellMonitored && !tellBypass) continue;
      const fates = oneOf(fateOf(mark));
      const tell = (outcome: Outcome | null) => {
        const { ruleWords, calledWords } = this.#read;
        if (tellRule) tally.addRule(outcome === null ? ruleWords.likeliest(rule) : ruleOf(outcome), fates);
        if (tellCalled)
          tally.addCalled(outcome === null ? calledWords.likeliest(to) : outcome.facts.called.number, fates);
        if (outcome === null) return;
        if (tellMonitored) tally.addMonitoredOf(outcome);
        if (tellBypass && outcome.bypass !== null) tally.addBypasses(outcome.bypass.reason, 1);
      };
      some.push({ shard, id: `${shard.day + latest}-${number}`, tell });
      if (some.length < atOnce) continue;
      yield some;
      some = [];
    }
    if (some.length > 0) yield some;
  }
}

/** A row behind which there is no call: who was decided has a rule; who arrives in a day's first millisecond is not believed. */
function isGap(ms: number, mark: number, rule: number): boolean {
  return ms === 0 || fateOf(mark) === 0 || (rule === 0 && isDecided(mark));
}

function ruleOf({ decision }: Outcome): string | null {
  return decision?.rule ?? null;
}

/** Without a decision nothing was monitored. */
function isDecided(mark: number): boolean {
  return ((mark >> verdict.shift) & verdict.mask) === 0 || markWord(mark, 'verdict') !== 'none';
}

function inc(counts: Uint32Array, at: number): void {
  counts[at] = (counts[at] ?? 0) + 1;
}
