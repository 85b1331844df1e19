import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { RolledBack } from '../../src/init/apply.ts';
import { Interrupted } from '../../src/init/interruption.ts';
import { plainFiles, Site } from './site.ts';

async function site(): Promise<Site> {
  const one = await Site.of();
  onTestFinished(() => one.close());
  return one;
}

/** A signal that is aborted when it is asked for the nth time. */
function interruptedAt(nth: number): AbortSignal {
  const controller = new AbortController();
  const { signal } = controller;
  let times = 0;
  vi.spyOn(signal, 'throwIfAborted').mockImplementation(() => {
    if (++times === nth) controller.abort(new Interrupted('SIGINT'));
    if (signal.aborted) throw signal.reason;
  });
  return signal;
}

test('interrupted at any moment, all is as it was; from the trunk on it is completed', async () => {
  const one = await site();
  const before = one.snapshot();
  let putBack = 0;
  for (let nth = 1; ; nth++) {
    const ended = await one.init({}, { interrupted: interruptedAt(nth) }).catch((failed: Error) => failed);
    if (!(ended instanceof Error)) break;
    if (ended instanceof RolledBack) {
      expect(ended.cause).toBeInstanceOf(Interrupted);
      putBack++;
    } else expect(ended).toBeInstanceOf(Interrupted);
    expect(one.snapshot(), `interrupted at ${nth}`).toEqual(before);
    expect(one.console.asked.at(-1)).not.toBe('module reload res_pjsip.so');
  }
  // Before each of the files, and between the steps after them.
  expect(putBack).toBeGreaterThan(10);
  expect(one.read('pjsip.conf')).toContain('gatehouse-in');
});

test('uninit that is interrupted while it waits for calls has put back the trunk, and is run again', async () => {
  const one = await site();
  const before = one.snapshot();
  await one.init();
  const controller = new AbortController();
  one.console.channels = 'PJSIP/carrier-1!gatehouse-in!100!30!Ring!Stasis!gatehouse!1!!!3!2!!1.1\n';
  one.console.before = (command) => {
    if (command.startsWith('core show channels')) controller.abort(new Interrupted('SIGINT'));
  };
  await expect(one.uninit(controller.signal)).rejects.toThrow('The trunk is back');
  expect(one.read('pjsip.conf')).toBe(plainFiles['pjsip.conf']);
  expect(existsSync(join(one.etc, 'gatehouse/gatehouse.conf'))).toBe(true);
  one.console.channels = '';
  await one.uninit();
  expect(one.snapshot()).toEqual(before);
});
