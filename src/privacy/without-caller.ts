import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { CallerFacts, CallFacts, Verification } from '../call/facts.ts';
import type { Outcome } from '../call/outcome.ts';

/** Shorter runs of digits occur in times and counts by chance. */
const minDigits = 7;
const forgotten = 'forgotten';

/** What replaces a caller. */
export interface StandIn {
  readonly caller: CallerFacts;
  /** False: ids by carrier and signer are removed too (SIP Call-ID, origid). */
  readonly keepsIds: boolean;
}

/** How a number may be written in a text, longest first: `+13175550123`, without plus, national. */
export function numberForms(e164: string): string[] {
  const national = parsePhoneNumberFromString(e164)?.nationalNumber ?? e164.replace(/^\+1(?=\d{10}$)/, '');
  const forms = [e164, e164.replace('+', ''), String(national)];
  return [...new Set(forms)].filter((form) => form.replace('+', '').length >= minDigits);
}

/** The facts without the caller: number and name are replaced, and the digits in every text except the called number. */
export function factsWithout(facts: CallFacts, standIn: StandIn): CallFacts {
  const rest = factsCleaned(facts, digitsOf(facts.caller), standIn.caller.number ?? forgotten);
  const { verification } = rest;
  return {
    ...rest,
    caller: standIn.caller,
    sipCallId: standIn.keepsIds ? rest.sipCallId : '',
    verification: verificationWithout(verification, standIn.keepsIds),
  };
}

/** A signed name is the caller's, and signed numbers may be of anybody: what they said of the call stays. */
function verificationWithout(
  { callerName: _name, passport, ...rest }: Verification,
  keepsIds: boolean,
): Verification {
  const id = (origid: string | null) => (keepsIds ? origid : null);
  return {
    ...rest,
    origid: id(rest.origid),
    ...(passport && { passport: { ...passport, orig: null, dest: [], origid: id(passport.origid) } }),
  };
}

/** The outcome without the caller. What counts are made of stays: rule, verdict, exit, times, called number. */
export function outcomeWithout(outcome: Outcome, standIn: StandIn): Outcome {
  const digits = digitsOf(outcome.facts.caller);
  const word = standIn.caller.number ?? forgotten;
  const { decision } = outcome;
  const unnamed = {
    ...outcome,
    // Listed names are names of people, and labels contain them.
    decision: decision === null ? null : { ...plain(decision), listedName: null },
  };
  const cleaned = mapped(unnamed, (key, text) => (key === 'label' ? null : without(text, digits, word)));
  const { callId, node, facts } = outcome;
  return { ...cleaned, callId, node, facts: factsWithout(facts, standIn) };
}

/** True when a text of the outcome contains one of these runs of digits; ids and the called number do not count. */
export function mentions({ facts, ...rest }: Outcome, digits: readonly string[]): boolean {
  let found = false;
  const check = (_: string, text: string) => {
    found ||= digits.some((form) => text.includes(form));
    return text;
  };
  const { callId: _callId, node: _node, ...others } = rest;
  const { callId: _id, linkedId: _linked, called: _called, ...known } = facts;
  mapped([others, known], check);
  return found;
}

/** The outcome without these runs of digits in any text: another caller's record that mentions the person. */
export function withoutDigits(outcome: Outcome, digits: readonly string[]): Outcome {
  const { callId, node, facts } = outcome;
  const cleaned = mapped(outcome, (_, text) => without(text, digits, forgotten));
  return { ...cleaned, callId, node, facts: factsCleaned(facts, digits, forgotten) };
}

function factsCleaned(facts: CallFacts, digits: readonly string[], word: string): CallFacts {
  const rest = mapped(facts, (_, text) => without(text, digits, word));
  // Asterisk's ids are seconds and counters, never phone numbers.
  const { callId, linkedId, called } = facts;
  return { ...rest, callId, linkedId, called };
}

function digitsOf({ number, raw }: CallerFacts): string[] {
  const rawDigits = raw.replace(/\D/g, '');
  const forms = number === null ? [] : numberForms(number);
  const more = rawDigits.length >= minDigits ? [rawDigits] : [];
  return [...new Set([...forms, ...more])].sort((a, b) => b.length - a.length);
}

function without(text: string, digits: readonly string[], word: string): string {
  return digits.reduce((rest, form) => rest.replaceAll(form, word), text);
}

/** Decisions build their traces when they are serialized. */
function plain<T extends object>(value: T): T {
  return 'toJSON' in value && typeof value.toJSON === 'function' ? (value.toJSON() as T) : value;
}

/** A copy with every text changed; keys and their order stay. */
function mapped<T>(value: T, change: (key: string, text: string) => string | null): T {
  const map = (key: string, part: unknown): unknown => {
    if (typeof part === 'string') return change(key, part);
    if (Array.isArray(part)) return part.map((one) => map('', one));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(plain(part)).map(([name, one]) => [name, map(name, one)]));
  };
  return map('', value) as T;
}
