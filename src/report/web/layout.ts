import { address } from './address.ts';
import { assetAddress } from './assets.ts';
import { type Html, html, said } from './html.ts';
import { keyboardHelp } from './search/keyboard-help.ts';
import { localInput, quickRanges, type TimeRange, usualSince } from './time-range.ts';
import { minute, zoneWords } from './times.ts';

const pages = [
  { path: '/', word: 'Now' },
  { path: '/history', word: 'History' },
  { path: '/calls', word: 'Calls' },
  { path: '/callers', word: 'Callers' },
  { path: '/campaigns', word: 'Campaigns' },
  { path: '/harm', word: 'Impact' },
  { path: '/log', word: 'Events' },
  { path: '/rules', word: 'Rules' },
  { path: '/lists', word: 'Lists' },
  { path: '/month', word: 'Month' },
] as const;

export type PagePath = (typeof pages)[number]['path'];

export interface Page {
  readonly title: string;
  /** The page of the navigation that it belongs to; null: none (an error). */
  readonly at: PagePath | null;
  readonly body: Html;
  /** Kept in links to pages with a time range. */
  readonly range?: TimeRange;
  /** False: numbers are masked, and the page says so. */
  readonly numbersShown: boolean;
  /** Set when signed in by a browser: shows the button to sign out. */
  readonly session?: { readonly name: string; readonly csrf: string } | null;
  /** Shown above the page; left out: what is not calm. */
  readonly banner?: Html | null;
  /** Set for somebody who is let in without signing in. */
  readonly signIn?: boolean;
  /** What was searched for, in the search box. */
  readonly searched?: string;
  /** For browsers without scripts: reload after so many seconds. */
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
<a class="skip" href="#content">Skip to content</a>
<header class="top">
<div class="inner">
<a class="brand" href="/"><img src="${assetAddress('mark.svg')}" alt="" width="22" height="22"> Gatehouse</a>
<form class="search" action="/search" method="get" role="search" aria-label="Everything"><label class="visually-hidden" for="q">Search numbers, names, calls, rules and campaigns</label><input id="q" name="q" type="search" value="${page.searched ?? ''}" maxlength="200" placeholder="Number, name, Call-ID, rule" autocomplete="off" spellcheck="false"><button>Search</button></form>
<nav aria-label="Pages"><ul class="pages">${pages.map(
    ({ path, word }) =>
      html`<li><a href="${address(path, ranged(path) ? page.range?.query : {})}"${
        page.at === path && html` aria-current="page"`
      }>${word}</a></li>`,
  )}</ul></nav>
</div>
</header>
<div id="levels" aria-live="polite">${page.banner}</div>
<main id="content" tabindex="-1">
${page.body}
</main>
<footer class="foot">
<p>All times are ${zoneWords()}. ${
    page.numbersShown ? 'Full numbers are shown; each view is audited.' : 'Numbers are masked.'
  } <button type="button" class="as-link" data-keys hidden>Keyboard shortcuts</button></p>
${page.signIn && html`<p class="on-screen"><a href="/login">Sign in</a> to see full numbers and to flag calls.</p>`}
${page.session && html`<form class="sign-out" action="/logout" method="post"><input type="hidden" name="_csrf" value="${page.session.csrf}"><span>Signed in as ${said(page.session.name)}</span> <button>Sign out</button></form>`}
</footer>
${keyboardHelp}
</body>
</html>
`}`;
}

function ranged(path: PagePath): boolean {
  return path !== '/' && path !== '/lists' && path !== '/month';
}

/**
 * Heading of a page with a time range, and the form to choose another. `kept`: what else the address says, which a change of the time
 * leaves as it is.
 */
export function rangeHeading(
  title: string,
  about: string,
  path: string,
  range: TimeRange,
  kept: Readonly<Record<string, string>> = {},
): Html {
  const { query, problem } = range;
  const { since: chosen = usualSince } = query;
  return html`<div class="heading">
<div class="title"><h1>${title}</h1><p class="about">${about}</p></div>
<nav class="range" aria-label="Time range">
<ul class="ranges">${quickRanges.map(
    ({ since, until, words }) =>
      html`<li><a href="${address(path, { ...kept, since, until })}"${
        problem === null && chosen === since && query.until === until && html` aria-current="true"`
      }>${/^\d/.test(words) && html`<span class="visually-hidden">last </span>`}${words}</a></li>`,
  )}</ul>
<details class="own-range${problem !== null && ' unread'}"${problem !== null && html` open`}><summary>Custom range</summary>
<form action="${path}" method="get">
${Object.entries(kept).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${rangeInputs(range)}
<button>Show</button>
</form></details>
</nav>
</div>
${
  problem === null
    ? html`<p class="range-words">${minute(range.since)} to ${minute(range.until)}</p>`
    : html`<p class="notice warn" role="alert">${problem} Nothing is shown.</p>`
}`;
}

/** What was typed and cannot be read stays as it was typed. */
function rangeInputs({ since, until, query, problem }: TimeRange): Html {
  if (problem !== null)
    return html`<label>From <input name="since" value="${query.since ?? usualSince}" required></label>
<label>To <input name="until" value="${query.until ?? ''}"></label>`;
  return html`<label>From <input type="datetime-local" name="since" value="${localInput(since)}" required></label>
<label>To <input type="datetime-local" name="until" value="${localInput(until)}"></label>`;
}

/** Heading of a page without a time range. */
export function heading(title: string, about: string): Html {
  return html`<div class="heading"><div><h1>${title}</h1><p class="about">${about}</p></div></div>`;
}
