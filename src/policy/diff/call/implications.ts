import { anyOf, is, keyOf, type Logic, notOf, type TextAsked, type Variable } from '../../logic/logic.ts';
import { isContained } from './text-witness.ts';

/** Of more questions of a kind nothing is said: each is compared with each. */
const mostCompared = 24;

/**
 * What is never answered no, and the theory does not see: a name that fits `^v[0-9]{8}` fits `^v[0-9]{5}`, and a certificate
 * has one provider code.
 */
export function implications(variables: readonly Variable[]): readonly Logic[] {
  const expressions = variables.filter((one) => one.about === 'name').filter(({ how }) => how === 'matches');
  return [
    ...forEachTwo(expressions, (inner, outer) =>
      isContained(inner.text, outer.text) ? anyOf([notOf(is(inner)), is(outer)]) : null,
    ),
    ...(['origid', 'signerCode'] as const).flatMap((field) => {
      const asked = variables.filter((one) => textsOf(one, field) !== null);
      return forEachTwo(asked, (one, other) => ofSets(one, other, field));
    }),
  ];
}

function ofSets(one: Variable, other: Variable, field: 'origid' | 'signerCode'): Logic | null {
  const [texts, others] = [textsOf(one, field) ?? [], textsOf(other, field) ?? []];
  if (texts.every((text) => others.includes(text))) return anyOf([notOf(is(one)), is(other)]);
  return texts.some((text) => others.includes(text)) ? null : anyOf([notOf(is(one)), notOf(is(other))]);
}

/** Null: it asks something else. */
function textsOf(variable: Variable, field: 'origid' | 'signerCode'): readonly string[] | null {
  if (variable.about !== 'signature' && variable.about !== 'signer-certificate') return null;
  const { asks } = variable;
  if (!('text' in asks) || asks.field !== field) return null;
  const { equals = [] }: TextAsked = asks.text;
  return equals.map((text) => text.toLowerCase());
}

function forEachTwo<V extends Variable>(all: readonly V[], say: (one: V, other: V) => Logic | null): Logic[] {
  const different = [...new Map(all.map((one) => [keyOf(one), one])).values()];
  if (different.length > mostCompared) return [];
  return different.flatMap((one) =>
    different.flatMap((other) => (one === other ? [] : (say(one, other) ?? []))),
  );
}
