import { describe, expect, test } from 'vitest';
import { networkOf, referrerOf } from '../../src/events/referrer.ts';

const known = (host: string) => {
  const network = networkOf(host);
  return network === null ? null : `${network.kind} ${network.name}`;
};

describe('a host is known by the network it belongs to', () => {
  test.each([
    ['facebook.com', 'facebook facebook'],
    ['de-de.facebook.com', 'facebook facebook'],
    ['l.instagram.com', 'instagram instagram'],
    ['x.com', 'social twitter'],
    ['mobile.twitter.com', 'social twitter'],
    ['lnkd.in', 'social linkedin'],
    ['old.reddit.com', 'social reddit'],
    ['tiktok.com', 'social tiktok'],
    ['m.youtube.com', 'social youtube'],
    ['pinterest.co.uk', 'social pinterest'],
    ['l.threads.net', 'social threads'],
    ['bsky.app', 'social bluesky'],
    ['mastodon.social', 'social mastodon'],
    ['snapchat.com', 'social snapchat'],
    ['away.vk.com', 'social vk'],
    ['de.quora.com', 'social quora'],
    ['news.ycombinator.com', 'social hacker_news'],
    ['web.whatsapp.com', 'social whatsapp'],
    ['t.me', 'social telegram'],
    ['discord.com', 'social discord'],
    ['chat.openai.com', 'ai chatgpt'],
    ['claude.ai', 'ai claude'],
    ['www.perplexity.ai', 'ai perplexity'],
    ['gemini.google.com', 'ai gemini'],
    ['copilot.microsoft.com', 'ai copilot'],
    ['chat.mistral.ai', 'ai mistral'],
    ['chat.deepseek.com', 'ai deepseek'],
    ['grok.com', 'ai grok'],
    ['www.meta.ai', 'ai meta_ai'],
    ['you.com', 'ai you_com'],
    ['www.phind.com', 'ai phind'],
    ['google.de', 'search google'],
    ['www.google.com.br', 'search google'],
    ['images.google.co.jp', 'search google'],
    ['www.bing.com', 'search bing'],
    ['cn.bing.com', 'search bing'],
    ['duckduckgo.com', 'search duckduckgo'],
    ['search.yahoo.com', 'search yahoo'],
    ['uk.search.yahoo.com', 'search yahoo'],
    ['es-us.search.yahoo.com', 'search yahoo'],
    ['search.yahoo.co.jp', 'search yahoo'],
    ['yandex.ru', 'search yandex'],
    ['yandex.com.tr', 'search yandex'],
    ['ya.ru', 'search yandex'],
    ['www.baidu.com', 'search baidu'],
    ['search.brave.com', 'search brave'],
    ['www.ecosia.org', 'search ecosia'],
    ['www.qwant.com', 'search qwant'],
    ['kagi.com', 'search kagi'],
    ['www.startpage.com', 'search startpage'],
    ['search.naver.com', 'search naver'],
    ['search.seznam.cz', 'search seznam'],
    ['outlook.live.com', 'email email'],
    ['us-mg5.mail.yahoo.com', 'email email'],
    ['mail.proton.me', 'email email'],
    ['e.mail.ru', 'email email'],
    ['my.mail.ru', 'social my_mail_ru'],
    ['go.mail.ru', 'search mailru'],
    ['pinterest.it', 'social pinterest'],
    ['www.pinterest.com.mx', 'social pinterest'],
    ['ru.pinterest.com', 'social pinterest'],
    ['pplx.ai', 'ai perplexity'],
    ['www.google.cat', 'search google'],
    ['google.it.ao', 'search google'],
    ['uk.images.search.yahoo.com', 'search yahoo'],
    ['images.search.yahoo.com', 'search yahoo'],
    ['com.google.android.googlequicksearchbox', 'search google'],
    ['yabs.yandex.com.tr', 'ad yandex'],
    ['googleads.g.doubleclick.net', 'ad google'],
    ['www.mypinterest.com', null],
    ['orange.fr', null],
    ['www.yahoo.com', null],
    ['docs.google.com', null],
    ['www.cnn.com', null],
    ['shop.example', null],
  ])('%s is %s', (host, wanted) => {
    expect(known(host)).toBe(wanted);
  });
});

test.each(
  (
    'deref-gmx.net deref-web.de deref-mail.com deref-1und1-02.de mail.yahoo.net mail.yahoo.co.uk ' +
    'mail.yahoo.fr ' +
    'email.ionos.de email.ionos.co.uk mail.rambler.ru touch.mail.ru messagerie.orange.fr mail01.orange.fr ' +
    'webmail.bell.net mail.ukr.net email.bluewin.ch webmail.xtra.co.nz safelinks.protection.outlook.com ' +
    'mail.infomaniak.com'
  ).split(' '),
)('%s is where mail is read', (host) => {
  expect(known(host)).toBe('email email');
});

describe('a referrer keeps its origin and path', () => {
  test.each([
    ['https://www.google.com/search?q=secret#top', 'https://www.google.com/search', 'www.google.com'],
    ['https://user:pw@Site.example:8080/a?b', 'https://site.example:8080/a', 'site.example'],
    ['https://site.example', 'https://site.example/', 'site.example'],
    ['site.example/a?token=1', 'https://site.example/a', 'site.example'],
    ['android-app://com.slack/x?y', 'android-app://com.slack/x', 'com.slack'],
    ['site.example.', 'https://site.example./', 'site.example'],
    ['Site.example:8080/a', 'https://site.example:8080/a', 'site.example'],
    ['localhost', 'localhost', null],
    ['some words?and=more', 'some words', null],
    ['about:blank', 'about:blank', null],
    ['a\0b', 'a\ufffdb', null],
    ['?', '', null],
  ])('%j is kept as %j', (sent, kept, host) => {
    expect(referrerOf(sent)).toEqual({ kept, host });
  });
});

test('a hostile referrer of a million labels is read in one pass: in any more it would not end here', () => {
  for (const end of [':', 'x', '/'])
    expect(networkOf(referrerOf(`${'a.'.repeat(1_000_000)}${end}`).host ?? '')).not.toBe('');
});
