import {
  Client as ClientOfToday,
  StreamableHTTPClientTransport as TransportOfToday,
} from '@modelcontextprotocol/client';
import { Client as ClientOf2025 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportOf2025 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

// A host that would log a person in if the server had a way to, and holds a key for its header: `node signing-in.ts URL KEY sdk|client`.
const [url = '', key = '', which] = process.argv.slice(2);
let redirects = 0;
const provider = {
  redirectUrl: 'http://localhost/callback',
  clientMetadata: { client_name: 'host', redirect_uris: ['http://localhost/callback'] },
  clientInformation: () => undefined,
  saveClientInformation: () => undefined,
  tokens: () => undefined,
  saveTokens: () => undefined,
  redirectToAuthorization: () => {
    redirects += 1;
  },
  saveCodeVerifier: () => undefined,
  codeVerifier: () => '',
};
const options = { authProvider: provider, requestInit: { headers: { Authorization: `Bearer ${key}` } } };
const who = { name: 'host', version: '1.0.0' };
const tools = async (): Promise<number> => {
  if (which === 'sdk') {
    const client = new ClientOf2025(who);
    await client.connect(new TransportOf2025(new URL(url), options));
    return (await client.listTools()).tools.length;
  }
  const client = new ClientOfToday(who, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new TransportOfToday(new URL(url), options));
  return (await client.listTools()).tools.length;
};
const said = await tools().then(
  (count) => ({ count }),
  (thrown: unknown) => ({ refused: thrown instanceof Error ? thrown.message : String(thrown) }),
);
process.stdout.write(JSON.stringify({ ...said, redirects }), () => process.exit(0));
