import './style/kit.css';
import '@mantine/notifications/styles.css';
import './style/surface.css';
import './style/table.css';
import './style/shell.css';
import './style/pages.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { startLanguage } from './i18n/i18n.ts';

const root = document.getElementById('root')!;
try {
  await startLanguage();
  createRoot(root).render(<App />);
} catch {
  // A part was lost on its way. Which language to say that in, and in which style, lay in such parts.
  const said = document.createElement('p');
  said.setAttribute('role', 'alert');
  said.textContent =
    'The console could not be loaded: the network was lost. Load this page again. — La console n’a pas pu être chargée : le réseau s’est interrompu. Rechargez cette page.';
  root.replaceChildren(said);
}
