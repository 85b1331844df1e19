import { dialed, expectedCall, hasPass } from './admissions.ts';
import { callerIs } from './caller-is.ts';
import { callerCountry, callerRegion, callerType, callerValid } from './caller-plan.ts';
import { campaign } from './campaign.ts';
import { closedToday } from './closed-today.ts';
import type { Condition } from './condition.ts';
import {
  boardSurge,
  calledNumberSurge,
  calledNumbers,
  calls,
  exchangeCalls,
  failedChallenges,
  signerCalls,
  unknownBoardSurge,
  unknownCalledNumberSurge,
} from './counts.ts';
import { displayName } from './display-name.ts';
import { emergencyDialed } from './emergency-dialed.ts';
import { flagged } from './flagged.ts';
import { calledInList, callerInList } from './in-list.ts';
import { callBackSurge, level } from './level.ts';
import { calledNumber, callerNumber } from './number-patterns.ts';
import { optedOut } from './opted-out.ts';
import { share } from './share.ts';
import { alibi } from './signals/alibi.ts';
import { claims } from './signals/claims.ts';
import { heard } from './signals/heard.ts';
import { decoys, originCountConditions } from './signals/origin-counts.ts';
import { weakerVerification } from './signals/weaker-verification.ts';
import { time } from './time.ts';
import { trunk } from './trunk.ts';
import { verification } from './verification.ts';

/** Every condition, in the order in which one rule asks them: the cheap before the dear. */
export const conditions: readonly Condition[] = [
  trunk,
  callerIs,
  alibi,
  callerInList,
  callerNumber,
  calledNumber,
  calledInList,
  verification,
  share,
  time,
  closedToday,
  emergencyDialed,
  level,
  callBackSurge,
  hasPass,
  dialed,
  expectedCall,
  optedOut,
  weakerVerification,
  heard,
  flagged,
  calls,
  failedChallenges,
  calledNumbers,
  decoys,
  exchangeCalls,
  signerCalls,
  ...originCountConditions,
  calledNumberSurge,
  boardSurge,
  unknownCalledNumberSurge,
  unknownBoardSurge,
  campaign,
  callerRegion,
  callerCountry,
  callerType,
  callerValid,
  displayName,
  claims,
];
