// Selecting several calls: without this file a link selects all of them.
const bulkForm = document.querySelector('form.bulk');
if (bulkForm !== null) letSelectAll(bulkForm);

function letSelectAll(form) {
  const boxes = [...form.querySelectorAll('input.pick:not(:disabled)')];
  const all = form.querySelector('.pick-all-box');
  const count = form.querySelector('.picked');
  form.querySelector('.pick-all').hidden = true;
  all.closest('label').hidden = false;
  all.addEventListener('change', () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  form.addEventListener('change', show);
  // What a browser brings back of a page that it keeps.
  addEventListener('pageshow', show);
  show();

  function show() {
    const picked = boxes.filter((box) => box.checked).length;
    all.checked = picked === boxes.length && picked > 0;
    all.indeterminate = picked > 0 && picked < boxes.length;
    count.textContent = picked === 0 ? '' : `(${picked} selected)`;
  }
}
