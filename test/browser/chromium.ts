import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const path = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Is there a browser to test in? If not, says so where nobody can miss it. */
export const hasChromium = existsSync(path);
if (!hasChromium) {
  console.warn(
    `\n${'!'.repeat(100)}\nTHE BROWSER TESTS DID NOT RUN: no Chromium at ${path}. Install one (apt install chromium) or set CHROMIUM_PATH.\n${'!'.repeat(100)}\n`,
  );
}

/** That of a Chrome that a person uses. Set for the whole browser, since a page's own setting does not reach beacons, and a headless one counts as a bot. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

/** A headless Chromium that calls nobody but the pages under test. */
export const openChromium = () =>
  chromium.launch({
    executablePath: path,
    args: [
      ...'--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split(
        ' ',
      ),
      `--user-agent=${userAgent}`,
    ],
  });
