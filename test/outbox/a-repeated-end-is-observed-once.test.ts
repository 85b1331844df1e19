import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Outbox } from '../../src/outbox/outbox.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

it('and an observer that throws affects neither the outcome nor the other observers', () => {
  const dir = temporaryFolder();
  const log = new RecordingLog();
  const outbox = new Outbox({ path: join(dir, 'outbox.sqlite'), log });
  const seen: string[] = [];
  const broken = () => {
    throw new Error('broken');
  };
  outbox.onEnd(broken);
  outbox.onEnd(({ callId }) => {
    expect(outbox.isKept(callId)).toBe(true);
    seen.push(callId);
  });
  outbox.begin(sampleFacts('n1/1'), false);
  expect(outbox.isOpenInThisRun('n1/1')).toBe(true);
  outbox.end(sampleOutcome('n1/1'), 0);
  outbox.end(sampleOutcome('n1/1', { bypass: { reason: 'watchdog', detail: '' } }), 0);
  outbox.end(sampleOutcome('n1/2'), 0);
  expect(seen).toEqual(['n1/1', 'n1/2']);
  expect(outbox.isKept('n1/1')).toBe(true);
  expect(log.messages('error')).toEqual(['An outcome observer failed', 'An outcome observer failed']);
  outbox.close();
});
