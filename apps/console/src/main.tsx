import './style/kit.css';
import '@mantine/notifications/styles.css';
import './style/surface.css';
import './style/table.css';
import './style/shell.css';
import './style/pages.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { startLanguage } from './i18n/i18n.ts';

await startLanguage();
createRoot(document.getElementById('root')!).render(<App />);
