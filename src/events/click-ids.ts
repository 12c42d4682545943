/**
 * Click ids and the network each is of: the contract’s first four rows, and ours, which stand further down.
 */
export const clicks = { gclid: 'google', msclkid: 'bing', ttclid: 'tiktok', li_fat_id: 'linkedin' } as const;
export const moreClicks = {
  gbraid: 'google',
  wbraid: 'google',
  dclid: 'google',
  twclid: 'twitter',
  rdt_cid: 'reddit',
  epik: 'pinterest',
  sccid: 'snapchat',
  yclid: 'yandex',
} as const;

/** Every click id: they stay in stored addresses. */
export const clickIds: ReadonlySet<string> = new Set([
  ...Object.keys(clicks),
  'fbclid',
  ...Object.keys(moreClicks),
]);
