// Dragging over a picture of calls over time asks for that time, to the minute. Without this each bar is a link, and the form takes any time.
const leastPixels = 6;
const minuteMs = 60_000;

for (const picture of document.querySelectorAll('.picture svg'))
  if (picture.querySelectorAll('a > .hint').length > 1) letZoom(picture);

function letZoom(picture) {
  let from = null;
  let shade = null;
  picture.classList.add('zooms');
  // A link would be dragged along.
  picture.addEventListener('dragstart', (event) => event.preventDefault());
  picture.addEventListener('pointerdown', (event) => {
    // A finger scrolls.
    if (event.button !== 0 || event.pointerType === 'touch') return;
    from = event.clientX;
  });
  addEventListener('pointermove', (event) => {
    if (from === null || (shade === null && Math.abs(event.clientX - from) < leastPixels)) return;
    shade ??= picture.appendChild(shadeOf(picture));
    const { left, width } = picture.getBoundingClientRect();
    const scale = picture.viewBox.baseVal.width / width;
    const [start, end] = [from, event.clientX].sort((a, b) => a - b);
    shade.setAttribute('x', (start - left) * scale);
    shade.setAttribute('width', (end - start) * scale);
  });
  addEventListener('pointerup', (event) => {
    const isZoom = shade !== null;
    const [start, end] = [from, event.clientX].sort((a, b) => a - b);
    stop();
    if (!isZoom) return;
    // The bar under the pointer is a link.
    addEventListener('click', (click) => click.preventDefault(), { capture: true, once: true });
    const since = minuteAt(picture, start);
    show(since, Math.max(minuteAt(picture, end), since + minuteMs));
  });
  addEventListener('pointercancel', stop);
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape') stop();
  });

  function stop() {
    shade?.remove();
    shade = null;
    from = null;
  }
}

function shadeOf(picture) {
  const shade = document.createElementNS(picture.namespaceURI, 'rect');
  shade.setAttribute('class', 'zoom');
  shade.setAttribute('y', 0);
  shade.setAttribute('height', picture.viewBox.baseVal.height);
  return shade;
}

/** Epoch ms, whole minutes: each bar leads to the calls of its time, and within a bar time passes evenly. */
function minuteAt(picture, x) {
  const bars = [...picture.querySelectorAll('a > .hint')];
  const places = bars.map((bar) => bar.getBoundingClientRect());
  const found = places.findIndex(({ right }) => x < right);
  const at = found < 0 ? bars.length - 1 : found;
  const { left, width } = places[at];
  const query = new URL(bars[at].parentElement.href.baseVal, location.href).searchParams;
  const [since, until] = [query.get('since'), query.get('until')].map(Date.parse);
  const part = Math.max(0, Math.min(1, (x - left) / width));
  return Math.round((since + part * (until - since)) / minuteMs) * minuteMs;
}

function show(since, until) {
  const here = new URL(location.href);
  // A page without a time of its own shows the calls.
  if (document.querySelector('.own-range') === null) here.pathname = '/calls';
  here.searchParams.delete('cursor');
  here.searchParams.set('since', new Date(since).toISOString().replace(':00.000Z', 'Z'));
  here.searchParams.set('until', new Date(until).toISOString().replace(':00.000Z', 'Z'));
  location.assign(here);
}
