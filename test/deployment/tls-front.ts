import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import type { Engine } from '../../local/engines/engine';

export type TlsFront = Engine & { certificate: string };

/**
 * TLS on loopback before a server that speaks plain HTTP, as a load balancer would be: it says so in `x-forwarded-proto`. The
 * certificate is made for this run by openssl, for 127.0.0.1 only; whoever should trust it is given its path.
 */
export async function startTlsFront(folder: string, behindPort: number): Promise<TlsFront> {
  const { certificate, key } = certificateIn(folder);
  const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (asked, answer) => {
    const headers = { ...asked.headers, 'x-forwarded-proto': 'https' };
    const behind = request({ host: '127.0.0.1', port: behindPort, method: asked.method, path: asked.url, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    behind.on('error', () => answer.writeHead(502).end());
    asked.pipe(behind);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the TLS front has no port');
  return {
    endpoint: `https://127.0.0.1:${address.port}`,
    certificate,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

function certificateIn(folder: string): { certificate: string; key: string } {
  mkdirSync(folder, { recursive: true });
  const [certificate, key] = [join(folder, 'front.crt'), join(folder, 'front.key')];
  const made = spawnSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      certificate,
      '-days',
      '2',
      '-subj',
      '/CN=lockstep-local',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
    ],
    { stdio: 'ignore' },
  );
  if (made.status !== 0) throw new Error('openssl could not make a certificate: it is needed for TLS on loopback');
  return { certificate, key };
}
