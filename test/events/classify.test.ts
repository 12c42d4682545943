import { describe, expect, test } from 'vitest';
import { classify, rules } from '../../src/events/classify.ts';
import { clickIds } from '../../src/events/click-ids.ts';
import { referrerOf } from '../../src/events/referrer.ts';

const classified = (query: string, referrer = '', page = 'https://shop.example/cart') => {
  const { source, medium, campaign, confidence, rule } = classify(
    URL.parse(page + query),
    referrer === '' ? null : referrerOf(referrer),
    URL.parse(page)?.hostname ?? null,
  );
  return [rule, source, medium, confidence, campaign];
};

describe('each row of the contract’s table', () => {
  test.each([
    // query, referrer, rule, source, medium, confidence
    ['?gclid=1', '', 'gclid', 'google', 'paid', 'high'],
    ['?msclkid=1', '', 'msclkid', 'bing', 'paid', 'high'],
    ['?ttclid=1', '', 'ttclid', 'tiktok', 'paid', 'high'],
    ['?li_fat_id=1', '', 'li_fat_id', 'linkedin', 'paid', 'high'],
    ['?fbclid=1', 'https://l.facebook.com/', 'fb_ad_redirect', 'facebook', 'paid', 'high'],
    ['?fbclid=1', 'https://lm.facebook.com/l.php?u=x', 'fb_ad_redirect', 'facebook', 'paid', 'high'],
    ['?fbclid=1&utm_source=fb', '', 'fbclid_utm', 'facebook', 'paid', 'high'],
    ['?fbclid=1&utm_source=meta', 'https://www.facebook.com/', 'fbclid_utm', 'facebook', 'paid', 'high'],
    ['?fbclid=1&utm_source=ig', '', 'fbclid_utm', 'instagram', 'paid', 'high'],
    ['?utm_source=facebook&utm_medium=cpc', '', 'utm_paid_facebook', 'facebook', 'paid', 'high'],
    ['?utm_source=instagram&utm_medium=paid_social', '', 'utm_paid_instagram', 'instagram', 'paid', 'high'],
    ['?utm_source=reddit&utm_medium=cpm', '', 'utm_paid', 'reddit', 'paid', 'high'],
    ['?utm_medium=ppc', '', 'utm_paid_unknown', 'unknown', 'paid', 'medium'],
    ['?fbclid=1', '', 'fbclid', 'facebook', 'paid', 'medium'],
    ['?fbclid=1', 'https://m.facebook.com/', 'fbclid', 'facebook', 'paid', 'medium'],
    ['?utm_source=chatgpt.com', '', 'utm_host', 'chatgpt', 'ai', 'medium'],
    ['?utm_source=www.facebook.com', '', 'utm_host', 'facebook', 'social', 'medium'],
    ['?utm_source=https%3A%2F%2Fl.instagram.com%2F', '', 'utm_host', 'instagram', 'social', 'medium'],
    ['?utm_source=www.google.de', 'https://t.co/x', 'utm_host', 'google', 'organic', 'medium'],
    ['?utm_source=newsletter&utm_medium=email', '', 'utm', 'newsletter', 'email', 'high'],
    ['?utm_source=chatgpt.com&utm_medium=referral', '', 'utm', 'chatgpt.com', 'referral', 'high'],
    ['?utm_source=blog.other.org', '', 'utm', 'blog.other.org', 'unknown', 'high'],
    ['?utm_source=newsletter', 'https://www.google.com/', 'utm', 'newsletter', 'unknown', 'high'],
    ['?utm_medium=Email', '', 'utm_medium_only', 'unknown', 'email', 'low'],
    ['?utm_medium=sms', 'https://www.paypal.com/', 'utm_medium_only', 'unknown', 'sms', 'low'],
    ['?utm_medium=email', 'https://www.google.com/', 'ref_search', 'google', 'organic', 'medium'],
    ['?utm_medium=email', 'https://blog.other.org/', 'referral', 'blog-other-org', 'referral', 'low'],
    ['', 'https://www.paypal.com/checkout', 'ignored_referrer', 'direct', 'direct', 'high'],
    ['', '(direct)', 'ignored_referrer', 'direct', 'direct', 'high'],
    ['', 'https://m.facebook.com/', 'ref_facebook', 'facebook', 'social', 'medium'],
    ['', 'https://l.instagram.com/?u=x', 'ref_instagram', 'instagram', 'social', 'medium'],
    ['', 'https://t.co/abc', 'ref_social', 'twitter', 'social', 'medium'],
    ['', 'https://chatgpt.com/', 'ref_ai', 'chatgpt', 'ai', 'medium'],
    ['', 'https://yabs.yandex.ru/count/x', 'ref_ad', 'yandex', 'paid', 'medium'],
    ['', 'https://www.google.com/', 'ref_search', 'google', 'organic', 'medium'],
    ['', 'https://mail.google.com/', 'ref_email', 'email', 'email', 'medium'],
    ['', 'https://shop.example/products', 'internal', 'internal', 'direct', 'high'],
    ['', '', 'direct', 'direct', 'direct', 'high'],
    ['', 'https://blog.other.org/post', 'referral', 'blog-other-org', 'referral', 'low'],
    ['?gbraid=1', 'https://www.google.com/', 'gbraid', 'google', 'paid', 'high'],
    ['?wbraid=1', '', 'wbraid', 'google', 'paid', 'high'],
    ['?dclid=1', '', 'dclid', 'google', 'paid', 'high'],
    ['?twclid=1', '', 'twclid', 'twitter', 'paid', 'high'],
    ['?rdt_cid=1', '', 'rdt_cid', 'reddit', 'paid', 'high'],
    ['?epik=1', '', 'epik', 'pinterest', 'paid', 'high'],
    ['?sccid=1', '', 'sccid', 'snapchat', 'paid', 'high'],
    ['?yclid=1', '', 'yclid', 'yandex', 'paid', 'high'],
  ])('%s from %s is %s', (query, referrer, ...wanted) => {
    expect(classified(query, referrer)).toEqual([...wanted, null]);
  });

  test('has a test for every rule', () => {
    expect(rules.map(({ id }) => id)).toEqual([
      ...[
        'gclid',
        'msclkid',
        'ttclid',
        'li_fat_id',
        'fb_ad_redirect',
        'fbclid_utm',
        'utm_paid_facebook',
        'utm_paid_instagram',
        'utm_paid',
      ],
      ...[
        'utm_paid_unknown',
        'fbclid',
        'gbraid',
        'wbraid',
        'dclid',
        'twclid',
        'rdt_cid',
        'epik',
        'sccid',
        'yclid',
        'utm_host',
        'utm',
        'utm_medium_only',
        'ignored_referrer',
        'ref_facebook',
        'ref_instagram',
      ],
      ...['ref_social', 'ref_ai', 'ref_ad', 'ref_search', 'ref_email', 'internal', 'direct', 'referral'],
    ]);
  });

  test.each(
    (
      'cpc ppc paid paid_social paidsocial cpm display CPC Paid_Social ' +
      'paid_search paid-search paid-social cpv ppv retargeting pmax PMax'
    ).split(' '),
  )('%s is a paid medium', (medium) => {
    expect(classified(`?utm_source=x&utm_medium=${medium}`)).toEqual(['utm_paid', 'x', 'paid', 'high', null]);
  });
});

