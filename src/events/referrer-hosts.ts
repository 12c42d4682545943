/**
 * Facebook and Instagram have rules of their own (contract §4, 13 and 14). A host also stands for its
 * subdomains here and in the lists below; `{}` at its end is any country domain.
 */
export const metaHosts = {
  facebook:
    'facebook.com fb.com fb.me fb.watch messenger.com m.me com.facebook.katana com.facebook.lite ' +
    'com.facebook.orca',
  instagram: 'instagram.com ig.me instagr.am com.instagram.android',
} as const satisfies Record<string, string>;

/**
 * Social networks by our name for them. From the public-domain (CC0) list of Matomo, with app packages and
 * a few networks added.
 */
export const socialHosts = {
  badoo: 'badoo.com',
  bebo: 'bebo.com',
  bilibili: 'bilibili.com',
  blackplanet: 'blackplanet.com',
  bluesky: 'bsky.app bsky.social skyfeed.app xyz.blueskyweb.app',
  buzznet: 'buzznet.com',
  classmates_com: 'classmates.com',
  cyworld: 'global.cyworld.com',
  discord: 'com.discord discord.com discord.gg discordapp.com',
  douban: 'douban.com',
  douyin: 'douyin.com',
  douyu: 'douyu.com',
  dribbble: 'dribbble.com',
  fetlife: 'fetlife.com',
  flickr: 'flickr.com',
  flixster: 'flixster.com',
  fotolog: 'fotolog.com',
  foursquare: 'foursquare.com',
  friends_reunited: 'friendsreunited.com',
  friendster: 'friendster.com',
  gaia_online: 'gaiaonline.com',
  geni_com: 'geni.com',
  github: 'github.com',
  google_plus: 'com.google.android.apps.plus plus.google.com url.google.com',
  gree: 'gree.jp',
  habbo: 'habbo.com',
  hacker_news: 'hn.algolia.com news.ycombinator.com',
  hi5: 'hi5.com',
  huya: 'huya.com',
  hyves: 'hyves.nl',
  identi_ca: 'identi.ca',
  lang_8: 'lang-8.com',
  last_fm:
    'last.fm lastfm.com.br lastfm.com.tr lastfm.de lastfm.es lastfm.fr lastfm.it lastfm.jp lastfm.pl ' +
    'lastfm.ru lastfm.se',
  lemmy: 'lemmy.ml lemmy.world',
  line: 'line.me',
  linkedin: 'linkedin.android linkedin.com lnkd.in',
  livejournal: 'livejournal.com livejournal.ru',
  lobsters: 'lobste.rs',
  mastodon:
    'bitcoinhackers.org botsin.space c.im chaos.social cybre.space fosstodon.org friends.nico ' +
    'front-end.social graphics.social hachyderm.io indieweb.social knzk.me mamot.fr mas.to masto.ai ' +
    'mastodon.art mastodon.at mastodon.cloud mastodon.eus mastodon.jalgi.eus mastodon.nz ' +
    'mastodon.online mastodon.scot mastodon.social mastodon.technology mastodon.world mastodon.xyz ' +
    'mastodonapp.uk mastodont.cat mstdn.io mstdn.jp mstdn.party mstdn.social newsie.social ohai.social ' +
    'org.joinmastodon.android pawoo.net quey.org ro-mastodon.puyo.jp sfba.social social.tchncs.de ' +
    'social.vivaldi.net tkm.eus toot.community typo.social universeodon.com vis.social',
  meinvz: 'meinvz.net',
  missevan: 'missevan.com',
  mixi: 'mixi.jp',
  moikrug_ru: 'moikrug.ru',
  multiply: 'multiply.com',
  my_mail_ru: 'my.mail.ru',
  myheritage: 'myheritage.com',
  mylife: 'mylife.ru',
  myspace: 'myspace.com',
  myyearbook: 'myyearbook.com',
  nasza_klasa_pl: 'nk.pl',
  netlog: 'netlog.com',
  nextdoor: 'nextdoor.com',
  niconico: 'nicovideo.jp',
  odnoklassniki: 'odnoklassniki.ru ok.ru',
  orkut: 'orkut.com',
  peepeth: 'peepeth.com',
  pinterest: 'com.pinterest pin.it pinterest.{} pinterest.info',
  pixelfed: 'metapixl.com pix.toot.wales pixelfed.de pixelfed.social pixelfed.uno pixey.org pxlmo.com',
  plaxo: 'plaxo.com',
  product_hunt: 'producthunt.com',
  quora: 'com.quora.android quora.com',
  qzone: 'qzone.qq.com',
  reddit: 'com.reddit.frontpage redd.it reddit.com',
  renren: 'renren.com',
  skyrock: 'skyrock.com',
  snapchat: 'com.snapchat.android snapchat.com',
  sonico_com: 'sonico.com',
  soundcloud: 'gate.sc soundcloud.com',
  sourceforge: 'sourceforge.net',
  stackoverflow: 'stackoverflow.com',
  studivz: 'studivz.net',
  stumbleupon: 'stumbleupon.com',
  tagged: 'login.tagged.com',
  taringa: 'taringa.net',
  telegram: 'org.telegram.messenger t.me telegram.me telegram.org',
  threads: 'com.instagram.barcelona threads.com threads.net',
  tiktok: 'com.zhiliaoapp.musically tiktok.com',
  tuenti: 'tuenti.com',
  tumblr: 'com.tumblr t.umblr.com tumblr.com',
  twitcast: 'twitcasting.tv',
  twitter: 'com.twitter.android t.co twitter.com x.com',
  v2ex: 'v2ex.com',
  viadeo: 'viadeo.com',
  vimeo: 'vimeo.com',
  vk: 'com.vkontakte.android vk.com vk.ru vkontakte.ru',
  vkrugudruzei_ru: 'vkrugudruzei.ru',
  wayn: 'wayn.com',
  wechat: 'channels.weixin.qq.com mp.weixin.qq.com open.weixin.qq.com wechat.com',
  weeworld: 'weeworld.com',
  weibo: 't.cn weibo.cn weibo.com',
  whatsapp: 'com.whatsapp com.whatsapp.w4b l.wl.co wa.me whatsapp.com',
  workplace: 'workplace.com',
  xanga: 'xanga.com',
  xiaohongshu: 'xiaohongshu.com',
  xing: 'xing.com',
  youtube: 'com.google.android.youtube youtu.be youtube.com',
  zhihu: 'zhihu.com',
} as const satisfies Record<string, string>;

