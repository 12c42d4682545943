import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { frontHashes, frontHeaders, frontPage, frontScript, frontStyle } from '../../src/serve/front-page.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64');

test('its policy lets exactly its own style and script pass', () => {
  expect(frontHashes).toEqual({ style: sha256(frontStyle), script: sha256(frontScript) });
  expect(frontHeaders['Content-Security-Policy']).toContain("default-src 'none'");
});

describe('the page', () => {
  const page = frontPage('https://api.example/api', '1.2.3', true);
  test('shows where it runs and the lines to paste, with a place for each key and no key', () => {
    expect(page).toContain('src=&quot;https://api.example/api/v1/a.js&quot; data-key=&quot;pk_live_…&quot;');
    expect(page).toContain('claude mcp add --transport http millimetric https://api.example/api/mcp');
    expect(page).not.toMatch(/[psra]k_(live|test)_[A-Za-z0-9]/);
  });
  test('without a count to ask for there is no script', () => {
    expect(frontPage('https://api.example', '1.2.3', false)).not.toContain('<script>(');
  });
  test('what came in the address is text', () => {
    expect(frontPage('http://"><b>', '<i>', true)).not.toMatch(/<b>|<i>/);
  });
});
