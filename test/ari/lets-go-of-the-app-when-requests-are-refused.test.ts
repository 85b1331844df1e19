import { expect, test } from 'vitest';
import { oneCall, soon } from './linked.ts';

test.each([401, 403])(
  'requests refused with %d: no call comes to us until Asterisk lets us in again',
  async (status) => {
    const { fake, link, call, logged } = await oneCall();
    fake.answerWith('*', status, { message: 'no' });
    fake.sockets.refuseWith = status;
    await expect(call.control.answer()).rejects.toMatchObject({ code: 'refused', status });
    await soon(() => expect(fake.sockets.has('gatehouse')).toBe(false));
    expect(link.state()).toBe('connecting');
    expect(logged('socket lost')[0]?.fields.reason).toContain(`refused with ${status}`);
    fake.behave();
    await soon(() => expect(link.state()).toBe('connected'));
    await call.control.answer();
  },
);

test('another refusal is of that request alone', async () => {
  const { fake, link, call } = await oneCall();
  fake.answerWith('POST /channels/{id}/answer', 412, { message: 'no' });
  await expect(call.control.answer()).rejects.toMatchObject({ code: 'refused', status: 412 });
  expect(link.state()).toBe('connected');
  expect(fake.sockets.accepted).toBe(1);
});
