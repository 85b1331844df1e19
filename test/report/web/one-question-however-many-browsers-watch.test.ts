import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refreshed } from '../../../src/report/web/now/refreshed.ts';

let asked: PromiseWithResolvers<number>[];
let refreshed: Refreshed<number>;
beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  const ask = () => {
    const question = Promise.withResolvers<number>();
    asked.push(question);
    return question.promise;
  };
  refreshed = new Refreshed({ ask, freshMs: 1000, keptMs: 10_000 });
});
afterEach(() => vi.useRealTimers());

test('many ask at once, one question is asked, and it is new for a while', async () => {
  const values = Promise.all([refreshed.value(0), refreshed.value(5), refreshed.value(9)]);
  asked[0]?.resolve(7);
  expect(await values).toEqual([7, 7, 7]);
  expect(await refreshed.value(999)).toBe(7);
  expect(asked).toHaveLength(1);
});

test('a slow answer is not waited for when there is an older one', async () => {
  const first = refreshed.value(0);
  asked[0]?.resolve(7);
  await first;
  const second = refreshed.value(2000);
  await vi.advanceTimersByTimeAsync(100);
  expect(await second).toBe(7);
  asked[1]?.resolve(8);
  await vi.advanceTimersByTimeAsync(0);
  expect(refreshed.peek(2100)).toBe(8);
});

test('no answer: since when, the last one stands in for a while, and it is asked again', async () => {
  const first = refreshed.value(1000);
  asked[0]?.resolve(7);
  await first;
  const second = refreshed.value(3000);
  asked[1]?.reject(new Error('away'));
  expect(await second).toBe(7);
  expect(refreshed.failedSince).toBe(1000);
  const late = refreshed.value(12_000);
  await vi.advanceTimersByTimeAsync(100);
  expect(await late).toBeNull();
  asked[2]?.resolve(9);
  await vi.advanceTimersByTimeAsync(0);
  expect(refreshed.peek(12_100)).toBe(9);
  expect(refreshed.failedSince).toBeNull();
});

test('a question in the background holds nobody up', async () => {
  expect(refreshed.peek(0)).toBeNull();
  asked[0]?.resolve(7);
  await vi.advanceTimersByTimeAsync(0);
  expect(refreshed.peek(1)).toBe(7);
});
