import { getCountryCallingCode } from 'libphonenumber-js/max';
import { areApart, coveredBy, patternWords } from '../../numbers/number-pattern.ts';
import { amount, coversCountry } from '../doubts/breadth.ts';
import { type Formula, logicOf } from '../logic/formula.ts';
import type { Policy } from '../policy.ts';
import type { Problem } from '../problem.ts';
import { ListedNumbers } from './listed-numbers.ts';
import { variablesOf } from './theory.ts';

/** Larger lists are feeds: nobody edits them row by row. */
const mostLookedThrough = 200_000;
const mostPairs = 1_000_000;
const mostTold = 10;
/** A hundred exchanges. */
const mostCovered = 1_000_000;

/**
 * Rows that say a thing twice, or that contradict each other: a number on a block list and on another list.
 * @param fileOf the file of a list as the user typed it
 * @param now epoch ms
 */
export function findOddRows(policy: Policy, fileOf: (list: string) => string, now: number): Problem[] {
  const problems: Problem[] = [];
  for (const [id, list] of policy.lists) {
    for (const { number, firstLine, line } of new ListedNumbers(list).duplicates()) {
      problems.push({
        severity: 'warning',
        file: fileOf(id),
        line,
        column: 1,
        message: `${number} stands in line ${firstLine} too`,
        remedy: 'keep one of the two rows; of rows with a date the one that expires later holds',
        code: 'duplicate-row',
      });
    }
  }
  for (const block of policy.blockLists) {
    problems.push(...broadRows(policy, block, fileOf), ...emergencyRows(policy, block, fileOf, now));
    for (const other of policy.lists.keys()) {
      if (!policy.blockLists.has(other)) problems.push(...conflicts(policy, block, other, fileOf, now));
    }
  }
  return problems;
}

/** A prefix of a whole country or area on a block list is mostly a slip; one of the site's own country always is. */
function broadRows({ lists, settings }: Policy, block: string, fileOf: (list: string) => string): Problem[] {
  const list = lists.get(block);
  if (!list) return [];
  const home = `+${getCountryCallingCode(settings.defaultRegion)}`;
  const rows = new ListedNumbers(list)
    .patterns()
    .filter(({ pattern }) => coveredBy(pattern) > mostCovered || coversCountry(pattern));
  return rows.slice(0, mostTold).map(({ pattern, line }) => {
    const isHome = pattern.kind === 'prefix' && home.startsWith(pattern.prefix);
    return {
      severity: isHome ? 'error' : 'warning',
      file: fileOf(block),
      line,
      column: 1,
      message: `${patternWords(pattern)} blocks ${isHome ? 'your whole country' : amount(pattern)}`,
      remedy:
        'write a longer prefix, or the numbers themselves; gatehouse backtest shows whom it would turn away',
      code: 'broad-row',
    };
  });
}

/** Robots forge 911 too, but who blocks it turns away the call back of an answering point. */
function emergencyRows(
  { lists, settings }: Policy,
  block: string,
  fileOf: (list: string) => string,
  now: number,
): Problem[] {
  const list = lists.get(block);
  return settings.emergencyNumbers
    .filter((code) => list?.find(code, now))
    .map((code) => ({
      severity: 'warning',
      file: fileOf(block),
      line: list === undefined ? 1 : (new ListedNumbers(list).lineOf(code, now) ?? 1),
      column: 1,
      message: `${code} is an emergency number: answering points that call back may show it`,
      remedy: 'take it off the list, or put a rule that connects it above',
      code: 'blocks-emergency',
    }));
}

function conflicts(
  { lists, rules }: Policy,
  block: string,
  other: string,
  fileOf: (list: string) => string,
  now: number,
): Problem[] {
  const [blocked, listed] = [lists.get(block), lists.get(other)];
  if (!blocked || !listed) return [];
  const [blockedRows, listedRows] = [new ListedNumbers(blocked), new ListedNumbers(listed)];
  const both = new Set<string>();
  for (const rows of [blockedRows, listedRows]) {
    if (rows.count > mostLookedThrough) continue;
    for (const number of rows.numbers()) {
      if (blocked.find(number, now) && listed.find(number, now)) both.add(number);
      if (both.size > mostTold) break;
    }
  }
  const [blockedPatterns, listedPatterns] = [blockedRows.patterns(), listedRows.patterns()];
  const isFew = blockedPatterns.length * listedPatterns.length <= mostPairs;
  for (const { pattern } of isFew ? listedPatterns : []) {
    for (const { pattern: blockedPattern } of blockedPatterns) {
      if (areApart(pattern, blockedPattern)) continue;
      for (const one of [pattern, blockedPattern]) {
        if (one.kind === 'range' && blocked.find(one.from, now) && listed.find(one.from, now))
          both.add(one.from);
      }
    }
  }
  const first = rules.find(({ formula }) => formula !== null && asks(formula, [block, other]));
  const decides = first ? `; now "${first.id}" (line ${first.place.line}) comes first` : '';
  return [...both].slice(0, mostTold).map((number) => ({
    severity: 'warning',
    file: fileOf(block),
    line: blockedRows.lineOf(number, now) ?? 1,
    column: 1,
    message: `${number} is blocked, and stands on "${other}" too (${fileOf(other)}:${listedRows.lineOf(number, now) ?? 1})`,
    remedy: `take it off one of the two lists${decides}`,
    code: 'conflicting-rows',
  }));
}

function asks(formula: Formula, lists: readonly string[]): boolean {
  return variablesOf(logicOf(formula)).some(
    (variable) => variable.about === 'caller-list' && lists.includes(variable.list),
  );
}
