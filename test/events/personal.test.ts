import { describe, expect, test } from 'vitest';
import { cleanPath, cleanUrl } from '../../src/events/personal.ts';
import { referrerOf } from '../../src/events/referrer.ts';

const asUrl = (text: string): string => cleanUrl(text, new URL(text));

describe('what a person would miss stays, byte for byte', () => {
  test.each([
    'https://a.example',
    'https://a.example/ä b?q=ä b&&=&c#top',
    'https://a.example/x?q=a;b,c&r=%zz&a+b=c+d?',
    'https://a.example/search?q=how to call 110 + 112',
    'https://a.example/x?',
    'https://a.example/x#',
    'https://a.example/x?product_name=Lamp&filename=a.pdf&names=3&hostname=b',
    'https://a.example/x?promo_code=SPRING&country_code=DE&sort_key=price&keyword=pin&zip=10115',
    'https://a.example/x?headphone=3&iphone=15&passage=2&compass=n&monkey=1&inside=1&spin=1&pinned=1',
    'https://a.example/x?page=2&variant=blue&lang=de&sessions=4&zipcode=1&ccy=EUR&account=shop&card=visa',
    'https://a.example/x?utm_content=jo@b.example&gclid=a&fbclid=b&utm_term=name',
    'https://a.example/x?next=https://x.example/@jo/posts',
    'https://a.example/@jo/posts?page=2',
    'https://a.example/img/logo@2x.png',
    'https://a.example/img/logo@2x.min.webp?v=3',
    'https://a.example/npm/vue@3.2.1/dist/vue.js',
    'https://a.example/npm/@scope/pkg@1.0.0-beta.rc',
    'https://a.example/maps/@52.5,13.4,15z',
    'https://a.example/map;color=red;size=2/x',
    'https://a.example/wiki/AT&T/Key_(music):_C',
    'https://a.example/x#/route?tab=2',
    'https://a.example/x#:~:text=lamps',
    'app://home/start',
    'android-app://com.slack/x',
  ])('%s', (text) => {
    expect(asUrl(text)).toBe(text);
  });
});

describe('user and password go, as a reader of URLs finds them', () => {
  test.each([
    ['https://jo:secret@a.example/x?y=1', 'https://a.example/x?y=1'],
    [' https://jo:secret@a.example/x', 'https://a.example/x'],
    ['https:\\\\jo:secret@a.example\\x', 'https://a.example/x'],
    ['https:/jo:secret@a.example/x', 'https://a.example/x'],
    ['https:jo:secret@a.example/x', 'https://a.example/x'],
    ['https:///jo:secret@a.example/x', 'https://a.example/x'],
    ['ht\ttps://jo:se\ncret@a.example/x', 'https://a.example/x'],
    ['HTTPS://jo:secret@A.example/x', 'https://a.example/x'],
    ['https://jo%3Asecret@a.example/x', 'https://a.example/x'],
    ['https://jo@work:secret@a.example/x', 'https://a.example/x'],
    ['https://jo@a.example', 'https://a.example/'],
    ['https://:secret@a.example/', 'https://a.example/'],
    ['app://jo:secret@home/start', 'app://home/start'],
    ['app:jo:secret@home', 'app:(redacted)'],
    ['blob:https://jo:secret@a.example/x', 'blob:https://(redacted)/x'],
    ['https://a.example/go/https://jo:secret@b.example/x', 'https://a.example/go/https://(redacted)/x'],
    ['https://a.example/?to=https://jo:secret@b.example/x&id=7', 'https://a.example/?id=7'],
    ['https://a.example/?to=%2F%2Fjo%40b%2Fx&id=7', 'https://a.example/?id=7'],
    ['mailto:jo@b.example?subject=x', 'mailto:(redacted)'],
    ['tel:+49301234567', 'tel:(redacted)'],
  ])('%j is kept as %s', (sent, kept) => {
    expect(asUrl(sent)).toBe(kept);
  });
});

