import { defineConfig } from 'vite';

/** Static files for CloudFront and for the local process. JSX comes from tsconfig; no plugin is needed. */
export default defineConfig({
  root: __dirname,
  build: { outDir: '../dist/console', emptyOutDir: true, sourcemap: true, target: 'es2023', chunkSizeWarningLimit: 900 },
  server: { proxy: { '/v1': 'http://127.0.0.1:4180', '/dev': 'http://127.0.0.1:4180', '/config.json': 'http://127.0.0.1:4180' } },
});
