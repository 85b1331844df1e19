import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unnamedTrunk } from '../../../src/call/trunk.ts';
import { parseEntryArgs } from '../../../src/screening/entry/entry-args.ts';
import { callerOf } from '../../../src/screening/entry/read-caller.ts';
import { verificationFromEntry } from '../../../src/screening/entry/read-verification.ts';
import { readAddresses } from '../../../src/screening/entry/sip-address.ts';

const users = (header: string, isList: boolean) =>
  readAddresses(header, isList).addresses.map(({ user }) => user);

// RFC 3325 §9.1: PAssertedID-value = name-addr / addr-spec, and a comma between several.
it.each([
  ['tel:+13175550120, <sip:x@h>', ['x', '+13175550120']],
  ['sip:+13175550120@h, tel:+13175550121', ['+13175550120', '+13175550121']],
  ['"Ann, tel:+13175550199" <sip:ann@h>, tel:+13175550120;ext=5', ['ann', '+13175550120']],
  ['tel:+13175550120;ext=5,sip:+13175550121@h;user=phone', ['+13175550120', '+13175550121']],
  ['<sip:a,b@h>, <tel:+13175550120;ext=5>', ['a,b', '+13175550120']],
  ['<tel:5550120;phone-context=+1317>,tel:5550121;phone-context=+1317', ['+13175550120', '+13175550121']],
  ['sip:fake@h <sip:real@h>', ['real']],
  ['<sip:open@h, tel:+13175550199', []],
  ['', []],
])('P-Asserted-Identity %s', (header, wanted) => {
  expect(users(header, true)).toEqual(wanted);
});

it.each([
  ['tel:+13175550199, x <sip:+13175550120@h>', ['+13175550120']],
  ['tel:+13175550199, x <sip:anonymous@anonymous.invalid>', ['anonymous']],
  ['tel:+13175550120;tag=1', ['+13175550120']],
])('From is one address, and those in brackets alone count: %s', (header, wanted) => {
  expect(users(header, false)).toEqual(wanted);
});

it('the caller is taken from a list with and without brackets', () => {
  const trunk = { ...unnamedTrunk('US'), caller: 'pai' } as const;
  const caller = (pai: string) => callerOf({ ...parseEntryArgs([]), pai }, trunk).number;
  expect(caller('tel:+13175550120, <sip:x@h>')).toBe('+13175550120');
  expect(caller('sip:x@h, tel:+13175550121')).toBe('+13175550121');
  expect(caller('tel:+13175550199, x <sip:+13175550120@h>')).toBe('+13175550120');
});

it('beside brackets an address without them vouches for nobody, and still tells of a failure', () => {
  const trunk = { ...unnamedTrunk('US'), believes: new Set(['verstat-in-pai'] as const) };
  const result = (pai: string) =>
    verificationFromEntry({ ...parseEntryArgs([]), pai }, trunk, {
      caller: '+13175550120',
      called: null,
      now: 0,
    }).result;
  expect(result('tel:+13175550120;verstat=TN-Validation-Passed, x <sip:+13175550120@h>')).toBe('none');
  expect(result('tel:+13175550120;verstat=TN-Validation-Failed, x <sip:+13175550120@h>')).toBe('failed');
  expect(result('sip:x@h, tel:+13175550120;verstat=TN-Validation-Passed')).toBe('passed');
});

it('never throws', () => {
  const pieces = fc.array(fc.constantFrom('<', '>', ',', ';', '"', '\\', ' ', 'tel:+1', 'sip:a@h', '?'), {
    maxLength: 900,
  });
  fc.assert(
    fc.property(pieces, fc.boolean(), (parts, isList) => {
      readAddresses(parts.join(''), isList);
    }),
  );
});
