import {
  boardSurge,
  calledNumberSurge,
  calledNumbers,
  calls,
  exchangeCalls,
  failedChallenges,
  signerCalls,
} from './call-counts.ts';
import { calledInList } from './called-in-list.ts';
import { calledNumber } from './called-number.ts';
import { callerCountry } from './caller-country.ts';
import { callerInList } from './caller-in-list.ts';
import { callerIs } from './caller-is.ts';
import { callerNumber } from './caller-number.ts';
import { callerRegion } from './caller-region.ts';
import { callerType } from './caller-type.ts';
import { callerValid } from './caller-valid.ts';
import { campaign } from './campaign.ts';
import type { Condition } from './condition.ts';
import { dialled } from './dialled.ts';
import { displayName } from './display-name.ts';
import { expectedCall } from './expected-call.ts';
import { flagged } from './flagged.ts';
import { hasPass } from './has-pass.ts';
import { optedOut } from './opted-out.ts';
import { time } from './time.ts';
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
  time,
  hasPass,
  dialled,
  expectedCall,
  optedOut,
  flagged,
  calls,
  failedChallenges,
  calledNumbers,
  exchangeCalls,
  signerCalls,
  calledNumberSurge,
  boardSurge,
  campaign,
  callerRegion,
  callerCountry,
  callerType,
  callerValid,
  displayName,
];
