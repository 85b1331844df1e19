import { address } from './address.ts';
import { assetAddress } from './assets.ts';
import { type Html, html } from './html.ts';
import { said } from './said.ts';
import { localInput, quickRanges, type TimeRange } from './time-range.ts';
import { minute, zoneWords } from './when.ts';

const pages = [
  { path: '/', word: 'Now' },
  { path: '/history', word: 'History' },
  { path: '/calls', word: 'Calls' },
  { path: '/harm', word: 'Harm' },
  { path: '/rules', word: 'Rules' },
  { path: '/lists', word: 'Lists' },
] as const;

export type PagePath = (typeof pages)[number]['path'];

export interface Page {
  readonly title: string;
  /** Which of the six it belongs to; null: none (an error). */
  readonly at: PagePath | null;
  readonly body: Html;
  /** Carried along to the pages that have a time range. */
  readonly range?: TimeRange;
  /** False: numbers are masked, and the page says so. */
  readonly numbersShown: boolean;
  /** Who is signed in here, to be signed out; null or left out: nobody, or not by a browser. */
  readonly session?: { readonly name: string; readonly csrf: string } | null;
  /** For browsers without scripts: seconds after which the page is loaded anew. */
  readonly reloadEvery?: number;
}

/** A whole page. */
export function document(page: Page): string {
  return `<!doctype html>\n${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="referrer" content="same-origin">
<title>${page.title} · Gatehouse</title>
<link rel="icon" href="${assetAddress('mark.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assetAddress('gatehouse.css')}">
<script src="${assetAddress('gatehouse.js')}" defer></script>
${
  page.reloadEvery !== undefined &&
  html`<noscript><meta http-equiv="refresh" content="${page.reloadEvery}"></noscript>`
}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top">
<div class="inner">
<a class="brand" href="/"><img src="${assetAddress('mark.svg')}" alt="" width="22" height="22"> Gatehouse</a>
<nav aria-label="Pages"><ul class="pages">${pages.map(
    ({ path, word }) =>
      html`<li><a href="${address(path, ranged(path) ? page.range?.query : {})}"${
        page.at === path && html` aria-current="page"`
      }>${word}</a></li>`,
  )}</ul></nav>
</div>
</header>
<main id="content" tabindex="-1">
${page.body}
</main>
<footer class="foot">
<p>Times are those of ${zoneWords()}. ${
    page.numbersShown ? 'Numbers are shown whole: each look is noted.' : 'Numbers are masked.'
  }</p>
${page.session && html`<form class="sign-out" action="/logout" method="post"><input type="hidden" name="_csrf" value="${page.session.csrf}"><span>Signed in as ${said(page.session.name)}</span> <button>Sign out</button></form>`}
</footer>
</body>
</html>
`}`;
}

function ranged(path: PagePath): boolean {
  return path !== '/' && path !== '/lists';
}

/** Heading of a page that shows a range of time, with what to choose another by. */
export function rangeHeading(title: string, about: string, path: PagePath, range: TimeRange): Html {
  const chosen = range.query.until === undefined ? (range.query.since ?? '24h') : null;
  return html`<div class="heading">
<div class="title"><h1>${title}</h1><p class="about">${about}</p></div>
<nav class="range" aria-label="Time range">
<ul class="ranges">${quickRanges.map(
    ({ since, words }) =>
      html`<li><a href="${address(path, { since })}"${
        chosen === since && html` aria-current="true"`
      }><span class="visually-hidden">last </span>${words}</a></li>`,
  )}</ul>
<details class="own-range"><summary>Other times</summary>
<form action="${path}" method="get">
<label>From <input type="datetime-local" name="since" value="${localInput(range.since)}" required></label>
<label>until <input type="datetime-local" name="until" value="${localInput(range.until)}"></label>
<button>Show</button>
</form></details>
</nav>
</div>
<p class="range-words">${minute(range.since)} to ${minute(range.until)}</p>
${range.problem !== null && html`<p class="notice warn" role="alert">${range.problem} The last 24 hours are shown.</p>`}`;
}

/** Heading of a page without a range of time. */
export function heading(title: string, about: string): Html {
  return html`<div class="heading"><div><h1>${title}</h1><p class="about">${about}</p></div></div>`;
}
