import fc from 'fast-check';
import { type CallFacts, everyCalendar, type Verification } from '../../../src/call/facts.ts';
import { noNumberReasons } from '../../../src/call/vocabulary.ts';
import { standardWindows } from '../../../src/call/windows.ts';
import type { NumberPattern } from '../../../src/numbers/number-pattern.ts';
import { logicOf } from '../../../src/policy/logic/formula.ts';
import { type Variable, verificationStates } from '../../../src/policy/logic/logic.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { ListedNumbers } from '../../../src/policy/proof/listed-numbers.ts';
import { variablesOf } from '../../../src/policy/proof/theory.ts';
import { now } from './compared.ts';

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

/** Calls by lot, from what both policies ask: their numbers, names, thresholds, hours and dates, and next to them. */
export class RandomCalls {
  readonly #draw: () => number;
  readonly #numbers: string[] = ['911', '24273'];
  readonly #called: (string | null)[] = [null, '+13175550100', '+13175550105'];
  readonly #names: string[] = ['', 'Jo Caller'];
  readonly #trunks: string[] = ['carrier', 'lab'];
  readonly #minutes: number[] = [0, 720];
  readonly #ends: number[] = [];
  readonly #counts: number[] = [0, 0, 0];
  readonly #calendars: string[];
  readonly #windows: number[];

  constructor(policies: readonly Policy[], seed: number) {
    this.#draw = seeded(seed);
    this.#windows = [...new Set(policies.flatMap(({ windows }) => windows))];
    this.#calendars = [everyCalendar, ...policies.flatMap(({ calendars }) => [...calendars.keys()])];
    for (const { rules, lists, settings, trunks } of policies) {
      for (const { formula, expiresAt } of rules) {
        if (expiresAt !== null) this.#ends.push(expiresAt);
        for (const variable of formula === null ? [] : variablesOf(logicOf(formula))) this.#know(variable);
      }
      for (const list of lists.values()) {
        const rows = new ListedNumbers(list);
        const listed = [...rows.sample(), ...rows.patterns().map(({ pattern }) => this.#within(pattern))];
        this.#numbers.push(...listed);
        this.#called.push(...listed);
      }
      for (const pattern of settings.ownPatterns) {
        this.#called.push(this.#within(pattern));
        this.#numbers.push(this.#within(pattern));
      }
      this.#trunks.push(...trunks.keys());
    }
  }

  #know(variable: Variable): void {
    switch (variable.about) {
      case 'caller-pattern':
        for (let i = 0; i < 6; i++) this.#numbers.push(this.#within(variable.pattern));
        break;
      case 'called-pattern':
        this.#called.push(this.#within(variable.pattern));
        break;
      case 'name':
        this.#names.push(
          ...(variable.how === 'matches'
            ? fc.sample(fc.stringMatching(new RegExp(variable.text)), 40)
            : [variable.text, `The ${variable.text}.`]),
        );
        break;
      case 'trunk':
        this.#trunks.push(variable.name);
        break;
      case 'time':
        this.#minutes.push(...variable.boundaries);
        break;
      case 'count':
      case 'flags':
        this.#counts.push(variable.over, variable.over + 1);
        break;
      default:
    }
  }

  next(): CallFacts {
    const caller = this.#caller();
    const hasNumber = caller.number !== null;
    const at = this.#time();
    return {
      ...{ callId: 'random', linkedId: 'random', sipCallId: '', now: at, caller },
      called: this.#calledNumber(caller.number),
      trunk: this.#one(this.#trunks),
      verification: this.#verification(),
      history: this.#chance(0.05) ? null : this.#history(hasNumber, at),
      noHistoryReason: null,
      ...(!this.#chance(0.1) && { site: this.#chance(0.8) ? {} : { closed: [this.#one(this.#calendars)] } }),
    };
  }

  #caller(): CallFacts['caller'] {
    const displayName = this.#one(this.#names);
    if (this.#chance(0.15)) {
      const reason = this.#one(noNumberReasons.words);
      return { number: null, reason, raw: reason === 'short-code' ? '211' : '', displayName };
    }
    const number = this.#chance(0.5) ? this.#one(this.#numbers) : this.#stranger();
    if (!number.startsWith('+')) return { number: null, reason: 'short-code', raw: number, displayName };
    return { number, reason: null, raw: number, displayName };
  }

  #stranger(): string {
    const digits = (count: number) =>
      Array.from({ length: count }, () => Math.floor(this.#draw() * 10)).join('');
    return this.#one([
      `+1202${digits(7)}`,
      `+1317555${digits(4)}`,
      `+1${digits(10)}`,
      `+44${digits(10)}`,
      `+49${digits(9)}`,
    ]);
  }

  #calledNumber(caller: string | null): CallFacts['called'] {
    const number = this.#chance(0.03) ? caller : this.#one(this.#called);
    return number?.startsWith('+') ? { number, raw: number } : { number: null, raw: '4100' };
  }

  #time(): number {
    const end = this.#ends[0];
    if (end !== undefined && this.#chance(0.3))
      return this.#one(this.#ends) + Math.floor((this.#draw() - 0.5) * 200 * dayMs);
    if (this.#chance(0.2)) return now;
    const day = Math.floor(now / dayMs) + Math.floor(this.#draw() * 500);
    const minute = this.#one(this.#minutes) + 300 + Math.floor((this.#draw() - 0.5) * 60);
    return day * dayMs + minute * minuteMs;
  }

  #verification(): Verification {
    const [result, attestation = null] = this.#one(verificationStates).split('-') as [
      Verification['result'],
      Verification['attestation']?,
    ];
    return { result, attestation, signer: null, origid: null, source: null };
  }

  #history(hasNumber: boolean, at: number): CallFacts['history'] {
    const counts = () =>
      this.#chance(0.05) ? null : [...standardWindows, ...this.#windows].map(() => this.#one(this.#counts));
    const ofNumber = <T>(value: T): T | null => (hasNumber ? value : null);
    const until = () => (this.#chance(0.2) ? at + dayMs : null);
    return {
      ...(this.#windows.length > 0 && { moreWindows: this.#windows }),
      passUntil: until(),
      dialedUntil: until(),
      expected: this.#chance(0.1) ? { until: at + dayMs, called: null, why: '' } : null,
      calls: ofNumber(counts()),
      failedChallenges: ofNumber(counts()),
      calledNumbers: ofNumber(counts()),
      exchangeCalls: ofNumber(counts()),
      signerCalls: counts(),
      calledNumberCalls: counts(),
      boardCalls: counts(),
      unknownCalledNumberCalls: counts(),
      unknownBoardCalls: counts(),
      flags: ofNumber({ scam: this.#one(this.#counts), sales: this.#one(this.#counts) }),
      optedOut: ofNumber(this.#chance(0.1)),
      campaign: this.#chance(0.1) ? 'c1' : null,
    };
  }

  #within(pattern: NumberPattern): string {
    if (pattern.kind === 'exact') return pattern.number;
    if (pattern.kind === 'prefix') {
      let number = this.#chance(0.8) ? pattern.prefix : pattern.prefix.slice(0, -1);
      while (number.length < 12) number += Math.floor(this.#draw() * 10);
      return number;
    }
    const [from, to] = [Number(pattern.from), Number(pattern.to)];
    return `+${from - 1 + Math.floor(this.#draw() * (to - from + 3))}`;
  }

  #one<T>(values: readonly T[]): T {
    return values[Math.floor(this.#draw() * values.length)] as T;
  }

  #chance(of: number): boolean {
    return this.#draw() < of;
  }
}

/** mulberry32 */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
