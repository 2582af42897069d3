import { stat } from 'node:fs/promises';
import { join, normalize, sep } from 'node:path';
import { AtelierError } from '@atelier/domain/errors';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Atelier</title>
<h1>The console is not built</h1><p>Run <code>npm run console</code> in the folder of Atelier, then load this page again.</p></html>`;

const isFile = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** Serves the built console from `folder`: its files, and its page for every other address that is not the API's. */
export async function serveConsole(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, { root: folder, serve: false, etag: true, lastModified: false });
  app.setNotFoundHandler(async (request, reply) => {
    const path = new URL(request.url, 'https://server').pathname;
    const ours = request.method === 'GET' || request.method === 'HEAD';
    if (!ours || path.startsWith('/api/')) throw new AtelierError('request.not-found', `nothing is at ${path}`);
    const inside = normalize(decodeURIComponent(path)).replace(/^[/\\]+/, '');
    const file = join(folder, inside);
    if (inside !== '' && file.startsWith(folder + sep) && (await isFile(file))) {
      const hashed = inside.startsWith('assets/');
      return reply.sendFile(inside, { maxAge: hashed ? '365d' : 0, immutable: hashed });
    }
    if (inside.startsWith('assets/')) throw new AtelierError('request.not-found', `nothing is at ${path}`);
    if (await isFile(join(folder, 'index.html'))) return reply.sendFile('index.html', { maxAge: 0 });
    return reply.code(503).type('text/html; charset=utf-8').send(notBuilt);
  });
}
