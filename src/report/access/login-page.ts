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

/** The page for signing in: a token, or the organisation's identity provider. */
export function loginPage({ csrf, hasOidc, problem }: LoginPage): string {
  return page(
    'Sign in',
    `${problem === null ? '' : `<p role="alert" class="problem">${escapeHtml(problem)}</p>`}
${hasOidc ? '<p><a class="button" href="/login/oidc">Sign in with your organisation</a></p>' : ''}
<form method="post" action="/login">
<input type="hidden" name="_csrf" value="${escapeHtml(csrf)}">
<p><label for="token">Access token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required maxlength="100"></p>
<p><button>Sign in</button></p>
</form>
<p>An administrator makes a token with <code>gatehouse token new</code>.</p>`,
  );
}

/** Goes on by itself: a redirect would still count as sent by the other site, and the strict cookie would stay at home. */
export function signedInPage(): string {
  return page('Signed in', '<p><a href="/">Go on</a></p>', '<meta http-equiv="refresh" content="0;url=/">');
}

export function refusedPage(problem: string): string {
  return page(
    'Not signed in',
    `<p role="alert">${escapeHtml(problem)}</p>\n<p><a href="/login">Try again</a></p>`,
  );
}

function page(title: string, body: string, head = ''): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Gatehouse</title>${head}<link rel="stylesheet" href="/login.css"></head>
<body><main><h1>Gatehouse</h1><h2>${title}</h2>
${body}
</main></body></html>
`;
}

export const loginStyle = `:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; display: grid; min-height: 100vh; place-items: center; }
main { width: min(24rem, 100vw - 2rem); }
label, input { display: block; }
input { box-sizing: border-box; width: 100%; font: inherit; padding: 0.5rem; }
button, .button { font: inherit; padding: 0.5rem 1rem; }
.problem { border-left: 0.25rem solid; padding-left: 0.75rem; }
`;
