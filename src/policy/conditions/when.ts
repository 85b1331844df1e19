import { z } from 'zod';
import { type Formula, join } from '../logic/formula.ts';
import { mapping, twoLines } from '../yaml/schema-words.ts';
import type { YamlPath } from '../yaml/yaml-source.ts';
import type { CompileContext, Condition } from './condition.ts';
import { conditions } from './registry.ts';

/** What stands under `when`: the registry's conditions by path, and all / any / not over the same again. */
export interface When {
  readonly [group: string]: unknown;
  readonly all?: readonly When[] | undefined;
  readonly any?: readonly When[] | undefined;
  readonly not?: When | undefined;
}

const notEmpty = {
  error: twoLines(
    'the condition is empty',
    'write at least one condition; a rule for every call has no when at all',
  ),
};

/** Shape of `when`, put together from the registry so that a new condition is one file and one line there. */
export const whenSchema: z.ZodType<When> = z.lazy(() => whenMapping);

const several = z.array(whenSchema, {
  error: twoLines('all and any take a list of conditions', 'begin each condition with a hyphen'),
});

const whenMapping: z.ZodType<When> = mapping('when', {
  ...Object.fromEntries(groups().map(([name, schema]) => [name, schema.optional()])),
  all: several.min(1, notEmpty).optional(),
  any: several.min(1, notEmpty).optional(),
  not: whenSchema.optional(),
}).refine((value) => Object.keys(value).length > 0, notEmpty);

/** All that is asked must hold. */
export function compileWhen(when: When, context: CompileContext): Formula {
  const asked: Formula[] = [];
  for (const condition of conditions) {
    const part = condition.compile(valueAt(when, condition.path), within(context, condition.path));
    if (part) asked.push(part);
  }
  for (const kind of ['all', 'any'] as const) {
    const parts = when[kind];
    if (!parts) continue;
    const compiled = parts.map((part, index) => compileWhen(part, within(context, [kind, index])));
    asked.push(join(kind, compiled));
  }
  if (when.not) asked.push({ kind: 'not', part: compileWhen(when.not, within(context, ['not'])) });
  return join('all', asked);
}

/** True when the rule cannot match unless a list has the caller: what a rejection must rest on. */
export function needsListedCaller(when: When): boolean {
  return (
    valueAt(when, ['caller', 'in']) !== undefined ||
    (when.all ?? []).some(needsListedCaller) ||
    (when.any?.every(needsListedCaller) ?? false)
  );
}

/** Lists of which one must have the called number for the rule to match; empty: it can match without. */
export function calledListsOf(when: When): readonly string[] {
  const own = valueAt(when, ['called', 'in']) as readonly string[] | undefined;
  const above = own ?? (when.all ?? []).map(calledListsOf).find((lists) => lists.length > 0);
  if (above !== undefined) return above;
  const either = (when.any ?? []).map(calledListsOf);
  return either.every((lists) => lists.length > 0) ? either.flat() : [];
}

function groups(): [string, z.ZodType][] {
  const found = new Map<string, Record<string, z.ZodType> | z.ZodType>();
  for (const { path, schema } of conditions) {
    const [group, key] = path;
    if (key === undefined) found.set(group, schema);
    else found.set(group, { ...(found.get(group) as Record<string, z.ZodType>), [key]: schema.optional() });
  }
  return [...found].map(([name, value]) => {
    if (value instanceof z.ZodType) return [name, value];
    const schema = mapping(name, value).refine((asked) => Object.keys(asked).length > 0, notEmpty);
    return [name, schema];
  });
}

function valueAt(when: When, path: Condition['path']): unknown {
  const [group, key] = path;
  const value = when[group];
  return key === undefined ? value : (value as Record<string, unknown> | undefined)?.[key];
}

function within(context: CompileContext, prefix: YamlPath): CompileContext {
  return {
    ...context,
    refuse: (path, ...rest) => context.refuse([...prefix, ...path], ...rest),
  };
}
