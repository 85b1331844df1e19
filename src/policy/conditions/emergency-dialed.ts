import { answer, answerUnknown } from '../logic/answer.ts';
import { ask } from '../logic/formula.ts';
import { is } from '../logic/logic.ts';
import { duration, mapping } from '../yaml/schema-words.ts';
import { defineCondition } from './condition.ts';

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

/**
 * `emergency-dialed: { within: 30m }`: somebody here dialed an emergency number so long ago at most. Dispatchers and crews call
 * back from numbers that nobody knows.
 */
export const emergencyDialed = defineCondition({
  path: ['emergency-dialed'],
  schema: mapping('emergency-dialed', { within: duration('within', minuteMs, dayMs, '1m to 24h') }),
  about:
    'Somebody here dialed an emergency number (settings: emergency-numbers) so long ago at most: dispatchers and crews call back from numbers that nobody knows. The dialplan must note outbound calls (gatehouse-outbound.conf).',
  example: 'emergency-dialed: { within: 30m }',
  compile({ within }) {
    const minutes = Math.round(within / minuteMs);
    const question = `an emergency number was dialed within ${minutes} min`;
    const yes = answer(question, true);
    const no = answer(question, false);
    const missing = answerUnknown({ question, fact: question, why: 'nobody knows what was dialed' });
    return ask(
      ({ site, now }) => {
        if (site === undefined) return missing;
        const at = site.emergencyDialedAt;
        return at !== undefined && now - at < within ? yes : no;
      },
      is({ about: 'emergency-dialed', withinMs: within }),
    );
  },
});
