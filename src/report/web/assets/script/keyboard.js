// `/` searches, `j` and `k` go through the rows, `?` says so. Nothing needs it: each is a link or a field of the page already.
const offName = 'gatehouse-keys';
const help = document.getElementById('keys');
const choice = help.querySelector('input');
const opener = document.querySelector('[data-keys]');

choice.checked = !isOff();
choice.addEventListener('change', () => remember(choice.checked ? 'on' : 'off'));
opener.hidden = false;
opener.addEventListener('click', () => help.showModal());

const actions = {
  '/': () => document.getElementById('q').focus(),
  '?': () => help.showModal(),
  j: () => move(1),
  k: () => move(-1),
};

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  if (!Object.hasOwn(actions, event.key) || help.open || isTyping(event.target) || isOff()) return;
  event.preventDefault();
  actions[event.key]();
});

function isTyping(target) {
  return target instanceof Element && target.closest('input, select, textarea, [contenteditable]') !== null;
}

/** A row is where its link is, so that Enter opens it. */
function move(step) {
  const links = [...document.querySelectorAll('main tbody tr')]
    .filter((row) => row.checkVisibility())
    .map((row) => row.querySelector('a[href]'))
    .filter((link) => link !== null);
  const here = document.activeElement?.closest('tr');
  const at = links.findIndex((link) => link.closest('tr') === here);
  const next = at < 0 ? links[0] : links[Math.max(0, Math.min(links.length - 1, at + step))];
  next?.focus();
}

// A browser may refuse to keep anything: then the keys are on.
function isOff() {
  try {
    return localStorage.getItem(offName) === 'off';
  } catch {
    return false;
  }
}

function remember(word) {
  try {
    localStorage.setItem(offName, word);
  } catch {}
}