describe('the first rule that holds decides', () => {
  test.each([
    ['a click id beats utm', '?gclid=1&utm_source=newsletter&utm_medium=email', '', 'gclid'],
    ['a click id beats fbclid', '?fbclid=1&msclkid=1', '', 'msclkid'],
    [
      'a paid utm beats a search referrer',
      '?utm_source=bing&utm_medium=cpc',
      'https://www.google.com/',
      'utm_paid',
    ],
    ['a paid medium without source beats a bare fbclid', '?fbclid=1&utm_medium=cpc', '', 'utm_paid_unknown'],
    [
      'fbclid with another source and no paid medium is that source',
      '?fbclid=1&utm_source=newsletter',
      '',
      'utm',
    ],
    [
      'our click ids leave the contract’s paid rules as they are',
      '?twclid=1&utm_source=partner&utm_medium=cpc',
      '',
      'utm_paid',
    ],
    [
      'our click ids are a paid signal, so `utm` does not hold',
      '?gbraid=1&utm_source=newsletter',
      '',
      'gbraid',
    ],
    ['a click id beats the host in utm_source', '?twclid=1&utm_source=chatgpt.com', '', 'twclid'],
    ['fbclid leaves a named source to it', '?fbclid=1&utm_source=t.co', '', 'utm_host'],
    ['a Meta source with fbclid stays paid', '?fbclid=1&utm_source=www.facebook.com', '', 'fbclid_utm'],
    ['the host in utm_source beats the referrer', '?utm_source=t.co', 'https://www.google.com/', 'utm_host'],
    ['a lone paid medium stays paid', '?utm_medium=cpc', 'https://www.paypal.com/', 'utm_paid_unknown'],
    ['a campaign is a signal though nobody brought it', '?utm_campaign=x', '-', 'referral'],
    ['an own host that is a network is the network', '', 'https://www.reddit.com/', 'ref_social'],
  ])('%s', (_, query, referrer, rule) => {
    expect(classified(query, referrer, 'https://www.reddit.com/x')[0]).toBe(rule);
  });
});

