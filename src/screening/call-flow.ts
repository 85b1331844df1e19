import type { ChallengeOutcome } from '../call/outcome.ts';
import type { ChallengeVerdict, Fallback, Verdict } from '../call/verdict.ts';
import { type AttemptResult, type ChallengeResult, challengePrompt } from '../call/vocabulary.ts';
import type { AnswerEvent, Asked } from './challenges/challenge.ts';
import { challenges } from './challenges/registry.ts';
import type {
  Announcement,
  FlowCommand,
  FlowEvent,
  FlowExit,
  FlowState,
  FlowStep,
  OpenAttempt,
} from './flow-step.ts';

/** A playback whose end is never told (Asterisk says nothing when the last file of a list is bad). */
const playbackLimitMs = 30_000;
/** A playback also fails when the caller hangs up in it, and that is told a moment later. */
const failedPlaybackGraceMs = 300;
/** A thumb that hits several keys is done by then: wrong keys within this of each other cost one attempt. */
const burstMs = 600;
interface FlowStart {
  readonly answered: boolean;
  /** What each attempt asks; see `askedOf`. */
  readonly asked: readonly Asked[];
  /** Playback ids begin with it; unique to this session, safe in a URL path. */
  readonly playbackPrefix: string;
  readonly atMs: number;
}

/** The first step of carrying out a verdict. */
export function startFlow(verdict: Verdict, start: FlowStart): FlowStep {
  const state: FlowState = {
    phase: 'answering',
    challenge: verdict.kind === 'challenge' ? verdict : null,
    asked: start.asked,
    attempts: [],
    open: null,
    result: null,
    announcement: null,
    exit: null,
    late: '',
    playback: null,
    played: 0,
    playbackPrefix: start.playbackPrefix,
  };
  switch (verdict.kind) {
    case 'voicemail':
      return leave(state, exitOf(verdict));
    case 'challenge': {
      const audible = start.answered || verdict.earlyMedia;
      return audible ? prompt(state, start.atMs) : { state, commands: [{ do: 'answer' }] };
    }
    case 'connect':
    case 'reject': {
      const words = announcementOf(verdict);
      if (words === null) return leave(state, exitOf(verdict));
      const told = { ...state, announcement: words, exit: exitOf(verdict) };
      return start.answered ? announce(told) : { state: told, commands: [{ do: 'answer' }] };
    }
    default:
      throw new TypeError(`no such verdict: ${JSON.stringify(verdict satisfies never)}`);
  }
}

/** The next step. Pure; an event that means nothing in this phase changes nothing. */
export function advanceFlow(state: FlowState, event: FlowEvent): FlowStep {
  const unchanged = { state, commands: [] };
  if (state.phase === 'ended') return unchanged;
  if (event.type === 'hangup') return hangUp(state, event.atMs);
  switch (state.phase) {
    case 'answering':
      if (event.type === 'digit') return takeEarly(state, event, event.atMs);
      if (event.type !== 'answered') return unchanged;
      return state.announcement === null ? prompt(state, event.atMs) : announce(state);
    case 'prompting':
    case 'collecting':
      if (event.type === 'digit') return takeAnswer(state, event, event.atMs);
      if (event.type === 'waited') return waitOver(state, event.atMs);
      if (event.type === 'playback-finished' && event.playbackId === state.playback)
        return promptFinished(state, event.failed);
      return unchanged;
    case 'announcing':
      if (event.type === 'digit') return takeLate(state, event, event.atMs);
      if (event.type === 'playback-finished' && event.playbackId !== state.playback) return unchanged;
      if (event.type !== 'playback-finished' && event.type !== 'waited') return unchanged;
      return state.exit === null
        ? unchanged
        : leave(event.type === 'waited' ? state : { ...state, playback: null }, state.exit);
    case 'leaving':
      return unchanged;
  }
}

/** What became of the challenge; null when there was none, or when it was broken off without a result. */
export function challengeOutcome(state: FlowState): ChallengeOutcome | null {
  if (state.challenge === null || state.result === null) return null;
  const { challenge, language } = state.challenge;
  return { kind: challenge, language, attempts: state.attempts, result: state.result };
}

