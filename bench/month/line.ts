import type { ChallengeOutcome } from '../../src/call/outcome.ts';
import type { Verdict } from '../../src/call/verdict.ts';
import { advanceFlow, askedOf, challengeOutcome, startFlow } from '../../src/screening/call-flow.ts';
import type { CallEnd } from '../../src/screening/call-record.ts';
import type { FlowCommand, FlowEvent, FlowState } from '../../src/screening/flow-step.ts';
import type { Dice } from './dice.ts';
import type { Manner, Odds } from './truth.ts';

/** Length of a prompt in ms, without digits that are read out. */
export type PromptLength = (prompt: string, language: string) => number;

export interface Ended {
  readonly challenge: ChallengeOutcome | null;
  readonly end: CallEnd;
  readonly answeredMs: number | null;
  readonly exitMs: number;
  /** The caller heard that our number was forged. */
  readonly wasTold: boolean;
}

/** What somebody does, so long after a prompt has begun. */
interface Act {
  readonly afterMs: number;
  readonly do: { readonly press: string } | 'hang-up' | 'sound';
}

const decidedMs = 4;
const answerMs = 35;
const digitsMs = 2_400;
const leadInMs = 300;
/** Of the shipped rules: "We did not call you. Our number was forged." */
const forgedPrompt = 'forged-number';

/**
 * Carries a verdict out with somebody of this manner at the other end: the screener's own flow, in time that is only reckoned. The same
 * dice give the same call.
 */
export function carryOut(verdict: Verdict, manner: Manner, dice: Dice, lengthOf: PromptLength): Ended {
  const line = new Line(verdict, manner, dice, lengthOf);
  return line.run();
}

class Line {
  readonly #dice: Dice;
  readonly #lengthOf: PromptLength;
  readonly #person: Person | null;
  readonly #manner: Manner;
  readonly #isHeard: boolean;
  readonly #leavesWhenTold: boolean;
  #state: FlowState;
  #events: FlowEvent[] = [];
  #sound: number | null = null;
  #prompts = 0;
  #wasTold = false;
  #answeredMs: number | null = null;
  #ended: Ended | null = null;
  readonly #first: readonly FlowCommand[];

  constructor(verdict: Verdict, manner: Manner, dice: Dice, lengthOf: PromptLength) {
    this.#dice = dice;
    this.#manner = manner;
    this.#lengthOf = lengthOf;
    this.#isHeard = manner.kind === 'tone' && dice.chance(manner.heard);
    this.#person =
      manner.kind === 'person' && verdict.kind === 'challenge' ? personOf(manner, verdict, dice) : null;
    this.#leavesWhenTold = manner.kind === 'person' && dice.chance(manner.leavesWhenTold ?? 0);
    const asked = verdict.kind === 'challenge' ? askedOf(verdict, () => dice.next()) : [];
    const start = { answered: false, asked, playbackPrefix: 'month', atMs: decidedMs };
    const { state, commands } = startFlow(verdict, start);
    this.#state = state;
    this.#first = commands;
  }

  run(): Ended {
    this.#obey(this.#first, decidedMs);
    while (this.#ended === null) {
      const event = this.#next();
      const { state, commands } = advanceFlow(this.#state, event);
      this.#state = state;
      this.#obey(commands, event.atMs);
    }
    return this.#ended;
  }

  /** The earliest; of those at one time the one that was there first. */
  #next(): FlowEvent {
    const first = this.#events.reduce((a, b) => (b.atMs < a.atMs ? b : a));
    this.#events = this.#events.filter((event) => event !== first);
    if (this.#sound !== null && this.#sound <= first.atMs)
      return { type: 'hangup', atMs: this.#hearTone(this.#sound) };
    return first;
  }

  /** The dialplan takes the call away when it hears the tone. */
  #hearTone(atMs: number): number {
    const tone = this.#manner.kind === 'tone' ? this.#manner.tone : 'fax';
    this.#finish({ bypass: tone, detail: 'noted by the dialplan' }, atMs, null);
    return atMs;
  }

  #finish(end: CallEnd, exitMs: number, challenge: ChallengeOutcome | null): void {
    const whole = Math.round(exitMs);
    this.#ended ??= { challenge, end, answeredMs: this.#answeredMs, exitMs: whole, wasTold: this.#wasTold };
  }

