import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { holidayFinder } from '../../src/rules/holiday-finder.ts';
import { compileFiles, noon, shippedPrompts } from './policy-fixture.ts';

const files: Readonly<Record<string, string>> = {
  'policy.yaml': `
settings:
  default-region: US
  language: en
  voicemail-box: general
  time-zone: America/New_York
  our-countries: [US, CA]
  holidays: { region: US-IN, types: [public], except: [Columbus Day] }
  challenge: { attempts: 2, timeout: 6s, failed: voicemail, silent: { connect: { exit: operators } } }
  site: { trunks: [carrier], exits: [desk] }
trunks:
  carrier: { caller: pai, believe: [verstat-in-pai], region: US, caller-digits: { strip: '99', add: '+' } }
lists:
  feed: { url: https://x.example/a.csv, about: x, every: 1h, redirects: [y.example], prefixes: 100, columns: { number: [a] } }
rules:
  - id: a
    about: x
    when:
      all:
        - caller: { country: [US], is: [withheld], number: ['+1317555*'] }
        - time: { calendar: office, weekday: [mon], hours: [08:00-17:00], date: [12-24], zone: America/New_York }
        - history: { has-pass: true, calls: { over: 4, within: 10m } }
        - verification: { attestation: [A], signer: [x] }
        - share: 10%
    then: { challenge: { kind: press-1, attempts: 2, passed: { label: x, exit: desk } } }
    expires: 2027-03-31
  - { id: b, when: { trunk: carrier }, then: { reject: { sip: 607, reason: a reason } } }
  - { id: rest, then: { challenge: press-1 } }
`,
  'calendars/office.yaml': `
about: x
zone: America/New_York
holidays: { region: US, types: [public], except: [Columbus Day] }
open: [{ weekday: [mon-fri], hours: [08:00-17:00] }]
closed: [12-24]
special: { 2026-12-31: [08:00-12:00] }
`,
  'cases/a.yaml': `
cases:
  - case: x
    call: { from: withheld, name: Jo, verification: passed-A, at: 2026-03-12T12:00, history: { calls: { 10m: 5 } } }
    want: { rule: rest, verdict: challenge, label: x, monitored: [a] }
`,
  'prompts.yaml': 'languages: [en]\nprompts:\n  press-1: { en: Press 1. }\n',
};

type Path = readonly (string | number)[];

function* pathsOf(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value))
    yield* pathsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]);
}

function changed(tree: unknown, [key, ...rest]: Path, to: unknown): unknown {
  if (key === undefined) return to;
  const copy = Array.isArray(tree) ? [...tree] : { ...(tree as object) };
  const held = copy as Record<string | number, unknown>;
  held[key] = changed(held[key], rest, to);
  return copy;
}

const ofAProgram =
  /Invalid |expected \w+, received|docs\/decisions|undefined|\[object|NaN|Too (small|big)|Unrecognized/;

it.each(Object.keys(files))(
  '%s: whatever stands in place of a value, it is said in plain words',
  async (file) => {
    const holidays = await holidayFinder();
    const tree: unknown = parse(files[file] as string);
    const said: string[] = [];
    for (const path of pathsOf(tree))
      for (const value of [null, 7, [[1]], { zzz: 1 }]) {
        const text = stringify(changed(tree, path, value));
        const prompts = file === 'prompts.yaml' ? {} : { 'prompts.yaml': shippedPrompts };
        const { problems } = compileFiles({ ...files, ...prompts, [file]: text }, { holidays, now: noon });
        for (const { message, remedy } of problems)
          if (ofAProgram.test(`${message} ${remedy}`)) said.push(`${path.join('.')}: ${message}; ${remedy}`);
      }
    expect(said).toEqual([]);
  },
  60_000,
);
