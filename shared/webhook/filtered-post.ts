import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';

export type Posted = { status: number; body: string };
export type Post = (url: URL, headers: Readonly<Record<string, string>>, body: string) => Promise<Posted>;

/** No more of an answer is read than a reason needs. */
const LONGEST_ANSWER = 16_384;

/**
 * POST to an address that somebody configured, without trusting it: HTTPS only, no redirect is followed, and the agent
 * refuses private, loopback and metadata addresses after the name was resolved, so a name that changes its address
 * between the check and the connection gains nothing. `allow` lists addresses for a receiver on this machine; only those
 * may be plain HTTP.
 */
export function filteredPost({ timeoutMs, allow = [] }: { timeoutMs: number; allow?: readonly string[] }): Post {
  const options = { keepAlive: true, maxSockets: 32, allowIPAddressList: [...allow] };
  const agents = { http: new RequestFilteringHttpAgent(options), https: new RequestFilteringHttpsAgent(options) };
  return (url, headers, body) =>
    new Promise((resolve, reject) => {
      const plain = url.protocol === 'http:';
      if (plain && !allow.includes(url.hostname)) return reject(new Error(`${url.protocol}//${url.host} is not HTTPS`));
      if (!plain && url.protocol !== 'https:') return reject(new Error(`${url.protocol} is not HTTPS`));
      const signal = AbortSignal.timeout(timeoutMs);
      const send = plain ? httpRequest : httpsRequest;
      const outgoing = send(url, { method: 'POST', agent: plain ? agents.http : agents.https, headers, signal }, (answer) => {
        const chunks: Buffer[] = [];
        let size = 0;
        answer.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > LONGEST_ANSWER) answer.destroy(new Error(`the answer is longer than ${LONGEST_ANSWER} bytes`));
          else chunks.push(chunk);
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
        answer.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
      return undefined;
    });
}