describe('personal parameters go, wherever they stand', () => {
  test.each([
    ['/x?email=jo@b.example&id=7', '/x?id=7'],
    ['/x?id=7&e-mail=jo', '/x?id=7'],
    ['/x?mail=jo', '/x'],
    ['/x?phone=1&tel=2&name=Jo&token=3&password=4', '/x'],
    ['/x?user_email=1&accessToken=2&billing%5Bphone%5D=3&first_name=Jo&a=1', '/x?a=1'],
    ['/x?pass=1&pin=2&code=3&key=4&sid=5&session=6&signature=7&cc=8&access_key=9&a=1', '/x?a=1'],
    ['/x?X-Amz-Signature=1&X-Amz-Credential=2&AWSAccessKeyId=3&sig=4&hmac=5&a=1', '/x?a=1'],
    ['/x?PHPSESSID=1&ASP.NET_SessionId=2&jsessionid=3&CFTOKEN=4&session_id=5&a=1', '/x?a=1'],
    ['/x?auth_code=1&verification-code=2&otp=3&license_key=4&card_number=5&cvv=6&a=1', '/x?a=1'],
    ['/x?useremail=1&mypassword=2&email2=3&contrase%C3%B1a=4&%65mail=5&em%2561il=6&a=1', '/x?a=1'],
    ['/x?em\tail=1&\uff45mail=2&a=1', '/x?a=1'],
    ['/x?u=jo%40b.example&v=2', '/x?v=2'],
    ['/x?u=jo%2540b.example&w=jo%252540b.example&x=jo%25%34%30b.example&y=jo\uff20b.example&v=2', '/x?v=2'],
    ['/x?u=%zz%40b.example&v=2', '/x?v=2'],
    ['/x?jo@b.example', '/x'],
    ['/x?a=1;phone=2;b=3', '/x?a=1;b=3'],
    ['/x?a=1?token=2&b=3', '/x?a=1&b=3'],
    ['/x?a=1;token=2;3&b=4', '/x?a=1&b=4'],
    ['/x?password=ab;cd=e?f&b=1', '/x?b=1'],
    ['/x?a=1&amp;email=jo&amp;b=2', '/x?a=1&amp;b=2'],
    ['/x?token%3Dabc&b=1', '/x?b=1'],
    ['/x?next=https%3A%2F%2Fa.example%2F%3Femail%3Djo%40b.example', '/x'],
    ['/x?next=%2Freset%3Ftoken%3Dabc&b=1', '/x?b=1'],
    ['/x?state={"token":"abc"}&b=1', '/x?b=1'],
    ['/x?state=%7B%22password%22%3A%22abc%22%7D&b=1', '/x?b=1'],
    ['/x#access_token=abc&state=1', '/x#state=1'],
    ['/x#access_token=abc', '/x'],
    ['/x#/route?email=jo&tab=2', '/x#/route?tab=2'],
    ['/x#/reset;token=abc/now', '/x#/reset/now'],
    ['/x#/users/jo@b.example', '/x#/users/(redacted)'],
    ['/x#jo@b.example', '/x'],
    ['/x;jsessionid=12/y;v=1', '/x/y;v=1'],
    ['/x%3Bjsessionid%3D12', '/x'],
    ['/x&token=abc', '/x'],
    ['/x%3Ftoken=abc', '/x'],
    ['/x%253Ftoken%253Dabc', '/x'],
    ['/token=abc/x', '/(redacted)/x'],
    ['/users/jo@b.example/orders', '/users/(redacted)/orders'],
    ['/users/jo%40b.example', '/users/(redacted)'],
    ['/users/jo%2540b.example', '/users/(redacted)'],
    ['/users/jo@m\u00fcller.example', '/users/(redacted)'],
    ['/@jo@social.example', '/(redacted)'],
  ])('%j is kept as %s', (sent, kept) => {
    expect(cleanPath(sent)).toBe(kept);
    // As a URL too, where no reader of URLs spells it anew.
    if (!/[\t%\u00fc\uff00-\uffff]/.test(sent))
      expect(asUrl(`https://a.example${sent}`)).toBe(`https://a.example${kept}`);
  });

  test.each([
    ['//jo:secret@b/x', '//(redacted)/x'],
    ['\\\\jo:secret@b\\x', '\\\\(redacted)\\x'],
    ['https://jo@b/x', 'https://(redacted)/x'],
    ['mailto:jo@b.example', '(redacted)'],
    ['', ''],
  ])('the path %j is kept as %s', (sent, kept) => {
    expect(cleanPath(sent)).toBe(kept);
  });
});

describe('a referrer holds nobody', () => {
  test.each([
    ['mailto:jo@b.example', 'mailto:(redacted)'],
    ['tel:+49301234567', 'tel:(redacted)'],
    ['//jo:secret@b.example/p', 'https://b.example/p'],
    ['jo:secret@b.example/p', '(redacted)/p'],
    ['jo@b.example', '(redacted)'],
    ['jo%2540b.example', '(redacted)'],
    ['written by jo@b', 'written by (redacted)'],
    ['https:\\\\jo:secret@b.example\\p', 'https://b.example/p'],
    ['https://b.example/u/jo%40c.example;jsessionid=1/x', 'https://b.example/u/(redacted)/x'],
    ['b.example/p;sid=1', 'https://b.example/p'],
    ['localhost/p;sid=1?a#b', 'localhost/p'],
    ['file:///C:/Users/Jo/page.html', 'file:///'],
  ])('%j is kept as %s', (sent, kept) => {
    expect(referrerOf(sent).kept).toBe(kept);
  });
});
