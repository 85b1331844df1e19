// Puts what changed on the page Now in place, as it changes; without it the browser loads the page again.
const reloadEveryMs = 15_000;
const leastGapMs = 1000;

const live = document.getElementById('live');
if (live !== null && 'EventSource' in window) follow(live.dataset.events);

function follow(address) {
  const source = new EventSource(address);
  let isFetching = false;
  let isDue = false;
  source.addEventListener('changed', refresh);
  source.addEventListener('open', refresh);
  // EventSource tries again by itself, unless it was refused: then a whole page load says why.
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), reloadEveryMs);
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) refresh();
  });

  async function refresh() {
    if (document.hidden) return;
    if (isFetching) {
      isDue = true;
      return;
    }
    isFetching = true;
    try {
      const reply = await fetch(location.pathname, { headers: { accept: 'text/html' }, redirect: 'error' });
      if (reply.ok) replaceSections(await reply.text());
    } catch {
      // The next event, or the next connection, tries again.
    }
    await new Promise((resolve) => setTimeout(resolve, leastGapMs));
    isFetching = false;
    if (!isDue) return;
    isDue = false;
    refresh();
  }
}

/** Only what differs is touched, and nothing that somebody stands in with the keyboard or is marking. */
function replaceSections(text) {
  const fresh = new DOMParser().parseFromString(text, 'text/html');
  for (const section of [document.getElementById('levels'), ...live.querySelectorAll('section')]) {
    const other = fresh.getElementById(section.id);
    if (other === null || other.innerHTML === section.innerHTML) continue;
    if (section.contains(document.activeElement) || isMarked(section)) continue;
    section.replaceChildren(...other.childNodes);
  }
}

function isMarked(section) {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && selection.containsNode(section, true);
}