/** AI assistants by our name for them. From the same list, with apps and newer assistants added. */
export const aiHosts = {
  baidu_ai: 'ai.baidu.com yiyan.baidu.com',
  chat_plus: 'chat-gpt.org chatplus.com',
  chatglm: 'chatglm.cn',
  chatgpt: 'chat.openai.com chatgpt.com com.openai.chatgpt labs.openai.com',
  claude: 'claude.ai com.anthropic.claude',
  copilot: 'com.microsoft.copilot copilot.cloud.microsoft copilot.com copilot.microsoft.com',
  deepseek: 'deepseek.com',
  doubao: 'doubao.com',
  duck_ai: 'duck.ai',
  gemini: 'bard.google.com com.google.android.apps.bard gemini.google.com',
  grok: 'grok.com x.ai',
  iask: 'iask.ai',
  jasper: 'app.jasper.ai',
  kimi: 'kimi.com kimi.moonshot.cn',
  meta_ai: 'meta.ai',
  mistral: 'mistral.ai',
  notebooklm: 'notebooklm.google.com',
  perplexity: 'ai.perplexity.app.android perplexity.ai pplx.ai',
  phind: 'phind.com',
  poe: 'poe.com',
  qwen: 'qwen.ai',
  writesonic: 'app.writesonic.com',
  you_com: 'you.com',
} as const satisfies Record<string, string>;

/** Ad networks, whose servers a click on an ad comes from. Kept by hand. */
export const adHosts = {
  criteo: 'criteo.com criteo.net',
  google: 'doubleclick.net googleadservices.com googlesyndication.com adservice.google.{}',
  microsoft: 'adnxs.com',
  outbrain: 'paid.outbrain.com outbrainimg.com',
  taboola: 'taboola.com taboolasyndication.com',
  the_trade_desk: 'adsrvr.org',
  yandex: 'yabs.yandex.{} an.yandex.ru yandexadexchange.net',
} as const satisfies Record<string, string>;

/** Sites with a host for each language, by the one host they are: each is one source. */
export const languageHosts = Object.fromEntries(
  (
    'wikipedia.org wiktionary.org wikiquote.org wikibooks.org wikisource.org wikinews.org wikiversity.org ' +
    'wikivoyage.org wikihow.com'
  )
    .split(' ')
    .map((host) => [host, host]),
);
