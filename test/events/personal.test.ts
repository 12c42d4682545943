import { expect, test } from 'vitest';
import { withoutPersonal } from '../../src/events/personal.ts';

test.each([
  ['https://a.example/x?email=jo@b.example&id=7', 'https://a.example/x?id=7'],
  ['https://a.example/x?id=7&e-mail=jo', 'https://a.example/x?id=7'],
  ['https://a.example/x?mail=jo', 'https://a.example/x'],
  ['/x?phone=1&tel=2&name=Jo&token=3&password=4', '/x'],
  ['/x?user_email=1&accessToken=2&billing%5Bphone%5D=3&first_name=Jo&a=1', '/x?a=1'],
  ['/x?product_name=Lamp&filename=a.pdf&names=3', '/x?product_name=Lamp&filename=a.pdf&names=3'],
  ['/x?u=jo%40b.example&v=2', '/x?v=2'],
  ['/x?jo@b.example', '/x'],
  ['/x?next=https%3A%2F%2Fa.example%2F%3Femail%3Djo%40b.example', '/x'],
  [
    '/x?utm_content=jo@b.example&gclid=a&fbclid=b&utm_term=name',
    '/x?utm_content=jo@b.example&gclid=a&fbclid=b&utm_term=name',
  ],
  ['https://jo:secret@a.example/x?y=1', 'https://a.example/x?y=1'],
  ['/x#access_token=abc&state=1', '/x#state=1'],
  ['/x#access_token=abc', '/x'],
  ['/x#/route?email=jo&tab=2', '/x#/route?tab=2'],
  ['/x?q=%zz&u=%zz%40b.example&a+b=c+d', '/x?q=%zz&a+b=c+d'],
  ['/x?q=ä b&&=&c', '/x?q=ä b&&=&c'],
  ['/x?', '/x?'],
  ['/x#', '/x#'],
  ['/@jo/posts?page=2', '/@jo/posts?page=2'],
])('%s is kept as %s', (sent, kept) => {
  expect(withoutPersonal(sent)).toBe(kept);
});
