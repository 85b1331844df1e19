import type { Outcome } from '../../../screening/outcome.ts';
import { type Html, html } from '../html.ts';
import type { PageNumbers } from '../page-numbers.ts';

/** What can be typed on the machine to go on with a call; the page itself changes nothing. */
export function callCommands({ facts, callId }: Outcome, numbers: PageNumbers): Html {
  const { caller, called, verification } = facts;
  const attested =
    verification.attestation === null
      ? verification.result
      : `${verification.result}-${verification.attestation}`;
  const explain = [
    'gatehouse explain',
    ...(caller.number === null ? [] : [`--from=${quoted(numbers.text(caller.number, callId))}`]),
    ...(caller.reason === 'withheld' ? ['--withheld'] : []),
    `--to=${quoted(numbers.text(called.number ?? called.raw, callId))}`,
    ...(attested === 'none' ? [] : [`--verification ${attested}`]),
    ...((facts.history?.passUntil ?? 0) > facts.now ? ['--passed-before'] : []),
    `--trunk=${quoted(facts.trunk)}`,
  ].join(' ');
  return html`<dl class="commands">
<div><dt>Explain a call like it, under the rules on disk</dt><dd><code>${explain}</code></dd></div>
<div><dt>Try changed rules on the calls of its day before they are in force</dt><dd><code>${`gatehouse backtest --rules DIR --since ${day(facts.now)} --until ${day(facts.now + 86_400_000)}`}</code></dd></div>
</dl>`;
}

/** For a POSIX shell: a trunk or a dialled text is not ours to trust, and what is copied is run. */
function quoted(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');
  return /^[\w+.@•-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", "'\\''")}'`;
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
