const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');

export interface LoginPage {
  readonly csrf: string;
  readonly hasOidc: boolean;
  /** Why the last try did not work; null: there was none. */
  readonly problem: string | null;
}

/** The sign-in page: a token, or the organization's identity provider. */
export function loginPage({ csrf, hasOidc, problem }: LoginPage): string {
  return page(
    'Sign in',
    `${problem === null ? '' : `<p role="alert" class="problem">${escapeHtml(problem)}</p>`}
${hasOidc ? '<p><a class="button" href="/login/oidc">Sign in with your organization</a></p>' : ''}
<form method="post" action="/login">
<input type="hidden" name="_csrf" value="${escapeHtml(csrf)}">
<p><label for="token">Access token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required maxlength="100"></p>
<p><button>Sign in</button></p>
</form>
<p>Administrators create tokens with <code>gatehouse token new</code>.</p>`,
  );
}

/** Goes on by itself: a redirect would still count as sent by the other site, and the strict cookie would stay at home. */
export function signedInPage(): string {
  return page(
    'Signed in',
    '<p><a href="/">Continue</a></p>',
    '<meta http-equiv="refresh" content="0;url=/">',
  );
}

export function refusedPage(problem: string): string {
  return page(
    'Not signed in',
    `<p role="alert">${escapeHtml(problem)}</p>\n<p><a href="/login">Try again</a></p>`,
  );
}

/** Why a request was not answered, `why` as the API says it, without a capital letter and full stop. */
export function troublePage(title: string, why: string): string {
  const sentence = `${why.charAt(0).toUpperCase()}${why.slice(1)}.`;
  return page(
    title,
    `<p role="alert">${escapeHtml(sentence)}</p>\n<p><a href="/">Live status</a> · <a href="/login">Sign in</a></p>`,
  );
}

function page(title: string, body: string, head = ''): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><link rel="icon" href="data:,">
<title>${title} · Gatehouse</title>${head}<link rel="stylesheet" href="/login.css"></head>
<body><main><p class="brand">Gatehouse</p><h1>${title}</h1>
${body}
</main></body></html>
`;
}

/** In the colors of the other pages, whose style sheet requires signing in. */
export const loginStyle = `:root { color-scheme: light dark;
  --page: #f6f7f8; --card: #fff; --ink: #16212b; --soft: #566370; --line: #dfe4e8; --link: #0b5d8f; --focus: #0b63c5; --bad: #ad1f1f; }
@media (prefers-color-scheme: dark) { :root {
  --page: #10161b; --card: #182027; --ink: #e6ebef; --soft: #a3afb9; --line: #2a353e; --link: #7cc0ee; --focus: #8cc4ff; --bad: #ff9a94; } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; margin: 0; display: grid; min-height: 100vh;
  place-items: center; background: var(--page); color: var(--ink); }
main { width: min(25rem, 100vw - 2rem); padding: 1.75rem; background: var(--card); border: 1px solid var(--line); border-radius: 9px; }
.brand { margin: 0; color: var(--soft); font-weight: 650; }
h1 { margin: 0 0 1.25rem; font-size: 25px; line-height: 1.25; }
a { color: var(--link); }
p:last-child { margin-bottom: 0; color: var(--soft); }
code { font: 13px ui-monospace, "DejaVu Sans Mono", monospace; }
label { display: block; margin-bottom: 0.25rem; }
input { width: 100%; min-height: 40px; font: inherit; color: inherit; padding: 0.4rem 0.65rem; background: var(--page);
  border: 1px solid var(--soft); border-radius: 6px; }
button, .button { display: inline-block; min-height: 40px; font: inherit; font-weight: 600; padding: 0.5rem 1.1rem; border: 0;
  border-radius: 6px; background: var(--ink); color: var(--page); text-decoration: none; cursor: pointer; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.problem { border-left: 4px solid var(--bad); padding-left: 0.75rem; }
`;
