import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // Wherever it is served.
  base: './',
  resolve: {
    alias: {
      // In a project of your own: the package that `npm pack` makes of that folder.
      'flowfi-events': here('../../../webapp/lib/flowfi-events.js'),
      // The hook is beside this folder, and uses the modules in it.
      react: here('node_modules/react'),
    },
  },
  // The hook is outside of this folder, so it does not get what tsconfig.json says of JSX.
  esbuild: { jsx: 'automatic' },
  // The client loads its worker as a module.
  worker: { format: 'es' },
  // Only one React, also on a server.
  ssr: { noExternal: true },
  server: { fs: { allow: [here('../../..')] } },
});
