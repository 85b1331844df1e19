import type { Outcome } from '../../../screening/outcome.ts';
import { type Html, html } from '../html.ts';

/** What can be typed on the machine to go on with a call. A backtest has no button: it takes all processors for a minute. */
export function callCommands({ facts, callId }: Outcome): Html {
  const explain = `gatehouse explain --call=${quoted(callId)}`;
  const backtest = `gatehouse backtest --rules DIR --since ${day(facts.now)} --until ${day(facts.now + 86_400_000)}`;
  return html`<dl class="commands">
<div><dt>Explain it under the rules on disk, in force or not</dt><dd><code>${explain}</code></dd></div>
<div><dt>Try changed rules on the calls of its day before they are in force; not from here, for it takes all processors, and calls are being screened</dt><dd><code>${backtest}</code></dd></div>
</dl>`;
}

/** For a POSIX shell, because what is copied is run. */
function quoted(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');
  return /^[\w+.@/-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", "'\\''")}'`;
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
