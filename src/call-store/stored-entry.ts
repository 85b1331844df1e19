import type { RealExit, RealPlace } from '../call/disposition.ts';
import { dispositionOf } from '../call/disposition.ts';
import type { AfterExit, Outcome } from '../call/outcome.ts';
import { whyNoNumber } from '../privacy/kept-caller.ts';
import { packed, unpacked } from './packing/packed-outcome.ts';

/**
 * Entries of a day's stream; no other file names their fields. Those of a call are plain text for people and other tools, but for
 * `packed`, which is the whole outcome. All calls have the same fields, empty or not: Redis then keeps the names once for some
 * ten entries. What came later is an entry of its own with the same `id`.
 *
 * ```
 * id          pbx1/1770000000.12           at        2026-02-02T09:30:00.000Z   (arrival)
 * from        +13175550123                 to        +13175550000
 * trunk       carrier                      rule      everyone-else
 * verdict     challenge                    disposition  connected
 * challenge   passed                       verification  passed A
 * bypass                                   packed    …
 *
 * id          pbx1/1770000000.12           answeredMs  9000         talkMs  61000       cause  16
 * id          pbx1/1770000000.12           at        2026-02-02T09:31:00.000Z   (of the note)
 * asked       gatehouse-voicemail,general  went      operators      why     box-missing
 * ```
 */
export type StoredEntry =
  | { readonly kind: 'call'; readonly callId: string; readonly outcome: Outcome }
  | { readonly kind: 'after-exit'; readonly callId: string; readonly afterExit: AfterExit }
  | { readonly kind: 'real-exit'; readonly callId: string; readonly realExit: RealExit };

/** Names and values by turns, as Redis takes and gives them. */
export type EntryFields = readonly Buffer[];

/** Entries of a stream as Redis gives them. */
export type StreamEntry = readonly [id: Buffer, fields: EntryFields];

/** Throws when the outcome cannot be written as JSON. */
export function callEntry(outcome: Outcome): Buffer[] {
  const { callId, facts, decision, challenge, bypass } = outcome;
  const { caller, called, verification } = facts;
  const plain = fieldsOf({
    id: callId,
    at: new Date(facts.now).toISOString(),
    from: caller.number ?? whyNoNumber(caller),
    to: called.number ?? called.raw,
    trunk: facts.trunk,
    rule: decision?.rule ?? '',
    verdict: decision?.verdict.kind ?? 'none',
    disposition: dispositionOf(outcome),
    challenge: challenge?.result ?? '',
    verification: [verification.result, verification.attestation].filter(Boolean).join(' '),
    bypass: bypass?.reason ?? '',
  });
  return [...plain, Buffer.from('packed'), packed(outcome, besidePacked(plain))];
}

/** An unknown figure is empty. */
export function afterExitEntry(callId: string, { answeredMs, talkMs, cause }: AfterExit): Buffer[] {
  return fieldsOf({
    id: callId,
    answeredMs: wholeText(answeredMs),
    talkMs: wholeText(talkMs),
    cause: wholeText(cause),
  });
}

/** `at` is when the dialplan said so. */
export function realExitEntry(callId: string, { at, asked, to, why }: RealExit): Buffer[] {
  return fieldsOf({
    id: callId,
    at: new Date(at).toISOString(),
    asked,
    went: to.kind,
    exit: to.kind === 'operators' ? to.exit : undefined,
    box: to.kind === 'voicemail' ? to.box : undefined,
    why,
  });
}

/** Null when it is no entry that this program can read. */
export function readEntry(fields: EntryFields): StoredEntry | null {
  const callId = field(fields, 'id');
  if (callId === null) return null;
  const kinds = ['packed', 'answeredMs', 'went'];
  switch (kinds.find((name) => bytesOf(fields, name) !== null)) {
    case 'packed': {
      const json = callJson(fields);
      const outcome = json === null ? null : outcomeFrom(json);
      return outcome && { kind: 'call', callId, outcome };
    }
    case 'answeredMs': {
      const [answeredMs, talkMs, cause] = ['answeredMs', 'talkMs', 'cause'].map((name) =>
        number(fields, name),
      );
      return {
        kind: 'after-exit',
        callId,
        afterExit: { answeredMs: answeredMs ?? null, talkMs: talkMs ?? null, cause: cause ?? null },
      };
    }
    case 'went': {
      const at = Date.parse(field(fields, 'at') ?? '');
      const to = placeOf(fields);
      if (Number.isNaN(at) || to === null) return null;
      const [asked, why] = [field(fields, 'asked') ?? '', field(fields, 'why') ?? ''];
      return { kind: 'real-exit', callId, realExit: { at, asked, to, why } };
    }
    default:
      return null;
  }
}

/** The outcome of a call's entry as it was written, unparsed; null for entries of other kinds, and for what cannot be read here. */
export function callJson(fields: EntryFields): Buffer | null {
  const bytes = bytesOf(fields, 'packed');
  return bytes === null ? null : unpacked(bytes, besidePacked(fields));
}

/** Null when it is not an outcome that this program can read. */
export function outcomeFrom(json: Buffer): Outcome | null {
  try {
    const outcome = JSON.parse(json.toString()) as Outcome | null;
    const isOne =
      outcome?.schema === 1 && typeof outcome.facts?.now === 'number' && outcome.exit?.kind !== undefined;
    return isOne ? outcome : null;
  } catch {
    return null;
  }
}

function placeOf(fields: EntryFields): RealPlace | null {
  const kind = field(fields, 'went');
  switch (kind) {
    case 'operators': {
      const exit = field(fields, 'exit');
      return exit === null ? { kind } : { kind, exit };
    }
    case 'voicemail':
      return { kind, box: field(fields, 'box') ?? '' };
    case 'rejected':
    case 'nowhere':
      return { kind };
    default:
      return null;
  }
}

/** What has no value is left out. */
function fieldsOf(values: Readonly<Record<string, string | Buffer | null | undefined>>): Buffer[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [Buffer.from(name), Buffer.from(value)],
  );
}

/** The values of the plain fields, and the arrival as the outcome has it. */
function besidePacked(fields: EntryFields): Buffer {
  const values: (string | Buffer)[] = [];
  for (let at = 0; at + 1 < fields.length && fields[at]?.toString() !== 'packed'; at += 2)
    values.push(fields[at + 1] ?? '', '\n');
  values.push(String(Date.parse(field(fields, 'at') ?? '')));
  return Buffer.concat(values.map((value) => Buffer.from(value)));
}

function wholeText(value: number | null): string {
  if (value === null) return '';
  return String(Number.isFinite(value) ? Math.max(0, Math.round(value)) : 0);
}

function number(fields: EntryFields, name: string): number | null {
  const text = field(fields, name);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function field(fields: EntryFields, name: string): string | null {
  return bytesOf(fields, name)?.toString() ?? null;
}

function bytesOf(fields: EntryFields, name: string): Buffer | null {
  for (let at = 0; at + 1 < fields.length; at += 2)
    if (fields[at]?.toString() === name) return fields[at + 1] ?? null;
  return null;
}
