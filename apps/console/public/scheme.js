// Sets light or dark before the first paint; a file of its own, because the server's CSP allows no inline script.
(() => {
  let wanted = 'auto';
  try {
    wanted = localStorage.getItem('atelier.scheme') || 'auto';
  } catch {
    // storage may be forbidden: follow the system
  }
  const dark = wanted === 'dark' || (wanted !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
