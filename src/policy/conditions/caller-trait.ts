import type { CompileContext } from './condition.ts';
import type { Formula } from './formula.ts';

/** One word of `caller: { is: … }`. */
export type CallerTrait = (context: CompileContext) => Formula;
