import type { ChallengeAsked } from '../../call/verdict.ts';
import { challengeKinds, challengePrompt } from '../../call/vocabulary.ts';
import type { Policy } from '../policy.ts';
import type { Problem } from '../problem.ts';

/** The dialplan's watchdog gives a call 44 s unless it is told otherwise; the last three are left for the way out. */
const longestMs = 41_000;
/** A calm speaker; espeak-ng's renderings of the shipped prompts are within an eighth of it. */
const characterMs = 1000 / 13;

/**
 * Rules by which a caller who presses nothing is still being asked when the watchdog's time comes: the call goes to the
 * operators then, never to what the rule says. Only told, because the dialplan may give more time; prompts are taken by
 * their words, since recordings are not known here.
 */
export function findLongChallenges(policy: Policy): Problem[] {
  return policy.rules.flatMap(({ id, place, challenge }): Problem[] => {
    if (challenge === null) return [];
    const lengths = policy.prompts.languages.map((language) => ({
      language,
      ms: silentCallerMs(challenge, policy, language),
    }));
    const [longest] = lengths.sort((a, b) => b.ms - a.ms);
    if (longest === undefined || longest.ms <= longestMs) return [];
    const seconds = Math.round(longest.ms / 1000);
    return [
      {
        severity: 'warning',
        ...place,
        message: `the challenge of the rule "${id}" lasts about ${seconds} s for a caller who presses nothing (${longest.language}); after ${longestMs / 1000} s the call goes to the operators instead`,
        remedy:
          'lower its attempts or timeout, or shorten the prompts; or raise GATEHOUSE_WATCHDOG in the dialplan, 44 s unless you set it',
        code: 'long-challenge',
      },
    ];
  });
}

function silentCallerMs(
  { challenge, prompt, attempts, digitTimeoutMs }: ChallengeAsked,
  policy: Policy,
  language: string,
) {
  const spoken = (prompt: string) => (policy.prompts.text(prompt, language) ?? '').length * characterMs;
  const { spokenMs } = challengeKinds.all[challenge];
  const first = spoken(challengePrompt(challenge, null, prompt)) + spokenMs + digitTimeoutMs;
  const again = spoken(challengePrompt(challenge, 'silent', prompt)) + spokenMs + digitTimeoutMs;
  return first + (attempts - 1) * again + spoken('to-voicemail');
}