/** What each attempt asks of the caller. `random` gives numbers from 0 to below 1. */
export function askedOf(verdict: ChallengeVerdict, random: () => number): readonly Asked[] {
  const challenge = challenges[verdict.challenge];
  return Array.from({ length: Math.max(1, verdict.attempts) }, () => challenge.prepare(random));
}

function prompt(state: FlowState, atMs: number): FlowStep {
  const verdict = state.challenge;
  // Who pressed nothing is asked the same again, so that a late answer to the first prompt is right.
  const asked = state.asked[state.attempts.filter(({ heard }) => heard !== '').length];
  if (verdict === null || asked === undefined) throw new Error('a prompt without a challenge');
  const { wanted } = asked;
  const open: OpenAttempt = { wanted, heard: '', promptAtMs: atMs, firstHeardAtMs: null };
  const last = state.attempts.findLast((attempt) => attempt.result !== 'not-played');
  const retry = last === undefined ? null : last.result === 'silent' ? 'silent' : 'wrong';
  const { challenge, language } = verdict;
  const words = { prompt: challengePrompt(challenge, retry, verdict.prompt), language };
  return play({ ...state, phase: 'prompting', open }, words, asked.spokenDigits);
}

function announce(state: FlowState): FlowStep {
  if (state.announcement === null) throw new Error('an announcement without words');
  return play({ ...state, phase: 'announcing', open: null }, state.announcement, null);
}

function play(state: FlowState, words: Announcement, digits: string | null): FlowStep {
  const playbackId = `${state.playbackPrefix}-${state.played + 1}`;
  const commands: FlowCommand[] = [
    ...stopPlayback(state),
    { do: 'play', playbackId, ...words, digits, leadIn: state.played === 0 },
    { do: 'wait', ms: playbackLimitMs },
  ];
  return { state: { ...state, playback: playbackId, played: state.played + 1 }, commands };
}

function promptFinished(state: FlowState, failed: boolean): FlowStep {
  const quiet = { ...state, playback: null };
  if (failed) return { state: quiet, commands: [{ do: 'wait', ms: failedPlaybackGraceMs }] };
  const ms = state.challenge?.digitTimeoutMs ?? 0;
  return { state: { ...quiet, phase: 'collecting' }, commands: [{ do: 'wait', ms }] };
}

function takeAnswer(state: FlowState, event: AnswerEvent, atMs: number): FlowStep {
  const { open, challenge: verdict } = state;
  if (open === null || verdict === null) return { state, commands: [] };
  const { hear, isKnownBefore } = challenges[verdict.challenge];
  if (atMs < open.promptAtMs && !isKnownBefore) return { state, commands: [] };
  const found = hear(open.wanted, open.heard, event);
  if (found === null || (found.answer === 'wrong' && found.heard === open.heard))
    return { state, commands: [] };
  const { heard, answer } = found;
  const told = { ...state, open: { ...open, heard, firstHeardAtMs: open.firstHeardAtMs ?? atMs } };
  if (answer === 'right') return closeAttempt(told, 'right', atMs);
  if (answer === 'wrong') {
    const quiet: FlowState = { ...told, phase: 'collecting', playback: null };
    return { state: quiet, commands: [...stopPlayback(state), { do: 'wait', ms: burstMs }] };
  }
  // The prompt goes on: it may be saying what the next key is to be.
  if (state.phase === 'prompting') return { state: told, commands: [] };
  return { state: told, commands: [{ do: 'wait', ms: verdict.digitTimeoutMs }] };
}

/** A key ahead of the first prompt. */
function takeEarly(state: FlowState, event: AnswerEvent, atMs: number): FlowStep {
  const { challenge: verdict, asked } = state;
  const wanted = asked[0]?.wanted;
  const isAnswer = verdict !== null && wanted !== undefined && challenges[verdict.challenge].isKnownBefore;
  const found = isAnswer ? challenges[verdict.challenge].hear(wanted, '', event) : null;
  if (!isAnswer || found?.answer !== 'right') return { state, commands: [] };
  const open = { wanted, heard: found.heard, promptAtMs: atMs, firstHeardAtMs: atMs };
  return closeAttempt({ ...state, open }, 'right', atMs);
}

