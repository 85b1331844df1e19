import { expect, it } from 'vitest';
import { conditions } from '../../../src/policy/conditions/registry.ts';
import { shippedPrompts } from '../policy-fixture.ts';
import { compared, differences, pairsOf } from './compared.ts';

const lists = ['staff', 'customers', 'departments', 'decoys'];

/** @param rule `when` and `then`, or empty */
function filesOf(rule: string) {
  const declared = lists.map((list) => `  ${list}: { file: lists/${list}.txt }\n`).join('');
  return {
    'policy.yaml': `settings:
  default-region: US
  our-countries: [US, CA]
  own-numbers: "+13175550100..+13175550109"
  language: en
  voicemail-box: general
  time-zone: America/New_York
  holidays: US-IN
  decoys: decoys
calendars:
  office-hours: { open: [{ weekday: mon-fri, hours: 08:00-17:00 }] }
lists:
${declared}rules:
${rule}  - { id: everyone-else, then: { challenge: press-1 } }
`,
    'prompts.yaml': shippedPrompts,
    'lists/staff.txt': '+13175550120\n',
    'lists/customers.txt': '+13175550130\n',
    'claimed-names.yaml': 'names: { agency: [IRS, Medicare], police: [Sheriff] }\n',
    'lists/decoys.txt': '+13175550108\n',
    'lists/departments.txt': '+13175550103\n',
  };
}

const asked = (when: string, verdict: string) => `  - { id: asked, when: { ${when} }, then: ${verdict} }\n`;

/** A condition of several parts, part by part. */
const further = [
  'verification: { signer: { matches: "^https://[a-z]+[.]example/" } }',
  'verification: { origid: 6ba7b810-9dad-11d1-80b4-00c04fd430c8 }',
  'verification: { signer-name: { contains: telco } }',
  'verification: { signer-code: 709J }',
  'verification: { signed-name: { equals: First Harbor } }',
  'verification: { signed-for: [forwarded, other] }',
  'verification: { problem: [expired, bad-signature] }',
  'verification: { contradicted: true }',
  'verification: { contradicted: false }',
  'caller: { claims: true }',
  'caller: { claims: police, name: { contains: office } }',
  'caller: { alibi: false }',
  'level: { at-least: attack }',
  'level: { at-least: elevated, of: departments }',
  'call-back-surge: false',
  'caller: { name: { matches: "^v[0-9]{5,}$" } }',
];
const examples = [
  ...conditions.map(({ path, example }) => [path.join(' '), example]),
  ...further.map((one) => [one, one]),
];

it.each(examples as [string, string][])('%s: a call that matches, and one that does not', (_, example) => {
  const none = compared(filesOf(''));
  const connects = compared(filesOf(asked(example, 'connect')));
  const listens = compared(filesOf(asked(`not: { ${example} }`, 'voicemail')));
  const [taken, refused] = [differences(none, connects), differences(none, listens)];
  expect([pairsOf(taken), taken.unproven]).toEqual([['everyone-else → asked'], []]);
  expect([pairsOf(refused), refused.unproven]).toEqual([['everyone-else → asked'], []]);
});
