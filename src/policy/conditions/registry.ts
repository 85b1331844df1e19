import { calledInList } from './called-in-list.ts';
import { calledNumber } from './called-number.ts';
import { callerCountry } from './caller-country.ts';
import { callerInList } from './caller-in-list.ts';
import { callerIs } from './caller-is.ts';
import { callerNumber } from './caller-number.ts';
import { callerRegion } from './caller-region.ts';
import { callerType } from './caller-type.ts';
import { callerValid } from './caller-valid.ts';
import type { Condition } from './condition.ts';
import { displayName } from './display-name.ts';
import { hasPass } from './has-pass.ts';
import { trunk } from './trunk.ts';
import { verification } from './verification.ts';

/** Every condition, in the order in which one rule asks them: the cheap before the dear. */
export const conditions: readonly Condition[] = [
  trunk,
  callerIs,
  callerInList,
  callerNumber,
  calledNumber,
  calledInList,
  verification,
  hasPass,
  callerRegion,
  callerCountry,
  callerType,
  callerValid,
  displayName,
];
