import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.ATELIER_SERVER ?? 'https://127.0.0.1:8443';

// Everything is bundled: the server's CSP allows neither inline scripts nor anything remote.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    target: 'es2024',
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // A few files that browsers keep, instead of dozens of small ones before the first page.
        codeSplitting: {
          groups: [
            {
              name: 'framework',
              test: /node_modules[\\/](react|react-dom|scheduler|@tanstack|i18next|react-i18next|wouter|zod)[\\/]/,
            },
            { name: 'kit', test: /node_modules[\\/](@mantine|@floating-ui|clsx|tabbable)[\\/]/, minShareCount: 12 },
            {
              name: 'shared',
              test: /apps[\\/]console[\\/]src[\\/](components|api|i18n)[\\/](?!vm-screen|use-vnc|type-keys|en[\\/]|fr[\\/])/,
              minShareCount: 3,
            },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': { target: server, secure: false, ws: true, changeOrigin: true } } },
});
