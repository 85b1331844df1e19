import type { CompileContext, Test } from './condition.ts';

/** One word of `caller: { is: … }`. */
export type CallerTrait = (context: CompileContext) => Test;
