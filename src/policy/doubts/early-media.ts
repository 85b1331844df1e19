import type { YamlPath } from '../yaml/yaml-source.ts';
import { type Doubt, warning } from './doubt.ts';
import { thens } from './site-names.ts';

/** Callers who are asked before the call is answered: what they press may never arrive. Said once, at the first place. */
export const earlyMedia: Doubt = function* (doubted) {
  const [first] = [...thens(doubted)].flatMap(([then, path]) => placesOf(then, path));
  if (first === undefined) return;
  yield warning(
    doubted.source.at(first),
    'callers are asked before the call is answered: many carriers carry neither sound nor keys then, and every caller would count as silent',
    'call in over each trunk and press 1; where that fails, leave early-media out',
    'early-media',
  );
};

function placesOf(value: unknown, path: YamlPath): YamlPath[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, below]) =>
    name === 'early-media' && below === true ? [[...path, name]] : placesOf(below, [...path, name]),
  );
}
