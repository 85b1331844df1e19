import { expect, it } from 'vitest';
import { callWords } from '../../src/cli/explanation.ts';
import { ForgottenCaller } from '../../src/records/forgotten.ts';
import { callLine } from '../../src/report/call-lines.ts';
import { sampleOutcome } from '../records/sample-outcome.ts';

const numbers = { show: (number: string) => number, text: (text: string) => text };

it('a forgotten caller is told from one who sent no number', () => {
  const outcome = sampleOutcome('n1/1');
  const person = new ForgottenCaller(outcome.facts.caller.number ?? '', []);
  const forgotten = person.outcome(outcome);
  expect(callWords(forgotten.facts)).toContain('Call from a forgotten number to ');
  expect(callLine({ outcome: forgotten, afterExit: null }, numbers)).toContain('  forgotten  ');

  const unsent = { ...outcome.facts, caller: { ...forgotten.facts.caller, raw: '' } };
  expect(callWords(unsent)).toContain('Call from an unavailable number to ');
});
