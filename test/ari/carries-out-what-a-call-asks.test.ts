import { expect, test, vi } from 'vitest';
import { linked, oneCall, soon } from './linked.ts';

test('answers, plays under our own id, stops and continues at the exit', async () => {
  const { fake, call, id, events } = await oneCall();
  await call.control.answer();
  expect(fake.channels.get(id)?.answered).toBe(true);

  await call.control.play('prompt-1', ['sound:silence/1', 'sound:gatehouse/press-1&"$1']);
  expect(fake.channels.get(id)?.playbacks).toEqual([
    { id: 'prompt-1', media: ['sound:silence/1', 'sound:gatehouse/press-1&"$1'] },
  ]);
  await call.control.stopPlayback('prompt-1');
  await call.control.continueAt({ context: 'gatehouse-exit', extension: 'operators' });
  await soon(() => expect(events.at(-1)).toMatchObject({ type: 'left' }));
  expect(events).toMatchObject([
    { type: 'playback-finished', playbackId: 'prompt-1', failed: false },
    { type: 'left' },
  ]);
  expect(fake.channels.get(id)?.continuedAt).toEqual({ context: 'gatehouse-exit', extension: 'operators' });
  expect(fake.requestsOf('POST /channels/{id}/continue')[0]?.query).toEqual({
    context: 'gatehouse-exit',
    extension: 'operators',
    priority: '1',
  });
});

test('continue takes effect after the playback, unless that is stopped', async () => {
  const { fake, call, id, events } = await oneCall();
  await call.control.play('prompt-1', ['sound:hello']);
  await call.control.continueAt({ context: 'gatehouse-exit', extension: 'operators' });
  expect(fake.channels.get(id)?.continuedAt).toBeNull();
  await call.control.stopPlayback('prompt-1');
  await soon(() => expect(events.at(-1)).toMatchObject({ type: 'left' }));
});

test('stopping a playback that has ended by itself is a success', async () => {
  const { call, events } = await oneCall();
  await call.control.stopPlayback('never-was');
  expect(events).toEqual([]);
});

test('a stop that fails otherwise is an error', async () => {
  const { fake, call } = await oneCall();
  fake.answerWith('DELETE /playbacks/{id}', 500);
  await expect(call.control.stopPlayback('prompt-1')).rejects.toMatchObject({ code: 'refused', status: 500 });
});

test('ari-client prints nothing on our stdout', async () => {
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
  const { link } = await linked();
  await link.liveCallIds();
  expect(printed).not.toHaveBeenCalled();
  printed.mockRestore();
});
