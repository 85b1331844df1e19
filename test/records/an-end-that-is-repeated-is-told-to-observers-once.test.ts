import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ObservedOutcomes } from '../../src/observed-outcomes.ts';
import { Outbox } from '../../src/records/outbox.ts';
import { RecordingLog } from './recording-log.ts';
import { sampleFacts, sampleOutcome } from './sample-outcome.ts';
import { temporaryFolder } from './temporary-folder.ts';

it('and an observer that throws costs neither the outcome nor the other observers', () => {
  const dir = temporaryFolder();
  const log = new RecordingLog();
  const outbox = new Outbox({ path: join(dir, 'outbox.sqlite'), log });
  const seen: string[] = [];
  const broken = () => {
    throw new Error('broken');
  };
  const outcomes = new ObservedOutcomes(outbox, [broken, ({ callId }) => seen.push(callId)], log);
  outcomes.begin(sampleFacts('n1/1'), false);
  expect(outcomes.isOpenInThisRun('n1/1')).toBe(true);
  outcomes.end(sampleOutcome('n1/1'), 0);
  outcomes.end(sampleOutcome('n1/1', { bypass: { reason: 'watchdog', detail: '' } }), 0);
  outcomes.end(sampleOutcome('n1/2'), 0);
  expect(seen).toEqual(['n1/1', 'n1/2']);
  expect(outcomes.isKept('n1/1')).toBe(true);
  expect(log.messages('error')).toEqual(['An observer of outcomes failed', 'An observer of outcomes failed']);
  outbox.close();
});
