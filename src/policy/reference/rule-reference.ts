import { type VerdictKind, verdictKinds } from '../../call/vocabulary.ts';
import { conditions } from '../conditions/registry.ts';
import { durationPattern } from '../yaml/schema-words.ts';
import { type JsonSchema, jsonSchemas } from './json-schemas.ts';

/** docs/rules.md: everything that can be written in a rule directory, from the shapes that read it. */
export function ruleReference(): string {
  const schemas = jsonSchemas();
  const policy = schemas.get('schema.json') as JsonSchema;
  const rule = itemOf(at(policy, 'rules'));
  const verdicts = at(rule, 'then');
  const cases = itemOf(at(schemas.get('cases.schema.json') as JsonSchema, 'cases'));
  return [
    '# Rule files',
    '',
    '<!-- Made by `gatehouse schema --write` from the shapes in src/policy; edit those. -->',
    '',
    'A rule directory holds `policy.yaml`, `prompts.yaml`, and the folders `lists/`, `calendars/` and `cases/`. Editors with a YAML server complete and check them by the first line of each file. `gatehouse check` names what is wrong by file, line and column, `gatehouse test` runs the cases, `gatehouse explain` says what would become of a call, `gatehouse backtest` what would have become of those that were recorded, `gatehouse diff` [what an edit changes](#what-does-my-edit-change). Ten recipes, each with its cases: [recipes.md](recipes.md); whole rule sets of a bank, a school and some thirty others: [test/rule-sets](../test/rule-sets). Why it is as it is: [0002](decisions/0002-rule-language.md), [0006](decisions/0006-proofs-and-cases.md).',
    '',
    section('policy.yaml', 'The rules and what they refer to.', policy),
    section('settings', at(policy, 'settings').description, at(policy, 'settings')),
    section('settings: challenge', 'Defaults of challenges.', at(policy, 'settings', 'challenge')),
    section(
      'trunks',
      'Under `trunks:`, by the name of the PJSIP endpoint. On a trunk without an entry no header is believed, only the check of the signature by your own Asterisk. What carriers write, header by header: [field.md](field.md).',
      valuesOf(at(policy, 'trunks')),
    ),
    section('lists', 'Under `lists:`, by name.', valuesOf(at(policy, 'lists'))),
    section(
      'calendars',
      'Under `calendars:`, by name, or in `calendars/<name>.yaml`.',
      valuesOf(at(policy, 'calendars')),
    ),
    section('A rule', 'Under `rules:`, in the order in which they are tried.', rule),
    conditionSection(),
    verdictSection(verdicts),
    section('A case', 'In `cases/*.yaml`, under `cases:`.', cases),
    section('A case: call', 'Who calls, and what is known.', at(cases, 'call')),
    section('A case: history', 'What was known before the call.', mappingOf(at(cases, 'call', 'history'))),
    section(
      'A case: want',
      'What must become of the call; what is not named may be anything.',
      at(cases, 'want'),
    ),
    section(
      'claimed-names.yaml',
      'Whom display names may claim to be; the file may be missing.',
      schemas.get('claimed-names.schema.json') as JsonSchema,
    ),
    section('prompts.yaml', 'What callers hear.', schemas.get('prompts.schema.json') as JsonSchema),
    editSection(),
  ].join('\n');
}

function editSection(): string {
  return [
    '## What does my edit change?',
    '',
    '`gatehouse diff OLD NEW` compares two rule directories by proof: not the calls of the last weeks, but every call that there can be. In a clone of your rules, `gatehouse diff HEAD rules` says what you have edited since the last commit; here a calendar got `closed: [12-24]`.',
    '',
    '```',
    '1 kind of call fares otherwise',
    '  by-day → at-night: challenge press 1, passed: connect, failed: voicemail general, silent: voicemail general → challenge press 1, passed: connect as “Night: Jo Caller”, failed: connect, silent: connect',
    '      HEAD:rules/policy.yaml:16 → rules/policy.yaml:17',
    '      such as a call from +12025550143, to +13175550100, Thu 24 Dec 2026 07:00 (America/New_York)',
    '```',
    '',
    'A line for each two rules between which calls move: what became of them and what will, both rules by file and line, and a call that both policies have decided. What is not in its words is ordinary: no history, no verification, now. Kinds of call that need a number on another list (*if +1… stood on …*) are listed apart: no number stands so today, and one may tomorrow. Rows of lists that came and went, rules in monitor mode, and settings, prompts and trunks follow. `--since 30d` or `--calls FILE` adds how many recorded calls are of each kind ([backtest](commands.md)).',
    '',
    'Nothing is passed over in silence: two rules of which it could not be proven that no call moves between them are named, with the reason. Exit code 0: nothing changes; 1: something does, or is not proven; 2: the rules could not be compared. `--json` is for programs. How it works: [0042](decisions/0042-what-an-edit-changes-is-proven.md).',
    '',
  ].join('\n');
}

