import { expect, it } from 'vitest';
import { ForgottenCaller } from '../../src/privacy/forgotten.ts';
import { CallLines } from '../../src/terminal/call-lines.ts';
import { callWords } from '../../src/terminal/explanation-text.ts';
import { plainScreen } from '../../src/terminal/screen.ts';
import { sampleOutcome } from '../fakes/sample-outcome.ts';

const numbers = { show: (number: string) => number, text: (text: string) => text };

it('a forgotten caller is told from one who sent no number', () => {
  const outcome = sampleOutcome('n1/1');
  const person = new ForgottenCaller(outcome.facts.caller.number ?? '', []);
  const forgotten = person.outcome(outcome);
  expect(callWords(forgotten.facts)).toContain('Call from a forgotten number to ');
  const record = { outcome: forgotten, afterExit: null };
  expect(new CallLines([record], numbers, plainScreen).line(record)).toContain('  forgotten  ');

  const unsent = { ...outcome.facts, caller: { ...forgotten.facts.caller, raw: '' } };
  expect(callWords(unsent)).toContain('Call from an unavailable number to ');
});
