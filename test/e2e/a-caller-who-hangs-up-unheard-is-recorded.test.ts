import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { CallerScript } from '../../lab/caller-scenario.ts';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { outcomeOf } from './outcomes.ts';

let lab: Lab;
afterEach(async () => {
  await lab?.down();
});

const stranger: CallerScript = { from: '+12125550171', to: switchboard, steps: [{ hold: 3000 }] };
const hungUp = { exit: { kind: 'none', reason: 'caller-hung-up' }, bypass: null };
const notes = () => readdir(join(lab.dir, 'spool', 'gatehouse'));
const noNotes = () =>
  until('the notes to be taken in', 15_000, async () => (await notes()).length === 0 || null);

it('while Gatehouse is frozen: nobody heard of the call, and there is one record of it', async () => {
  lab = await Lab.up();
  lab.gatehouse.child.signal('SIGSTOP');
  const phone = await lab.ring({ from: numbers.customer, to: switchboard, steps: [], cancelAfterMs: 300 });
  await phone.finished();
  await until('the note', 5000, async () => (await notes()).length === 1 || null);
  lab.gatehouse.child.signal('SIGCONT');
  expect(await outcomeOf(lab, phone.callId(), 40_000)).toMatchObject(hungUp);
  await noNotes();
});

it('while Gatehouse is dead, in the middle of its challenge', async () => {
  lab = await Lab.up();
  const phone = await lab.ring(stranger);
  await until(
    'the challenge to have begun',
    8000,
    async () => (await phone.results()).get(phone.callId())?.includes('answered') || null,
    10,
  );
  lab.gatehouse.child.signal('SIGKILL');
  await phone.finished();
  await until('the note', 5000, async () => (await notes()).length === 1 || null);
  await lab.gatehouse.start();
  expect(await outcomeOf(lab, phone.callId(), 40_000)).toMatchObject(hungUp);
  await noNotes();
});

it('while Gatehouse is well: the note adds nothing to what it saw', async () => {
  lab = await Lab.up();
  const phone = await lab.ring(stranger);
  await phone.finished();
  expect(await outcomeOf(lab, phone.callId(), 40_000)).toMatchObject({
    ...hungUp,
    decision: { rule: 'everyone-else' },
    challenge: { result: 'gave-up' },
  });
  await noNotes();
});

it('while Gatehouse is frozen and Asterisk stops: nobody says that the caller hung up', async () => {
  lab = await Lab.up();
  lab.gatehouse.child.signal('SIGSTOP');
  const phone = await lab.ring({ ...stranger, steps: [{ hold: 20_000 }], cancelAfterMs: 20_000 });
  await until(
    'the call to ring',
    4000,
    async () => (await lab.asterisk.cli('core show channels')).includes('carrier') || null,
  );
  await lab.asterisk.stop();
  await phone.child.stop(100);
  expect(await notes()).toHaveLength(1);
  await lab.asterisk.start();
  await lab.record();
  lab.gatehouse.child.signal('SIGCONT');
  expect(await outcomeOf(lab, phone.callId(), 40_000)).toMatchObject({
    exit: { kind: 'none', reason: 'unaccounted' },
    bypass: null,
  });
});