describe('what brings nobody is no source', () => {
  test.each(
    (
      'www.paypal.com www.paypal.de checkout.stripe.com hooks.stripe.com pay.klarna.com live.adyen.com ' +
      'www.mollie.com ' +
      'www.sofort.com secure.worldpay.com accounts.google.com accounts.google.co.uk appleid.apple.com ' +
      'tenant.eu.auth0.com corp.okta.com login.microsoftonline.com login.live.com tenant.b2clogin.com ' +
      'pool.auth.eu-west-1.amazoncognito.com centinelapi.cardinalcommerce.com secure5.arcot.com ' +
      'acs.3dsecure.no'
    ).split(' '),
  )('%s', (host) => {
    expect(classified('', `https://${host}/x`)).toEqual([
      'ignored_referrer',
      'direct',
      'direct',
      'high',
      null,
    ]);
  });
  test.each([
    '-',
    '(direct)',
    '(none)',
    '(not set)',
    'null',
    'undefined',
    'None',
    '"-"',
    '[object Object]',
    'about:client',
    'about:blank',
    'chrome://newtab/',
    'edge://newtab',
    'chrome-extension://abcdefghijklmnop/popup.html',
    'file:///C:/page.html',
    'https://null/',
  ])('%s', (referrer) => {
    expect(classified('', referrer)).toEqual(['ignored_referrer', 'direct', 'direct', 'high', null]);
  });
  test.each([
    'https://paypal.com.evil.example/',
    'https://mypaypal.com/',
    'nullify',
    'https://auth0.example/',
    '日本',
  ])('but %s is', (referrer) => {
    expect(classified('', referrer)[0]).toBe('referral');
  });
  test('a service is not on the way to itself', () => {
    expect(classified('', 'https://www.paypal.com/x', 'https://www.paypal.com/y')[0]).toBe('internal');
  });
});

