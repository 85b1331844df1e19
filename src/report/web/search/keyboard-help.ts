import { html } from '../html.ts';

const keys = [
  ['/', 'to the search box'],
  ['j', 'next row of the table'],
  ['k', 'row before'],
  ['Enter', 'opens the row'],
  ['?', 'this help'],
] as const;

/** What the keys of assets/script/keyboard.js do; closed, and without scripts never opened. */
export const keyboardHelp = html`<dialog id="keys" aria-labelledby="h-keys"><h2 id="h-keys">Keyboard shortcuts</h2>
<dl>${keys.map(([key, about]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${about}</dd></div>`)}</dl>
<p><label class="choice"><input type="checkbox"> Single keys are shortcuts</label></p>
<form method="dialog"><button>Close</button></form></dialog>`;
