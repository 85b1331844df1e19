import { expect, test } from 'vitest';
import type { Console } from '../../src/init/asterisk.ts';
import { ringOnce } from '../../src/init/ring.ts';

const leg = (place: string, app: string): string =>
  [`Local/100@gatehouse-in-1;2!${place}!Ring!${app}`, 'Local/100@gatehouse-in-1;1!x!100!1!Up!Wait!3'].join(
    '\n',
  );

/** Shows these channels, one after the other; the last one stays. */
function showing(channels: readonly string[], variables = ''): Console & { readonly asked: string[] } {
  let at = 0;
  const asked: string[] = [];
  return {
    asked,
    ask(command) {
      asked.push(command);
      if (command.startsWith('core show channel ')) return Promise.resolve(variables);
      if (command !== 'core show channels concise') return Promise.resolve('');
      return Promise.resolve(channels[Math.min(at++, channels.length - 1)] ?? '');
    },
  };
}

const entry = leg('gatehouse-in!100!30', 'Stasis!gatehouse');

test.each([
  [
    'the challenge',
    [entry, leg('gatehouse-challenge!press-1!9', 'Stasis!gatehouse')],
    '',
    { kind: 'screened', to: 'the challenge', reason: null },
  ],
  [
    'a phone',
    [entry, leg('gatehouse-before!100!2', 'Dial!PJSIP/desk')],
    '',
    { kind: 'screened', to: 'Dial(PJSIP/desk)', reason: null },
  ],
  [
    'a phone, not screened',
    [leg('from-carrier!100!2', 'Dial!PJSIP/desk')],
    'A=1\nGATEHOUSE_REASON=app-absent\n',
    { kind: 'unscreened', to: 'Dial(PJSIP/desk)', reason: 'app-absent' },
  ],
  [
    'a queue',
    [leg('gatehouse-to-operators!100!1', 'Queue!desk')],
    '',
    { kind: 'screened', to: 'Queue(desk)', reason: null },
  ],
  ['nobody', [entry, ''], '', { kind: 'ended', last: 'Stasis in [gatehouse-in]' }],
] as const)('a call to ourselves comes to %s, and is hung up', async (_, channels, variables, rung) => {
  const console = showing(channels, variables);
  expect(await ringOnce(console, '100', new AbortController().signal)).toEqual(rung);
  expect(console.asked[0]).toBe('channel originate Local/100@gatehouse-in/n application Wait 3');
  const hungUp = console.asked.filter((command) => command.startsWith('channel request hangup'));
  // The caller's half first. Here the other one stays, and is hung up too.
  expect(hungUp.map((command) => command.slice(-2))).toEqual(rung.kind === 'ended' ? [] : [';1', ';2', ';1']);
});
