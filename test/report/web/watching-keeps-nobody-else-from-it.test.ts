import { once } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import { ChangeEvents } from '../../../src/report/web/change-events.ts';
import { pageFixture } from './page-fixture.ts';

afterEach(() => vi.useRealTimers());

test('asking for the head of the stream takes no place among those who watch', async () => {
  const { app } = pageFixture();
  await app.listen({ host: '127.0.0.1', port: 0 });
  try {
    const { port } = app.server.address() as { port: number };
    const url = `http://127.0.0.1:${port}/events`;
    for (let n = 0; n < 101; n++) await fetch(url, { method: 'HEAD' });
    const watching = new AbortController();
    const { status } = await fetch(url, { signal: watching.signal });
    watching.abort();
    expect(status).toBe(200);
  } finally {
    await app.close();
  }
});

test('a stream ends after five minutes, so that a browser whose session is over is asked again', async () => {
  vi.useFakeTimers();
  const events = new ChangeEvents(() => '');
  const stream = events.watch();
  stream?.resume();
  vi.advanceTimersByTime(299_000);
  expect(stream?.writableEnded).toBe(false);
  vi.advanceTimersByTime(1000);
  expect(stream?.writableEnded).toBe(true);
  vi.useRealTimers();
  if (stream !== null && !stream.closed) await once(stream, 'close');
  events.close();
});
