import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Delivery } from '../../src/notices/delivery.ts';
import { type Message, UndeliverableError } from '../../src/notices/notice.ts';
import { FakeClock, settled } from '../fakes/fake-clock.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { hourMs, RecordingChannel } from './recording-channel.ts';

const startedAt = new FakeClock().now();
const message = (id: string): Message => ({ id, at: startedAt, node: 'n1', notices: [], leftOut: 0 });

function start(dir: string | null = null) {
  const clock = new FakeClock();
  const channel = new RecordingChannel();
  const log = new RecordingLog();
  return { clock, channel, log, delivery: new Delivery({ channel, dir, clock, log }) };
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

it('through a night in which the relay refuses, and none is lost; which lasts so long is told', async () => {
  const { clock, channel, log, delivery } = start();
  channel.failures = Array.from({ length: 100 }, () => new Error('away'));
  for (const id of ['a', 'b', 'c']) delivery.add(message(id));
  await clock.advance(6 * hourMs);
  expect(delivery.trouble()).toEqual({
    channel: 'webhook',
    since: startedAt,
    waiting: 3,
    reason: 'away',
    remedy: expect.any(String),
  });
  await clock.advance(6 * hourMs);
  expect(channel.messages.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
  expect(delivery.trouble()).toBeNull();
  expect(log.messages('error')).toEqual([]);
  expect(log.messages('info')).toEqual(['Notices are sent again']);
});

it('not for ever: for a day; and not what is refused for good; a message that is refused holds up no other', async () => {
  const { clock, channel, log, delivery } = start();
  const poison = { ...message('a'), node: 'poison' };
  channel.send = async (sent) => {
    channel.tries++;
    if (sent.node === 'poison') throw new Error('answered HTTP 500');
    if (sent.id === 'b') throw new UndeliverableError('refused with HTTP 400');
    channel.messages.push(sent);
  };
  delivery.add(poison);
  for (const id of ['b', 'c']) delivery.add(message(id));
  await clock.advance(2 * hourMs);
  expect(channel.messages.map(({ id }) => id)).toEqual(['c']);
  expect(log.messages('error')).toEqual(['Notice could not be sent']);
  await clock.advance(24 * hourMs);
  expect(log.messages('error')).toEqual(['Notice could not be sent', 'Notice could not be sent']);
  const { tries } = channel;
  await clock.advance(hourMs);
  expect(channel.tries).toBe(tries);
});

it('what waits outlives a restart, but not a day; a spoiled file is no reason not to start', async () => {
  const dir = temporaryFolder();
  const first = start(dir);
  first.channel.failures = [new Error('away')];
  first.delivery.add(message('a'));
  await settled();
  first.delivery.add(message('b'));
  first.delivery.add({ ...message('old'), at: startedAt - 25 * hourMs });
  first.delivery.close();
  const next = start(dir);
  next.delivery.start();
  await settled();
  expect(next.channel.messages.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(readdirSync(dir)).toEqual([]);
  for (const spoiled of ['', '{', '[1,null,{"id":3}]', '"x"']) {
    writeFileSync(join(dir, 'notices-webhook.json'), spoiled);
    const after = start(dir);
    after.delivery.start();
    after.delivery.add(message('c'));
    await settled();
    expect(after.channel.messages.map(({ id }) => id)).toEqual(['c']);
  }
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
