/** The page for people as one file, with the hashes of the style and the script inside it. */
export interface AppPage {
  readonly html: string;
  /** SHA-256, base64. */
  readonly hashes: { readonly style: string; readonly script: string };
}

/** Its headers: nothing from elsewhere, nothing that is not in it, no markup made of text, in nobody’s frame. */
export const appHeaders = ({ hashes }: AppPage): Readonly<Record<string, string>> => ({
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-cache',
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${hashes.style}'`,
    `script-src 'sha256-${hashes.script}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
});
