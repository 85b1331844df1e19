import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { BypassReason } from '../../src/call/vocabulary.ts';
import { cleanLabel, dialplanTarget } from '../../src/screening/exit-target.ts';

function connect(exit: string, label: string | null): string {
  const target = dialplanTarget({ exit: { kind: 'connect', exit, label } });
  expect(target.context).toBe('gatehouse-connect');
  return target.extension;
}

it('names the exit, and the label percent-encoded', () => {
  expect(connect('operators', null)).toBe('operators=');
  expect(connect('sales-2', 'Customer Acme')).toBe('sales-2=Customer%20Acme');
  expect(connect('operators', 'José, "x" ${HANGUP()}')).toBe(
    'operators=José%2C%20%22x%22%20%24%7BHANGUP%28%29%7D',
  );
});

it('drops control characters, line ends and marks that turn the text direction', () => {
  expect(cleanLabel(' a\r\nb\u0000\u202ec\u2066 ')).toBe('abc');
  expect(connect('operators', '\u0007')).toBe('operators=');
});

it('sends an exit that cannot be a dialplan name to the operators', () => {
  expect(connect('../../x', 'Acme')).toBe('operators=Acme');
  expect(connect('-x', null)).toBe('operators=');
});

it('cuts any label to 79 bytes, between characters', () => {
  const label = fc.string({
    unit: fc.constantFrom('a', ' ', 'é', '漢', '👩‍💻', '\ud800', '\n', '%', "'", '='),
    maxLength: 90,
  });
  fc.assert(
    fc.property(fc.oneof(label, fc.string({ unit: 'binary' })), (text) => {
      const extension = connect('operators', text);
      expect(extension).toMatch(/^operators=(?:[A-Za-z0-9_.%-]|[^\x00-\x7f])*$/);
      expect(extension.isWellFormed()).toBe(true);
      expect(Buffer.byteLength(extension)).toBeLessThanOrEqual(79);
      expect(cleanLabel(text).startsWith(decodeURIComponent(extension.slice('operators='.length)))).toBe(
        true,
      );
    }),
  );
});

it.each([
  ['Kunde 北京市人民医院挂号处 张伟', 'Kunde 北京市人民医院挂号处 张伟'],
  ['王'.repeat(30), '王'.repeat(23)],
  ['Γιώργος Παπαδόπουλος Αθήνα Ελλάδα', 'Γιώργος Παπαδόπουλος Αθήνα Ελλάδα'],
  ['José'.repeat(20), `${'José'.repeat(13)}Jos`],
  [`${'x'.repeat(68)}é`, 'x'.repeat(68)],
  [`${'x'.repeat(67)}e\u0301`, 'x'.repeat(67)],
  ['हिन्दी '.repeat(8), 'हिन्दी हिन्दी हिन्दी हि'],
  ['👍🏽'.repeat(9), '👍🏽'.repeat(8)],
  ['🇩🇪'.repeat(9), '🇩🇪'.repeat(8)],
  ['محمد عبد الله', 'محمد عبد الله'],
])('shows of the label %s what fits, in whole characters', (label, shown) => {
  expect(decodeURIComponent(connect('operators', label).slice('operators='.length))).toBe(shown);
});

it('names the mailbox, or the default one', () => {
  const box = (name: string) => dialplanTarget({ exit: { kind: 'voicemail', box: name } });
  expect(box('100@default')).toEqual({ context: 'gatehouse-voicemail', extension: '100@default' });
  for (const bad of ['', 'a,b', 'x'.repeat(41), '${X}', '@x', 'a b'])
    expect(box(bad).extension).toBe('default');
});

it('names the SIP response of a rejection', () => {
  const reject = (sip: number) => dialplanTarget({ exit: { kind: 'reject', sip } });
  expect(reject(608)).toEqual({ context: 'gatehouse-reject', extension: '608' });
  for (const bad of [200, 399, 700, 603.5, Number.NaN]) expect(reject(bad).extension).toBe('603');
});

it.each<BypassReason>(['exception', 'ari-failed', 'adopted-too-late', 'draining', 'watchdog'])(
  'releases to the operators with the reason %s',
  (bypass) => {
    expect(dialplanTarget({ bypass, detail: 'x' })).toEqual({
      context: 'gatehouse-release',
      extension: bypass,
    });
  },
);