describe('as people really write it', () => {
  test.each([
    [
      '?UTM_Source=Google&utm_medium=CPC&utm_campaign=Spring Sale',
      '',
      ['utm_paid', 'google', 'paid', 'high', 'Spring Sale'],
    ],
    ['?utm_source=%20NewsLetter%20&utm_medium=E-Mail', '', ['utm', 'newsletter', 'e-mail', 'high', null]],
    ['?utm_source=a&utm_source=b', '', ['utm', 'a', 'unknown', 'high', null]],
    ['?gclid=&utm_source=', '', ['direct', 'direct', 'direct', 'high', null]],
    ['?utm_source=fb-ads&utm_medium=cpc', '', ['utm_paid_facebook', 'facebook', 'paid', 'high', null]],
    [
      '?utm_source=Instagram Stories&utm_medium=cpc',
      '',
      ['utm_paid_instagram', 'instagram', 'paid', 'high', null],
    ],
    [
      '?utm_source=metaverse-digest&utm_medium=cpc',
      '',
      ['utm_paid', 'metaverse-digest', 'paid', 'high', null],
    ],
    ['?utm_source=bigfish&utm_medium=cpc', '', ['utm_paid', 'bigfish', 'paid', 'high', null]],
    ['?utm_campaign=spring', '', ['referral', 'unknown', 'referral', 'low', 'spring']],
    ['?utm_source=a%00b', '', ['utm', 'a\ufffdb', 'unknown', 'high', null]],
    ['', 'https://WWW.Google.CO.UK/search', ['ref_search', 'google', 'organic', 'medium', null]],
    ['', 'https://www.google.com:443/', ['ref_search', 'google', 'organic', 'medium', null]],
    ['', 'https://www.shop.example:8443/x', ['internal', 'internal', 'direct', 'high', null]],
    ['', 'shop.example/x', ['internal', 'internal', 'direct', 'high', null]],
    ['', 'android-app://com.google.android.gm/', ['ref_email', 'email', 'email', 'medium', null]],
    [
      '',
      'android-app://com.google.android.googlequicksearchbox/https/www.google.com',
      ['ref_search', 'google', 'organic', 'medium', null],
    ],
    ['', 'android-app://com.reddit.frontpage', ['ref_social', 'reddit', 'social', 'medium', null]],
    ['?a=1&amp;utm_source=a&amp;utm_medium=cpc', '', ['utm_paid', 'a', 'paid', 'high', null]],
    ['?a=1&amp;amp;gclid=x', '', ['gclid', 'google', 'paid', 'high', null]],
    ['#utm_source=a&utm_medium=email&utm_campaign=c', '', ['utm', 'a', 'email', 'high', 'c']],
    ['#/orders?id=7&utm_source=a', '', ['utm', 'a', 'unknown', 'high', null]],
    ['#!utm_source=a', '', ['utm', 'a', 'unknown', 'high', null]],
    ['#top&utm_source=a', '', ['utm', 'a', 'unknown', 'high', null]],
    ['?utm_source=a#utm_source=b&utm_medium=c', '', ['utm', 'a', 'c', 'high', null]],
    ['#gclid=1', '', ['direct', 'direct', 'direct', 'high', null]],
    ['', 'https://de.wikipedia.org/wiki/X', ['referral', 'wikipedia-org', 'referral', 'low', null]],
    ['', 'https://en.m.wikipedia.org/', ['referral', 'wikipedia-org', 'referral', 'low', null]],
    ['', 'not a url', ['referral', 'unknown', 'referral', 'low', null]],
    ['', 'https://[2001:db8::1]/x', ['referral', '2001-db8-1', 'referral', 'low', null]],
    ['', 'https://notgoogle.com/', ['referral', 'notgoogle-com', 'referral', 'low', null]],
    [
      '',
      'https://google.com.evil.example/',
      ['referral', 'google-com-evil-example', 'referral', 'low', null],
    ],
    ['', 'https://xt.co/', ['referral', 'xt-co', 'referral', 'low', null]],
  ])('%s from %s', (query, referrer, wanted) => {
    expect(classified(query, referrer)).toEqual(wanted);
  });

  test('an event without a page is internal to the site that sent it', () => {
    expect(classify(null, referrerOf('https://shop.example/'), 'www.shop.example').rule).toBe('internal');
    expect(classify(null, referrerOf('https://shop.example/'), null).rule).toBe('referral');
  });

  test('a project may name hosts of its own that visits pass through', () => {
    const at = (host: string) =>
      classify(null, referrerOf(`https://${host}/`), 'shop.example', (own) => own === 'sso.example');
    expect([at('sso.example').rule, at('blog.example').rule]).toEqual(['ignored_referrer', 'referral']);
  });

  test('fbclid is a click id that stored addresses keep', () => {
    expect([...clickIds]).toContain('fbclid');
  });
});
