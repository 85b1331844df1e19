import type { CallFacts } from '../../src/call/facts.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Where a call center calls from, and who signs its calls. */
export const centerExchange = '+1786203';
export const centerSigner = 'https://certificates.gateway-telco.example/7.pem';
export const patient = { number: '+13175550123', callId: 'n1/patient-1' } as const;

function call(
  id: string,
  at: number,
  number: string,
  changes: Partial<CallFacts>,
  outcome: Partial<Outcome>,
) {
  const name = number === patient.number ? 'MEYER ANN' : '';
  const caller = { number, reason: null, raw: number, displayName: name };
  const facts = sampleFacts(`n1/${id}`, { now: at, caller, history: { passUntil: null }, ...changes });
  return sampleOutcome(`n1/${id}`, { ...outcome, facts });
}

/**
 * A week: a center with fifteen numbers, one call of each today and nine more of the first some days ago; a patient who calls four
 * times; and forty strangers.
 */
export function weekOfCalls(now: number): readonly Outcome[] {
  const { challenge } = sampleOutcome('n1/0');
  const silent = challenge && { ...challenge, result: 'silent' as const, attempts: [] };
  const voicemail = { exit: { kind: 'voicemail', box: 'main' }, challenge: silent } as const;
  const passed = { result: 'passed', attestation: 'C', source: 'verstat' } as const;
  const verification = { ...passed, signer: centerSigner, origid: null };
  const center = (id: string, at: number, line: number) =>
    call(id, at, `+1786203${String(101 + line).padStart(4, '0')}`, { verification }, voicemail);
  return [
    ...Array.from({ length: 15 }, (_, line) => center(`today-${line}`, now - hourMs - line * 60_000, line)),
    ...Array.from({ length: 9 }, (_, n) => center(`before-${n}`, now - 3 * dayMs - n * hourMs, 0)),
    ...Array.from({ length: 4 }, (_, n) =>
      call(`patient-${n + 1}`, now - (n + 1) * 7 * hourMs, patient.number, {}, n === 3 ? voicemail : {}),
    ),
    ...Array.from({ length: 40 }, (_, n) =>
      call(
        `stranger-${n}`,
        now - n * 3 * hourMs,
        `+1212555${String(100 + n).padStart(4, '0')}`,
        {},
        n % 3 === 0 ? voicemail : {},
      ),
    ),
  ];
}
