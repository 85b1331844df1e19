import { expect, test } from 'vitest';
import { AppOwner } from '../../src/ari/app-owner.ts';
import type { AriHttp } from '../../src/ari/ari-http.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { RecordingLog } from '../fakes/recording-log.ts';

/** An Asterisk whose global variables and registered app are as told. */
function asterisk(told: { owner: string; beat: string; registered: boolean; away?: boolean }) {
  const clock = new FakeClock();
  const log = new RecordingLog();
  const written: string[] = [];
  const request = async (method: string, path: string) => {
    if (told.away) throw new Error('not there');
    if (method === 'POST') written.push(path.replace(/^.*value=/, ''));
    if (path.startsWith('/applications/')) return { status: told.registered ? 200 : 404, body: '{}' };
    const value = path.endsWith('EPOCH')
      ? String(Math.floor(clock.now() / 1000))
      : path.endsWith('_OWNER')
        ? told.owner
        : told.beat;
    return { status: 200, body: JSON.stringify({ value }) };
  };
  const http = { request } as unknown as AriHttp;
  const owner = new AppOwner({ http, app: 'gatehouse', id: 'us', clock, log });
  let isFree = false;
  let waits = 0;
  const start = () => {
    const free = owner.untilFree(
      () => false,
      () => void waits++,
    );
    void free.then(() => {
      isFree = true;
    });
  };
  const beats = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      told.beat = String(Math.floor(clock.now() / 1000));
      await clock.advance(1000);
    }
  };
  return { clock, log, owner, written, told, start, beats, isFree: () => isFree, waits: () => waits };
}

test.each([
  ['nobody has it', { owner: '', beat: '', registered: false }],
  ['an older Gatehouse, which says no owner, has it', { owner: '', beat: '', registered: true }],
  ['it was ours before', { owner: 'us', beat: '', registered: true }],
  ['the other has ended', { owner: 'them', beat: '', registered: false }],
  ['Asterisk does not say', { owner: 'them', beat: '', registered: true, away: true }],
])('the app is taken at once when %s', async (_, told) => {
  const { clock, start, isFree, waits } = asterisk(told);
  start();
  await clock.advance(0);
  expect([isFree(), waits()]).toEqual([true, 0]);
});

test('while the other is alive it waits and says what to do; it takes over when that one ends', async () => {
  const { log, told, start, beats, isFree, waits } = asterisk({ owner: 'them', beat: '', registered: true });
  await beats(1);
  start();
  await beats(120);
  expect([isFree(), waits()]).toEqual([false, 1]);
  told.registered = false;
  await beats(2);
  expect(isFree()).toBe(true);
  expect(log.lines.map(({ level, message }) => `${level} ${message.split(';', 1)[0]}`)).toEqual([
    'warn Another Gatehouse has this Stasis app',
    'info The other Gatehouse is gone',
  ]);
  expect(log.lines[0]?.fields.remedy).toMatch(/GATEHOUSE_APP/);
});

test('it takes over from one whose heart has stopped, within 12 s, and not for a single beat that is missing', async () => {
  const { clock, told, start, beats, isFree } = asterisk({ owner: 'them', beat: '', registered: true });
  await beats(1);
  start();
  await beats(5);
  told.beat = '0';
  await clock.advance(2000);
  await beats(5);
  expect(isFree()).toBe(false);
  await clock.advance(12_000);
  expect(isFree()).toBe(true);
});

test('who has lost it to one that does not say who it is does not take it back at once', async () => {
  const { owner, written, told } = asterisk({ owner: 'us', beat: '', registered: true });
  await owner.claim();
  await owner.lost();
  told.owner = 'them';
  await owner.lost();
  expect(written).toEqual(['us', 'another']);
});
