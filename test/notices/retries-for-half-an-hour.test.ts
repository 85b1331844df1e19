import { expect, it } from 'vitest';
import { Delivery } from '../../src/notices/delivery.ts';
import { type Message, UndeliverableError } from '../../src/notices/notice.ts';
import { FakeClock, settled } from '../fakes/fake-clock.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { hourMs, RecordingChannel } from './recording-channel.ts';

const message = (id: string): Message => ({ id, at: 0, node: 'n1', notices: [], leftOut: 0 });

function start() {
  const clock = new FakeClock();
  const channel = new RecordingChannel();
  const log = new RecordingLog();
  return { clock, channel, log, delivery: new Delivery(channel, clock, log) };
}

it('later and later, in order, and with the same id', async () => {
  const { clock, channel, log, delivery } = start();
  channel.failures = Array.from({ length: 3 }, () => new Error('away'));
  delivery.add(message('a'));
  delivery.add(message('b'));
  await clock.advance(4_999);
  expect(channel.tries).toBe(1);
  await clock.advance(5_000 + 10_000 + 20_000);
  expect(channel.messages.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(log.messages('warn')).toEqual(['Notice will be sent again']);
});

it('not for ever: after ten tries, and at once when it is refused for good', async () => {
  const { clock, channel, log, delivery } = start();
  channel.failures = [...Array.from({ length: 10 }, () => new Error('away')), new UndeliverableError('410')];
  for (const id of ['a', 'b', 'c']) delivery.add(message(id));
  await clock.advance(hourMs);
  expect(channel.tries).toBe(12);
  expect(channel.messages.map(({ id }) => id)).toEqual(['c']);
  expect(log.messages('error')).toEqual(['Notice could not be sent', 'Notice could not be sent']);
});

it('what waits is bounded, and given up at the end', async () => {
  const { clock, channel, log, delivery } = start();
  channel.failures = [new Error('away')];
  delivery.add(message('first'));
  await settled();
  for (let n = 0; n < 80; n++) delivery.add(message(String(n)));
  expect(log.messages('warn').filter((text) => text.includes('dropped'))).toHaveLength(31);
  await clock.advance(5_000);
  expect(channel.messages.map(({ id }) => id).slice(0, 2)).toEqual(['first', '31']);
  expect(channel.messages).toHaveLength(50);
  channel.failures = [new Error('away')];
  delivery.add(message('last'));
  await settled();
  delivery.close();
  await clock.advance(hourMs);
  expect(channel.messages).toHaveLength(50);
  expect(log.messages('warn')).toContain('Notices were not sent before shutdown');
});
