// Copies the address of a link, and prints. Without this the link opens, and the browser's menu prints.
for (const link of document.querySelectorAll('a[data-copy]'))
  link.addEventListener('click', async (event) => {
    // Only where the page came by TLS, or from this machine.
    if (!navigator.clipboard) return;
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(link.href);
      link.textContent = 'Copied';
    } catch {
      location.assign(link.href);
    }
  });

for (const button of document.querySelectorAll('button[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}
