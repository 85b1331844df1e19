import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Alarm, afterLook, noAlarm, readAlarm, writeAlarm } from '../../src/watch/alarm.ts';
import { problemsOfAnswer } from '../../src/watch/look.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const minute = 60_000;
const start = Date.UTC(2026, 2, 2, 15);
const away = ['no Gatehouse answers at 127.0.0.1:8090 (ECONNREFUSED)'];

/** A look a minute; what is told at each. */
function looks(...found: readonly (readonly string[])[]) {
  let alarm: Alarm = noAlarm;
  return found.map((problems, at) => {
    const result = afterLook(alarm, problems, start + at * minute);
    alarm = result.alarm;
    return result.notice?.phase ?? null;
  });
}

test('a restart is not told; what lasts is told once, each hour, and when it is over', () => {
  expect(looks(away, [], away, [])).toEqual([null, null, null, null]);
  const hour = Array.from({ length: 59 }, () => away);
  expect(looks(away, away, ...hour, away, [], []).filter((phase) => phase !== null)).toEqual([
    ...['begun', 'going-on', 'over'],
  ]);
});

test('the notice says what is wrong and where to look', () => {
  const { notice } = afterLook({ since: start, toldAt: null }, away, start + minute);
  expect(notice).toMatchObject({
    ...{ kind: 'away', since: start, lines: [...away, expect.stringContaining('gatehouse doctor')] },
  });
});

test('a clock that was set back keeps it quiet for no longer than before', () => {
  const day = 86_400_000;
  const { alarm } = afterLook({ since: start + day, toldAt: start + day }, away, start);
  expect(alarm).toEqual({ since: start, toldAt: start });
});

test('what Gatehouse answers: screening and standing by are well, the rest says why not', () => {
  const at = '127.0.0.1:8090';
  for (const well of [{ ok: true }, { ari: 'connected', otherDialplan: null }, { ari: 'standby' }])
    expect(problemsOfAnswer(well, at)).toEqual([]);
  expect(problemsOfAnswer('ECONNREFUSED', at)).toEqual([expect.stringContaining('no Gatehouse answers')]);
  expect(problemsOfAnswer({ ari: 'connecting' }, at)).toEqual([expect.stringContaining('connecting')]);
  const otherDialplan = { version: '7', message: 'gatehouse.conf is of contract version 7', remedy: '' };
  expect(problemsOfAnswer({ ari: 'connected', otherDialplan }, at)).toEqual([
    expect.stringContaining('version 7'),
  ]);
});

test('what is remembered survives, and a file that cannot be read is no alarm', async () => {
  const path = join(temporaryFolder(), 'watch.json');
  expect(await readAlarm(path)).toEqual(noAlarm);
  await writeAlarm(path, { since: 1, toldAt: 2 });
  expect(await readAlarm(path)).toEqual({ since: 1, toldAt: 2 });
  writeFileSync(path, '{"since":"x"}');
  expect(await readAlarm(path)).toEqual(noAlarm);
});
