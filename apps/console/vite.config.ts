import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.ATELIER_SERVER ?? 'https://127.0.0.1:8443';

// Everything is bundled: the server's CSP allows neither inline scripts nor anything remote.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: { target: 'es2024', sourcemap: false, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '/api': { target: server, secure: false, ws: true, changeOrigin: true } } },
});
