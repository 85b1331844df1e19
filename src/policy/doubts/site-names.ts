import { nearestWord, wordRemedy } from '../../text/spelling.ts';
import type { Problem } from '../problem.ts';
import type { YamlPath } from '../yaml/yaml-source.ts';
import { askedBy, type Doubt, type Doubted, error, toldIn, valuesOf, warning } from './doubt.ts';

type Named = readonly [name: string, path: YamlPath];
type Key = 'trunks' | 'exits' | 'mailboxes';

const kinds: Record<Key, { readonly what: string; readonly many: string; readonly where: string }> = {
  trunks: { what: 'trunk', many: 'trunks', where: 'the PJSIP endpoints of the carriers' },
  exits: { what: 'exit', many: 'exits', where: 'the gatehouse-to-… contexts of gatehouse-site.conf' },
  mailboxes: { what: 'mailbox', many: 'mailboxes', where: 'the boxes of voicemail.conf' },
};

/**
 * Names of things that only the telephone system knows. Where `settings: site:` lists them, another name is an error;
 * where it does not, it is a warning that nothing can check them.
 */
export const siteNames: Doubt = function* (doubted) {
  yield* checked(doubted, 'trunks', trunksNamed(doubted), []);
  const exits = namesOf(doubted, 'exit');
  const boxes = namesOf(doubted, 'box');
  const { settings } = doubted.rules;
  if (settings['operators-exit']) exits.push([settings['operators-exit'], ['settings', 'operators-exit']]);
  yield* checked(doubted, 'exits', exits, ['operators']);
  const ownBox = settings['voicemail-box'];
  const isDeclared = settings.site?.mailboxes !== undefined;
  const all: Named[] = isDeclared ? [...boxes, [ownBox, ['settings', 'voicemail-box']]] : boxes;
  yield* checked(doubted, 'mailboxes', all, isDeclared ? [] : [ownBox]);
};

function namesOf(doubted: Doubted, key: 'exit' | 'box'): Named[] {
  return toldIn(doubted, key).flatMap(([name, path]) =>
    typeof name === 'string' ? [[name, path] as const] : [],
  );
}

function* checked(
  { rules, source }: Doubted,
  key: Key,
  named: Iterable<Named>,
  always: readonly string[],
): Generator<Problem> {
  const { what, many, where } = kinds[key];
  const listed = rules.settings.site?.[key];
  // Trunks that are described are there; others may be too.
  const described = key === 'trunks' && rules.trunks !== undefined ? Object.keys(rules.trunks) : undefined;
  const declared = listed === undefined ? described : [...listed, ...(described ?? [])];
  const known = [...(declared ?? []), ...always];
  const others = [...named].filter(([name]) => !known.includes(name));
  if (declared !== undefined) {
    for (const [name, path] of others)
      yield (listed === undefined ? warning : error)(
        source.at(path),
        `the site has no ${what} "${name}"`,
        `${wordRemedy(name, known, many)}; they are listed ${listed === undefined ? 'under trunks' : `in the settings under site: ${key}`}`,
        `unknown-${what}`,
      );
    return;
  }
  const [first] = others;
  if (first === undefined) return;
  const names = [...new Set(others.map(([name]) => name))];
  for (const [name, path] of others) {
    const meant = nearestWord(name, [...always, ...names.filter((one) => !isNumbered(name, one))]);
    if (meant === null) continue;
    yield warning(
      source.at(path),
      `two ${many} have almost the same name: "${name}" and "${meant}"`,
      `if one of them is misspelled, correct it; list the ${many} in the settings: site: { ${key}: [${names.join(', ')}] }`,
      `similar-${key}`,
    );
    return;
  }
  yield warning(
    source.at(first[1]),
    `it is not checked whether ${names.length === 1 ? `the ${what}` : `these ${many}`} exist${names.length === 1 ? 's' : ''}: ${names.slice(0, 8).join(', ')}`,
    `list ${where} in the settings: site: { ${key}: [${names.slice(0, 8).join(', ')}] }; then a misspelled name is refused`,
    `unchecked-${key}`,
  );
}

function* trunksNamed({ rules }: Doubted): Generator<Named> {
  for (const asked of askedBy(rules)) yield* valuesOf(asked, 'trunk');
}

/** `carrier-a` and `carrier-b` are two of a kind, and no misspelling. */
function isNumbered(a: string, b: string): boolean {
  const stem = (name: string) => name.replace(/[-_.]?[a-z0-9]$|\d+$/i, '');
  return a === b || (stem(a) !== '' && stem(a) === stem(b));
}