/** A key during the announcement that the challenge was failed or met with silence. A whole wrong answer was the last guess. */
function takeLate(state: FlowState, event: AnswerEvent, atMs: number): FlowStep {
  const { challenge: verdict, attempts, result } = state;
  const unchanged = { state, commands: [] };
  const last = attempts.at(-1);
  if (verdict === null || result === null || result === 'passed' || last === undefined) return unchanged;
  const { isKnownBefore, hear } = challenges[verdict.challenge];
  if (last.heard.length >= last.wanted.length && !isKnownBefore) return unchanged;
  const found = hear(last.wanted, state.late || (isKnownBefore ? '' : last.heard), event);
  if (found === null) return unchanged;
  const { heard, answer } = found;
  if (answer !== 'right') return { state: { ...state, late: heard }, commands: [] };
  const answered = { ...last, heard, result: 'right' as const, firstHeardAtMs: atMs, endedAtMs: atMs };
  return settle({ ...state, attempts: [...attempts, answered] }, 'passed', verdict.passed);
}

function waitOver(state: FlowState, atMs: number): FlowStep {
  if (state.phase === 'prompting') return closeAttempt(state, 'not-played', atMs);
  return closeAttempt(state, state.open?.heard === '' ? 'silent' : 'wrong', atMs);
}

function closeAttempt(state: FlowState, result: AttemptResult, atMs: number): FlowStep {
  const { open, challenge } = state;
  if (open === null || challenge === null) throw new Error('no attempt is open');
  const attempts = [...state.attempts, { ...open, result, endedAtMs: atMs }];
  const closed: FlowState = { ...state, attempts, open: null };
  if (result === 'right') return settle(closed, 'passed', challenge.passed);
  if (attempts.length < challenge.attempts) {
    // A playback that never ended cost the caller half a minute: no second one.
    const stuck = result === 'not-played' && atMs - open.promptAtMs >= playbackLimitMs;
    return stuck ? release(closed) : prompt(closed, atMs);
  }
  if (attempts.some((attempt) => attempt.heard !== '')) return settle(closed, 'failed', challenge.failed);
  // Who was never asked has not been silent.
  if (attempts.every((attempt) => attempt.result === 'not-played')) return release(closed);
  return settle(closed, 'silent', challenge.silent);
}

/** A caller who passed goes on at once, unless the rule has words: a word of thanks would be one more wait. */
function settle(state: FlowState, result: ChallengeResult, then: Fallback): FlowStep {
  const settled: FlowState = { ...state, result };
  const words = announcementOf(then, state.challenge?.language);
  if (words === null) return leave(settled, exitOf(then));
  return announce({ ...settled, announcement: words, exit: exitOf(then) });
}

function announcementOf(then: Fallback, language = 'en'): Announcement | null {
  if (then.kind === 'voicemail') return { prompt: 'to-voicemail', language };
  if (then.kind === 'connect') return then.announcement ?? null;
  if (then.announcement === null) return null;
  return { prompt: then.announcement, language: then.language };
}

function exitOf(then: Fallback): FlowExit {
  if (then.kind === 'connect') return { kind: 'connect', exit: then.exit, label: then.label };
  return then.kind === 'voicemail' ? { kind: 'voicemail', box: then.box } : { kind: 'reject', sip: then.sip };
}

function leave(state: FlowState, exit: FlowExit): FlowStep {
  const commands: FlowCommand[] = [...stopPlayback(state), { do: 'stop-waiting' }, { do: 'leave', exit }];
  return { state: { ...state, phase: 'leaving', open: null, playback: null }, commands };
}

/** The playback stays in the state: who releases the call stops it. */
function release(state: FlowState): FlowStep {
  const detail = 'the prompt could not be played';
  const commands: FlowCommand[] = [{ do: 'stop-waiting' }, { do: 'release', detail }];
  return { state: { ...state, phase: 'leaving', open: null }, commands };
}

function stopPlayback(state: FlowState): FlowCommand[] {
  return state.playback === null ? [] : [{ do: 'stop', playbackId: state.playback }];
}

function hangUp(state: FlowState, atMs: number): FlowStep {
  const broken = state.open && { ...state.open, result: 'hung-up' as const, endedAtMs: atMs };
  return {
    state: {
      ...state,
      phase: 'ended',
      open: null,
      attempts: broken ? [...state.attempts, broken] : state.attempts,
      result: state.result ?? (state.challenge === null ? null : 'gave-up'),
    },
    commands: [{ do: 'stop-waiting' }, { do: 'end' }],
  };
}
