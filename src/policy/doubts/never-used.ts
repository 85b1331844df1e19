import {
  areApart,
  type NumberPattern,
  parseNumberPattern,
  patternWords,
} from '../../numbers/number-pattern.ts';
import { ListedNumbers } from '../proof/listed-numbers.ts';
import { askedBy, type Doubt, valuesOf, warning } from './doubt.ts';

/** Lists and calendars that no rule asks for. */
export const unused: Doubt = function* ({ rules, source, policy, calendarPlace }) {
  const lists = new Set<string>([
    ...policy.settings.mustPass.map(({ list }) => list),
    ...policy.settings.decoys,
  ]);
  const calendars = new Set<string>();
  for (const asked of askedBy(rules)) {
    for (const group of ['caller', 'called'])
      for (const [list] of valuesOf(asked, group, 'in')) lists.add(list);
    const { of } = (asked.at.level ?? {}) as { readonly of?: string };
    if (of !== undefined) lists.add(of);
    const { calendar } = (asked.at.time ?? {}) as { readonly calendar?: string };
    if (calendar !== undefined) calendars.add(calendar);
    for (const [name] of valuesOf(asked, 'closed-today')) calendars.add(name);
  }
  for (const [id, written] of Object.entries(rules.lists ?? {}))
    if (!lists.has(id) && written['in-use'] !== false)
      yield warning(
        source.atKey(['lists'], id),
        `no rule uses the list "${id}"`,
        `ask for it in a rule: when: { caller: { in: ${id} } }, take it away, or say in-use: false`,
        'unused-list',
      );
  for (const [id, { keptForLater }] of policy.calendars)
    if (!calendars.has(id) && !keptForLater)
      yield warning(
        calendarPlace(id),
        `no rule uses the calendar "${id}"`,
        `ask for it in a rule: when: { time: { calendar: ${id} } }, take it away, or say in-use: false`,
        'unused-calendar',
      );
};

/** Lists of which every row has expired. */
export const expiredLists: Doubt = function* ({ rules, source, policy, now }) {
  if (now === 0) return;
  for (const [id, list] of policy.lists) {
    if (list.size === 0 || list.size > 20_000) continue;
    const rows = new ListedNumbers(list);
    const holds = [...rows.numbers()].some((number) => list.find(number, now) !== null);
    if (holds || list.patterns.some(({ expiresAt }) => expiresAt === null || expiresAt > now)) continue;
    yield warning(
      source.atKey(['lists'], id),
      `every row of the list "${id}" (${rules.lists?.[id]?.file ?? 'a feed'}) has expired`,
      'give the rows a later date under expires, or take the list away',
      'expired-list',
    );
  }
};

/** Called numbers that are none of ours: no call will ever come to them. */
export const strangeCalledNumbers: Doubt = function* (doubted) {
  const { rules, source, policy } = doubted;
  const { ownPatterns, defaultRegion } = policy.settings;
  if (ownPatterns.length === 0) return;
  const isOurs = (pattern: NumberPattern) => ownPatterns.some((own) => !areApart(own, pattern));
  const remedy = `your numbers (settings: own-numbers) are ${ownPatterns.slice(0, 5).map(patternWords).join(', ')}; correct the number, or add it there`;
  for (const asked of askedBy(rules)) {
    for (const [written, path] of valuesOf(asked, 'called', 'number')) {
      const read = parseNumberPattern(written, defaultRegion);
      if (!('pattern' in read) || isOurs(read.pattern)) continue;
      yield warning(
        source.at(path),
        `"${written}" is not one of your numbers: nobody can have dialed it`,
        remedy,
        'not-our-number',
      );
    }
    for (const [id, path] of valuesOf(asked, 'called', 'in')) {
      const list = policy.lists.get(id);
      if (!list || list.size === 0 || list.size > 20_000) continue;
      const rows = new ListedNumbers(list);
      const found =
        rows.patterns().some(({ pattern }) => isOurs(pattern)) ||
        [...rows.numbers()].some((number) => isOurs({ kind: 'exact', number }));
      if (!found)
        yield warning(
          source.at(path),
          `the list "${id}" has none of your numbers: nobody can have dialed one of its rows`,
          remedy,
          'not-our-number',
        );
    }
  }
  for (const written of Object.keys(rules.settings['called-languages'] ?? {})) {
    const read = parseNumberPattern(written, defaultRegion);
    if ('pattern' in read && !isOurs(read.pattern))
      yield warning(
        source.atKey(['settings', 'called-languages'], written),
        `"${written}" is not one of your numbers: nobody can have dialed it`,
        remedy,
        'not-our-number',
      );
  }
};
