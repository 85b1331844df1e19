import type { Variable } from '../../logic/logic.ts';
import { no, unknown, yes } from '../../proof/dimensions.ts';
import type { Supposition } from '../../proof/supposition.ts';

type About = Variable['about'];
type VariableAbout<A extends About> = Extract<Variable, { readonly about: A }>;
type SupposedAnswer = 'yes' | 'no' | 'unknown';

/** One question, and the answer that is supposed. */
interface Literal<V extends Variable> {
  readonly variable: V;
  readonly answer: SupposedAnswer;
}

const answers = new Map<number, SupposedAnswer>([
  [yes, 'yes'],
  [no, 'no'],
  [unknown, 'unknown'],
]);

/** All that is supposed of a call. */
export class Literals {
  readonly all: readonly Literal<Variable>[];

  constructor(supposition: Supposition) {
    this.all = supposition.supposed().map(({ id, value }) => ({
      variable: supposition.theory.known(id).variable,
      answer: answers.get(value) ?? 'unknown',
    }));
  }

  of<A extends About>(about: A): Literal<VariableAbout<A>>[] {
    return this.all.flatMap(({ variable, answer }) =>
      isAbout(variable, about) ? [{ variable, answer }] : [],
    );
  }

  /** Those with this answer. */
  that<A extends About>(about: A, wanted: SupposedAnswer): VariableAbout<A>[] {
    return this.of(about).flatMap(({ variable, answer }) => (answer === wanted ? [variable] : []));
  }

  isUnknown(about: About): boolean {
    return this.all.some(({ variable, answer }) => variable.about === about && answer === 'unknown');
  }
}

function isAbout<A extends About>(variable: Variable, about: A): variable is VariableAbout<A> {
  return variable.about === about;
}