  #drop(type: FlowEvent['type']): void {
    this.#events = this.#events.filter((event) => event.type !== type);
  }

  #obey(commands: readonly FlowCommand[], atMs: number): void {
    for (const command of commands) {
      switch (command.do) {
        case 'answer':
          this.#answeredMs = atMs + answerMs;
          this.#events.push({ type: 'answered', atMs: this.#answeredMs });
          break;
        case 'play':
          this.#play(command, atMs);
          break;
        case 'stop':
          this.#drop('playback-finished');
          break;
        case 'wait':
          this.#drop('waited');
          this.#events.push({ type: 'waited', atMs: atMs + command.ms });
          break;
        case 'stop-waiting':
          this.#drop('waited');
          break;
        case 'leave':
          this.#finish({ exit: command.exit }, atMs, challengeOutcome(this.#state));
          break;
        case 'release':
          this.#finish({ bypass: 'ari-failed', detail: command.detail }, atMs, challengeOutcome(this.#state));
          break;
        case 'end':
          this.#finish('caller-hung-up', atMs, challengeOutcome(this.#state));
      }
    }
  }

  #play(command: FlowCommand & { readonly do: 'play' }, atMs: number): void {
    const { prompt, language, digits, playbackId, leadIn } = command;
    const lengthMs =
      this.#lengthOf(prompt, language) + (digits === null ? 0 : digitsMs) + (leadIn ? leadInMs : 0);
    this.#events.push({ type: 'playback-finished', playbackId, failed: false, atMs: atMs + lengthMs });
    const { open } = this.#state;
    if (open === null) return;
    this.#prompts += 1;
    if (prompt === forgedPrompt && this.#leavesWhenTold) {
      this.#wasTold = true;
      this.#events.push({ type: 'hangup', atMs: Math.round(atMs + lengthMs * 0.8) });
      return;
    }
    for (const { afterMs, do: what } of this.#acts(open.wanted, lengthMs)) {
      const at = Math.round(atMs + afterMs);
      if (what === 'sound') this.#sound = at;
      else if (what === 'hang-up') this.#events.push({ type: 'hangup', atMs: at });
      else this.#events.push({ type: 'digit', digit: what.press, atMs: at });
    }
  }

  #acts(wanted: string, lengthMs: number): readonly Act[] {
    const manner = this.#manner;
    const isFirst = this.#prompts === 1;
    switch (manner.kind) {
      case 'plays-message':
        return [];
      case 'hangs-up': {
        const afterMs = Math.max(200, this.#dice.about(manner.afterMs, manner.spreadMs));
        return isFirst ? [{ afterMs, do: 'hang-up' }] : [];
      }
      case 'presses':
        return [{ afterMs: manner.afterMs, do: { press: manner.key } }];
      case 'tone':
        return isFirst && this.#isHeard ? [{ afterMs: 1_800, do: 'sound' }] : [];
      case 'person':
        return this.#person?.(this.#prompts, wanted, lengthMs) ?? [];
    }
  }
}

/** What a person does at the n-th prompt, from 1. */
type Person = (prompt: number, wanted: string, lengthMs: number) => readonly Act[];

function personOf(
  manner: Manner & { kind: 'person' },
  verdict: Verdict & { kind: 'challenge' },
  dice: Dice,
): Person {
  const odds = verdict.challenge === 'two-digits' ? manner.twoDigits : manner.press1;
  const way = wayOf(odds, dice.next());
  const leavesAt = dice.chance(0.8) ? 1 : 2;
  const isSilentFirst = dice.chance(0.7);
  const pace = dice.about(1, 0.12);
  const press = (keys: string, lengthMs: number): readonly Act[] => {
    const after = Math.max(900, lengthMs * 0.92 * pace + dice.between(-400, 1_600));
    return [...keys].map((key, at) => ({ afterMs: after + at * dice.between(450, 900), do: { press: key } }));
  };
  return (prompt, wanted, lengthMs) => {
    const other = [...wanted].map((digit) => String((Number(digit) + 3) % 10)).join('');
    switch (way) {
      case 'first':
        return press(wanted, lengthMs);
      case 'second':
        if (prompt > 1) return press(wanted, lengthMs);
        return isSilentFirst ? [] : press(other, lengthMs);
      case 'wrong':
        return press(other, lengthMs);
      case 'silent':
        return [];
      case 'leaves':
        return prompt === leavesAt ? [{ afterMs: dice.between(900, lengthMs + 2_500), do: 'hang-up' }] : [];
    }
  };
}

function wayOf(
  { first, second, wrong, silent }: Odds,
  at: number,
): 'first' | 'second' | 'wrong' | 'silent' | 'leaves' {
  if (at < first) return 'first';
  if (at < first + second) return 'second';
  if (at < first + second + wrong) return 'wrong';
  return at < first + second + wrong + silent ? 'silent' : 'leaves';
}