function conditionSection(): string {
  const rows = conditions.map(({ path, about, example }) =>
    row(`\`${path.join(': ')}\``, `\`${example}\``, about),
  );
  return [
    '## Under when',
    '',
    'All that stands side by side must hold; several values mean any of them. `all:` and `any:` take lists of conditions, `not:` takes one. A condition whose fact is missing (the history, when Redis did not answer) is neither true nor false: the rule does not match by it, and neither does its `not`.',
    '',
    row('condition', 'example', 'meaning'),
    row('---', '---', '---'),
    ...rows,
    '',
  ].join('\n');
}

function verdictSection(then: JsonSchema): string {
  const mapping = mappingOf(then);
  const parts = verdictKinds.words.map((kind) =>
    section(`then: ${kind}`, verdictWords[kind], mappingOf(at(mapping, kind))),
  );
  return parts.join('\n');
}

const verdictWords: Record<VerdictKind, string> = {
  connect: 'To a person: `then: connect`, or with',
  challenge: 'The caller must do something first: `then: { challenge: press-1 }`, or with',
  voicemail: 'A message that a person listens to: `then: voicemail`, or with',
  reject:
    'Turned away, with words of redress. Loading refuses a rule that could turn away a caller who is on no block list.',
};

function section(title: string, about: string | undefined, schema: JsonSchema): string {
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(([key, value]) => {
    const words = typeof value === 'boolean' ? '' : (value.description ?? '');
    return row(`\`${key}\`${required.has(key) ? ' (needed)' : ''}`, valueWords(value), words);
  });
  return [
    `## ${title}`,
    '',
    about ?? '',
    '',
    row('key', 'values', 'meaning'),
    row('---', '---', '---'),
    ...rows,
    '',
  ].join('\n');
}

function row(...cells: string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function at(schema: JsonSchema, ...keys: string[]): JsonSchema {
  let found: JsonSchema = schema;
  for (const key of keys) {
    const next = mappingOf(found).properties?.[key];
    if (next === undefined || typeof next === 'boolean')
      throw new Error(`the schema has no ${keys.join('.')}`);
    found = next;
  }
  return found;
}

/** Of alternatives, the one with keys. */
function mappingOf(schema: JsonSchema): JsonSchema {
  const alternatives = (schema.anyOf ?? []).filter((one) => typeof one !== 'boolean');
  return alternatives.find((one) => one.type === 'object') ?? schema;
}

function itemOf({ items }: JsonSchema): JsonSchema {
  if (typeof items !== 'object' || Array.isArray(items)) throw new Error('the schema is not of a list');
  return items as JsonSchema;
}

function valuesOf({ additionalProperties }: JsonSchema): JsonSchema {
  if (typeof additionalProperties !== 'object') throw new Error('the schema has no values');
  return additionalProperties;
}

type Schema = JsonSchema | boolean | undefined;

/** What can be written for a schema, short: `1 to 5`, `connect`, `voicemail`, `true or false`, `text, or a list of them`. */
export function valueWords(schema: Schema): string {
  if (schema === undefined || typeof schema === 'boolean') return 'anything';
  if (schema.$ref !== undefined || schema.allOf !== undefined) return 'conditions';
  if (schema.enum) return schema.enum.map((one) => `\`${one}\``).join(', ');
  if (schema.const !== undefined) return `\`${schema.const}\``;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return alternativeWords(alternatives);
  switch (schema.type) {
    case 'boolean':
      return '`true`, `false`';
    case 'integer':
    case 'number':
      return schema.minimum === undefined ? 'a number' : `${schema.minimum} to ${schema.maximum}`;
    case 'array':
      return `list of: ${valueWords(first(schema.items))}`;
    case 'object':
      return objectWords(schema);
    default:
      return schema.pattern === durationPattern.source ? 'duration: `30d`, `1h30m`, `10m`, `6s`' : 'text';
  }
}

function alternativeWords(alternatives: readonly Schema[]): string {
  const parts = alternatives.map(valueWords);
  // One value or a list of the same.
  const [list, single] = parts;
  if (parts.length === 2 && list === `list of: ${single}`) return `${single}; one or a list`;
  return [...new Set(parts)].join('; or ');
}

function objectWords({ properties, additionalProperties, propertyNames }: JsonSchema): string {
  if (properties) return `{ ${Object.keys(properties).join(', ')} }`;
  const names = typeof propertyNames === 'object' && propertyNames.enum ? valueWords(propertyNames) : 'names';
  return `${names}, each with: ${valueWords(additionalProperties)}`;
}

function first(items: JsonSchema['items']): Schema {
  return Array.isArray(items) ? items[0] : items;
}
