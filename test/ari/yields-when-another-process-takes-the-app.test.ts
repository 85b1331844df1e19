import { expect, test } from 'vitest';
import { linkTo, oneCall, soon } from './linked.ts';

test('a second process takes the app; the first never connects again and its calls are told nothing', async () => {
  const { fake, link, id, call, events, states } = await oneCall();
  const second = linkTo(fake.url);
  await second.link.start();
  await soon(() => expect(link.state()).toBe('replaced'));
  await soon(() => expect(second.calls.map(({ adopted }) => adopted)).toEqual([true]));
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(fake.sockets.accepted).toBe(2);
  expect(states).toEqual(['connected', 'replaced']);
  expect(events).toEqual([]);

  await call.control.answer();
  expect(fake.channels.get(id)?.answered).toBe(true);
});

test('the news that another app was replaced is not about us', async () => {
  const { fake, link, id, events } = await oneCall();
  fake.send({ type: 'ApplicationReplaced', application: 'other' });
  fake.press(id, '1');
  await soon(() => expect(events).toHaveLength(1));
  expect(link.state()).toBe('connected');
});
