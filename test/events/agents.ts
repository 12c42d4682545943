/** A user agent as programs of its kind send it, and what it is. */
export interface Known {
  readonly kind: Kind;
  readonly userAgent: string;
  readonly device: 'mobile' | 'tablet' | 'desktop' | 'bot';
  readonly browser: string | null;
  readonly os: string | null;
}

/** What sends user agents. */
export const kinds = [
  'phone',
  'tablet',
  'desktop',
  'in-app',
  'television',
  'console',
  'wearable',
  'crawler',
  'program',
  'monitor',
] as const;
export type Kind = (typeof kinds)[number];

type Row = readonly [userAgent: string, browser: string | null, os: string | null];

const of = (kind: Kind, device: Known['device'], rows: readonly Row[]): readonly Known[] =>
  rows.map(([userAgent, browser, os]) => ({ kind, device, userAgent, browser, os }));
const bots = (kind: Kind, userAgents: readonly string[]): readonly Known[] =>
  userAgents.map((userAgent) => ({ kind, device: 'bot', userAgent, browser: null, os: null }));

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const appleWebkit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
const onAndroid = (model: string, tail: string) => `Mozilla/5.0 (Linux; Android ${model}) ${webkit} ${tail}`;
const iphone = (version: string, tail: string) =>
  `Mozilla/5.0 (iPhone; CPU iPhone OS ${version} like Mac OS X) ${appleWebkit} ${tail}`;
const ipad = (version: string, tail: string) =>
  `Mozilla/5.0 (iPad; CPU OS ${version} like Mac OS X) ${appleWebkit} ${tail}`;

const phoneModels = (
  '10; K|14; Pixel 8|13; SM-A536B|12; M2101K6G|11; moto g power (2022)|10; CPH2239|9; Redmi Note 8|8.1.0; Redmi 5A|' +
  '8.1.0; Discovery R5|7.0; SM-G930F|6.0.1; Moto G (4)|14; 2201116SG|13; V2109|12; RMX3231|11; LM-Q730|10; ELE-L29|' +
  '9; ANE-LX1|14; SM-S918B|13; Nokia G21|12; TECNO KG5k|11; Infinix X688B|14; ONEPLUS A6013|13; FP4|12; XQ-BC52|' +
  '10; JNY-LX1|9; CUBOT X19|11; itel A60s|7.1.2; vivo 1724|5.1.1; A37f|4.4.4; GT-I9060I|15; Pixel 9 Pro|13; TB-phone'
).split('|');
const chrome = 'Chrome/138.0.0.0 Mobile Safari/537.36';

const phones = of('phone', 'mobile', [
  ...phoneModels.map((model): Row => [onAndroid(model, chrome), 'Chrome', 'Android']),
  ...['17_5', '16_6_1', '15_8', '18_0', '12_5_7'].map(
    (version): Row => [
      iphone(version, `Version/${version.slice(0, 2)}.0 Mobile/15E148 Safari/604.1`),
      'Mobile Safari',
      'iOS',
    ],
  ),
  [iphone('17_5', 'CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1'), 'Chrome', 'iOS'],
  [iphone('17_5', 'FxiOS/127.0 Mobile/15E148 Safari/605.1.15'), 'Firefox', 'iOS'],
  [iphone('17_5', 'Version/17.5 EdgiOS/125.0 Mobile/15E148 Safari/605.1.15'), 'Edge', 'iOS'],
  [iphone('17_5', 'Version/17.5 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15'), 'DuckDuckGo', 'iOS'],
  [iphone('17_5', 'Version/17.5 Mobile/15 Safari/604.1'), 'Mobile Safari', 'iOS'],
  [iphone('17_5', 'Version/17.5 YaBrowser/24.4 Mobile/15E148 Safari/604.1'), 'Yandex', 'iOS'],
  [onAndroid('10; K', 'Chrome/138.0.0.0 Mobile DuckDuckGo/5 Safari/537.36'), 'DuckDuckGo', 'Android'],
  [
    onAndroid('10; K', 'Version/4.0 Chrome/138.0.0.0 Mobile DuckDuckGo/5 Safari/537.36'),
    'DuckDuckGo',
    'Android',
  ],
  [onAndroid('10; K', 'Chrome/138.0.0.0 Mobile/15 Safari/537.36'), 'Chrome', 'Android'],
  [onAndroid('13; SAMSUNG SM-A536B', `SamsungBrowser/25.0 ${chrome}`), 'Samsung Internet', 'Android'],
  [onAndroid('10; K', `${chrome} EdgA/126.0.0.0`), 'Edge', 'Android'],
  [onAndroid('10; K', `${chrome} OPR/82.0.0.0`), 'Opera', 'Android'],
  [
    onAndroid('12; U; de; M2101K6G', `Version/4.0 ${chrome} XiaoMi/MiuiBrowser/14.4`),
    'MIUI Browser',
    'Android',
  ],
  [onAndroid('10; ELE-L29; HMSCore 6.13', `HuaweiBrowser/14.0 ${chrome}`), 'Huawei Browser', 'Android'],
  [
    onAndroid('9; HUAWEI P20', `Version/4.0 ${chrome} SogouMSE,SogouMobileBrowser/5.23.8`),
    'Sogou Mobile',
    'Android',
  ],
  [
    onAndroid('11; U; zh-CN; V2055A', `Version/4.0 Chrome/78.0 UCBrowser/15.4 Mobile Safari/537.36`),
    'UCBrowser',
    'Android',
  ],
  [onAndroid('9; ZUK Z2121; SLIM-7', chrome), 'Chrome', 'Android'],
  ['Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0', 'Firefox', 'Android'],
  ['Mozilla/5.0 (Android 13; Mobile; rv:68.0) Gecko/68.0 Firefox/68.0', 'Firefox', 'Android'],
  [
    'Opera/9.80 (Android; Opera Mini/36.2/191.256; U; en) Presto/2.12.423 Version/12.16',
    'Opera Mini',
    'Android',
  ],
  [
    'Mozilla/5.0 (Linux; U; Android 4.0.3; de-de; GT-I9100 Build/IML74K) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30',
    'Android Browser',
    'Android',
  ],
  ['Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5', 'Firefox', 'KaiOS'],
  [
    'Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15063',
    'Edge',
    'Windows Phone',
  ],
  [
    'Mozilla/5.0 (BB10; Touch) AppleWebKit/537.10+ (KHTML, like Gecko) Version/10.0.9.2372 Mobile Safari/537.10+',
    'Safari',
    'BlackBerry',
  ],
  ['Nokia6300/2.0 (05.00) Profile/MIDP-2.0 Configuration/CLDC-1.1', null, null],
  ['Dalvik/2.1.0 (Linux; U; Android 13; SM-A536B Build/TP1A.220624.014)', null, 'Android'],
  ['MyShop/42 CFNetwork/1474 Darwin/23.0.0', null, 'iOS'],
  ['ShopApp/3.1 (iPhone; iOS 17.5; Scale/3.00)', null, 'iOS'],
  [
    'Mozilla/5.0 (Linux; U; Android 8.1.0; NGM_WINN Build/O11019) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/80 Mobile Safari/537.36',
    'Chrome WebView',
    'Android',
  ],
]);

const tabletModels =
  '14; SM-X710|13; SM-T870|12; Nokia T21|11; Lenovo TB-X606F|9; SM-T510|12; Pixel Tablet|13; 23043RP34G|10; AGS3-W09|11; TAB 10|14; K'.split(
    '|',
  );
const tablets = of('tablet', 'tablet', [
  ...tabletModels.map(
    (model): Row => [onAndroid(model, 'Chrome/138.0.0.0 Safari/537.36'), 'Chrome', 'Android'],
  ),
  ...['12_2', '9_3_5', '10_3_3', '16_3'].map(
    (version): Row => [ipad(version, 'Version/12.1 Mobile/15E148 Safari/604.1'), 'Mobile Safari', 'iOS'],
  ),
  [ipad('17_5', 'CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1'), 'Chrome', 'iOS'],
  [ipad('17_5', 'FxiOS/127.0 Mobile/15E148 Safari/605.1.15'), 'Firefox', 'iOS'],
  ['Mozilla/5.0 (Android 13; Tablet; rv:127.0) Gecko/127.0 Firefox/127.0', 'Firefox', 'Android'],
  [onAndroid('9; KFMAWI', 'Silk/120.3.4 like Chrome/120.0.6099.230 Safari/537.36'), 'Silk', 'Android'],
  [
    onAndroid('13; SAMSUNG SM-T870', 'SamsungBrowser/25.0 Chrome/121.0 Safari/537.36'),
    'Samsung Internet',
    'Android',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1',
    'Mobile Safari',
    'iOS',
  ],
  [
    'Mozilla/5.0 (PlayBook; U; RIM Tablet OS 2.1.0; en-US) AppleWebKit/536.2+ (KHTML, like Gecko) Version/7.2.1.0 Safari/536.2+',
    'Safari',
    'RIM Tablet OS',
  ],
]);

const desktopSystems = [
  ['Windows NT 10.0; Win64; x64', 'Windows'],
  ['Windows NT 6.1; WOW64', 'Windows'],
  ['Macintosh; Intel Mac OS X 10_15_7', 'Mac OS'],
  ['X11; Linux x86_64', 'Linux'],
  ['X11; CrOS x86_64 14541.0.0', 'Chromium OS'],
  ['X11; Ubuntu; Linux x86_64', 'Ubuntu'],
  ['X11; FreeBSD amd64', 'FreeBSD'],
] as const;
const chromiums = [
  ['', 'Chrome'],
  [' Edg/126.0.2592.56', 'Edge'],
  [' OPR/111.0.0.0', 'Opera'],
  [' Vivaldi/6.8', 'Vivaldi'],
  [' Whale/3.26', 'Whale'],
] as const;
const desktops = of('desktop', 'desktop', [
  ...desktopSystems.flatMap(([system, os]) => [
    ...chromiums.map(
      ([tail, browser]): Row => [
        `Mozilla/5.0 (${system}) ${webkit} Chrome/126.0.0.0 Safari/537.36${tail}`,
        browser,
        os,
      ],
    ),
    [`Mozilla/5.0 (${system}; rv:127.0) Gecko/20100101 Firefox/127.0`, 'Firefox', os] as const,
  ]),
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${appleWebkit} Version/17.5 Safari/605.1.15`,
    'Safari',
    'Mac OS',
  ],
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${appleWebkit} Version/17.5 Safari/605.1.15 Ddg/17.5`,
    'DuckDuckGo',
    'Mac OS',
  ],
  ['Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko', 'IE', 'Windows'],
  ['Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.0; Trident/4.0)', 'IE', 'Windows'],
  ['Opera/9.80 (Windows NT 6.1; U; en) Presto/2.10.289 Version/12.02', 'Opera', 'Windows'],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/118.0 YaBrowser/23.11 Yowser/2.5 Safari/537.36`,
    'Yandex',
    'Windows',
  ],
  [
    `Mozilla/5.0 (Windows NT 10.0; WOW64) ${webkit} Chrome/78.0 Safari/537.36 SE 2.X MetaSr 1.0`,
    'Sogou Explorer',
    'Windows',
  ],
  [`Mozilla/5.0 (X11; Linux x86_64) ${webkit} cHrOmE/126.0.0.0 Safari/537.36`, 'Chrome', 'Linux'],
  [`Mozilla/5.0 (X11; LINUX x86_64) ${webkit} MyOwnBrand/1.0 Safari/537.36`, 'Safari', 'Linux'],
  ['Slack/4.38 CFNetwork/1496 Darwin/23.5.0 (x86_64)', null, 'Mac OS'],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} discord/1.0.9147 Chrome/120.0 Electron/28.2 Safari/537.36`,
    'Electron',
    'Windows',
  ],
]);

const wv = (model: string, tail: string) =>
  `Mozilla/5.0 (Linux; Android ${model}; wv) ${webkit} Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 ${tail}`;
const inApp = of('in-app', 'mobile', [
  [
    wv('13; SM-A536B Build/TP1A', 'trill_2023405030 JsSdk/1.0 NetType/WIFI BytedanceWebview/d8a21c6'),
    'TikTok',
    'Android',
  ],
  [wv('12; M2101K6G', 'musical_ly_2023405030 BytedanceWebview/d8a21c6'), 'TikTok', 'Android'],
  [
    iphone('17_5', 'Mobile/15E148 musical_ly_34.9.0 JsSdk/2.0 NetType/WIFI BytedanceWebview/d8a21c6'),
    'TikTok',
    'iOS',
  ],
  [iphone('17_5', 'Mobile/15E148 trill_34.9.0 ByteLocale/de'), 'TikTok', 'iOS'],
  [wv('14; Pixel 8', 'Barcelona 334.0.0.36.104 Android (34/14; 420dpi)'), 'Threads', 'Android'],
  [iphone('17_5', 'Mobile/15E148 Barcelona 334.0.0.36 (iPhone15,2; iOS 17_5)'), 'Threads', 'iOS'],
  [iphone('17_5', 'Mobile/15E148 Instagram 334.0.4.32.98 (iPhone15,2; iOS 17_5)'), 'Instagram', 'iOS'],
  [wv('13; SM-A536B', 'Instagram 334.0.0.42.95 Android (33/13; 420dpi; samsung)'), 'Instagram', 'Android'],
  [
    iphone('17_5', 'Mobile/15E148 [FBAN/FBIOS;FBAV/465.0.0.34.99;FBBV/602063906;FBDV/iPhone15,2]'),
    'Facebook',
    'iOS',
  ],
  [wv('13; SM-A536B', '[FB_IAB/FB4A;FBAV/465.0.0.51.104;]'), 'Facebook', 'Android'],
  [wv('13; SM-A536B', '[FB_IAB/Orca-Android;FBAV/460.0.0.47;]'), 'Facebook', 'Android'],
  [wv('13; SM-A536B', 'GSA/15.22.34.29.arm64'), 'Google app', 'Android'],
  [iphone('17_5', 'GSA/319.0.643 Mobile/15E148 Safari/604.1'), 'Google app', 'iOS'],
  [iphone('17_5', 'Mobile/15E148 [LinkedInApp]/9.29.8962'), 'LinkedIn', 'iOS'],
  [iphone('17_5', 'Mobile/15E148 Snapchat/12.91 (like Safari/8617)'), 'Snapchat', 'iOS'],
  [iphone('17_5', 'Mobile/15E148 [Pinterest/iOS]'), 'Pinterest', 'iOS'],
  [wv('13; SM-A536B', '[Pinterest/Android]'), 'Pinterest', 'Android'],
  [iphone('17_5', 'Mobile/21F79 Twitter for iPhone/10.43'), 'Twitter', 'iOS'],
  [wv('13; SM-A536B', 'TwitterAndroid'), 'Twitter', 'Android'],
  [
    iphone('17_5', 'Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/en'),
    'WeChat',
    'iOS',
  ],
  [wv('13; SM-A536B', 'MMWEBID/1 MicroMessenger/8.0.49.2600(0x28003133) WeChat/arm64'), 'WeChat', 'Android'],
  [iphone('17_5', 'Mobile/15E148 Safari Line/14.8.0'), 'Line', 'iOS'],
  [wv('13; SM-A536B', 'Line/14.8.0/IAB'), 'Line', 'Android'],
  [wv('13; SM-A536B', 'KAKAOTALK/10.8.5 (INAPP)'), 'KAKAOTALK', 'Android'],
  [iphone('17_5', 'Mobile/15E148 NAVER(inapp; search; 2000; 12.8.20)'), 'NAVER', 'iOS'],
  [wv('13; SM-A536B', ''), 'Chrome WebView', 'Android'],
  [
    onAndroid('5.1; A37 Build/LMY47V', `Version/4.0 Chrome/43.0.2357.121 Mobile Safari/537.36`),
    'Chrome WebView',
    'Android',
  ],
  [iphone('17_5', 'Mobile/15E148'), 'WebKit', 'iOS'],
]);

const televisions = of('television', 'desktop', [
  [
    'Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) Version/6.0 TV Safari/537.36',
    'Safari',
    'Tizen',
  ],
  [
    'Mozilla/5.0 (SMART-TV; LINUX; Tizen 5.5) AppleWebKit/537.36 (KHTML, like Gecko) 69.0.3497.106/5.5 TV Safari/537.36',
    'Safari',
    'Tizen',
  ],
  [
    'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0.3945.79 Safari/537.36 WebAppManager',
    'Chrome',
    'webOS',
  ],
  [
    'Mozilla/5.0 (Linux; NetCast; U) AppleWebKit/537.31 (KHTML, like Gecko) Chrome/34.0 Safari/537.31 SmartTV/7.0',
    'Chrome',
    'Linux',
  ],
  [onAndroid('9; AFTMM Build/PS7233', 'Chrome/110.0 Mobile Safari/537.36'), 'Chrome', 'Android'],
  [onAndroid('11; AFTKRT', 'Silk/120.1.2 like Chrome/120.0 Safari/537.36'), 'Silk', 'Android'],
  [onAndroid('9; BRAVIA 4K UR2 Build/PTT1', 'Chrome/110.0 Safari/537.36'), 'Chrome', 'Android'],
  [onAndroid('12; Google TV Stick', 'Chrome/110.0 Safari/537.36'), 'Chrome', 'Android'],
  [onAndroid('10; Google Chromecast Build/QTS2', 'Chrome/110.0 Safari/537.36'), 'Chrome', 'Android'],
  [onAndroid('9; MIBOX4 Build/PI', 'Chrome/110.0 Mobile Safari/537.36'), 'Chrome', 'Android'],
  [onAndroid('9; MiTV-MSSP1 Build/PI', 'Chrome/110.0 Safari/537.36'), 'Chrome', 'Android'],
  [onAndroid('11; Smart TV Pro', 'Chrome/110.0 Safari/537.36'), 'Chrome', 'Android'],
  [onAndroid('7.1.2; TV BOX', 'Chrome/110.0 Safari/537.36'), 'Chrome', 'Android'],
  [onAndroid('9; SHIELD Android TV', 'Chrome/110.0 Safari/537.36'), 'Chrome', 'Android'],
  [onAndroid('10; AQUOS-TVE20A', 'Chrome/110.0 Safari/537.36'), 'Chrome', 'Android'],
  [
    'Mozilla/5.0 (Linux; Android 5.1; Hisense; VIDAA U4) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/60.0 Safari/537.36 LaTivu_1.0.1_2018 Catcher4.66',
    'Chrome',
    'Android',
  ],
  [
    'Mozilla/5.0 (Linux armv7l) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/60.0 Safari/537.36 VIDAA/4.0 (Hisense;SmartTV;HE50A6109) CE-HTML/1.0',
    'Chrome',
    'Linux',
  ],
  ['Opera/9.80 (Linux mips; U; HbbTV/1.1.1; CE-HTML/1.0) Presto/2.12.407 Version/12.50', 'Opera', 'Linux'],
  [
    'Mozilla/5.0 (X11; Linux armv7l) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0 Safari/537.36 CrKey/1.56.500000',
    'Chrome',
    'Chromecast',
  ],
  ['Roku/DVP-9.10 (519.10E04111A)', null, null],
  [
    'Mozilla/5.0 (Apple TV; U; CPU OS 15_0 like Mac OS X; en_us) AppleWebKit/605.1.15 (KHTML, like Gecko)',
    'WebKit',
    'tvOS',
  ],
]);

const consoles = of('console', 'desktop', [
  [
    'Mozilla/5.0 (PlayStation; PlayStation 5/6.50) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15',
    'Safari',
    'PlayStation',
  ],
  ['Mozilla/5.0 (PlayStation 4 11.00) AppleWebKit/605.1.15 (KHTML, like Gecko)', 'WebKit', 'PlayStation'],
  [
    'Mozilla/5.0 (PlayStation Vita 3.73) AppleWebKit/537.73 (KHTML, like Gecko) Silk/3.2',
    'Silk',
    'PlayStation',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0 Safari/537.36 Edge/44.18363',
    'Edge',
    'Xbox',
  ],
  [
    'Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0',
    'WebKit',
    'Nintendo',
  ],
  ['Mozilla/5.0 (Nintendo 3DS; U; ; en) Version/1.7567.EU', null, 'Nintendo'],
  ['Mozilla/5.0 (Nintendo WiiU) AppleWebKit/536.30 (KHTML, like Gecko) NX/3.0', 'WebKit', 'Nintendo'],
]);

const wearables = of('wearable', 'mobile', [
  ['Mozilla/5.0 (Apple Watch; Watch OS,10.5) AppleWebKit/605.1.15 (KHTML, like Gecko)', 'WebKit', 'watchOS'],
  [
    'Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) OculusBrowser/33.0 Chrome/126.0 VR Safari/537.36',
    'Oculus Browser',
    'Linux',
  ],
  [onAndroid('11; Glass 2', 'Chrome/90.0 Mobile Safari/537.36'), 'Chrome', 'Android'],
]);

const crawlers = bots('crawler', [
  ...(
    'Googlebot/2.1; +http://www.google.com/bot.html|bingbot/2.0; +http://www.bing.com/bingbot.htm|YandexBot/3.0; +http://yandex.com/bots|' +
    'Baiduspider/2.0; +http://www.baidu.com/search/spider.html|AhrefsBot/7.0; +http://ahrefs.com/robot/|SemrushBot/7~bl|MJ12bot/v1.4.8|DotBot/1.2|' +
    'PetalBot;+https://webmaster.petalsearch.com/site/petalbot|SeznamBot/4.0|Applebot/0.1; +http://www.apple.com/go/applebot|' +
    'ChatGPT-User/1.0; +https://openai.com/bot|OAI-SearchBot/1.0; +https://openai.com/searchbot|GPTBot/1.2; +https://openai.com/gptbot|' +
    'ClaudeBot/1.0; +claudebot@anthropic.com|Claude-User/1.0; +Claude-User@anthropic.com|PerplexityBot/1.0; +https://perplexity.ai/perplexitybot|' +
    'Perplexity-User/1.0; +https://perplexity.ai/perplexity-user|Bytespider; spider-feedback@bytedance.com|Amazonbot/0.1|' +
    'DuckDuckBot/1.1|DuckAssistBot/1.2|MistralAI-User/1.0|meta-externalagent/1.1|CCBot/2.0|DataForSeoBot/1.0|archive.org_bot|coccocbot-web/1.0'
  )
    .split('|')
    .map((name) => `Mozilla/5.0 (compatible; ${name})`),
  iphone(
    '6_0',
    'Version/6.0 Mobile/10A5376e Safari/8536.25 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  ),
  onAndroid(
    '6.0.1; Nexus 5X Build/MMB29P',
    `${chrome} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)`,
  ),
  onAndroid(
    '11; Pixel',
    `${chrome} (compatible; Google-Read-Aloud; +https://support.google.com/webmasters/answer/1061943)`,
  ),
  `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) ${appleWebkit} Version/13.1.1 Safari/605.1.15 (Applebot/0.1)`,
  `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/112.0 Safari/537.36 Amzn-User/0.1`,
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/112.0 Safari/537.36 360JK yunjiankong`,
  `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/112.0 Safari/537.36 Miniature.io/1.0`,
  'Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)',
  'Mozilla/5.0 (compatible; Sogou Pic Spider/3.0)',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  'Twitterbot/1.0',
  'LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)',
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)',
  'TelegramBot (like TwitterBot)',
  'WhatsApp/2.23.20.0',
  'Pinterestbot/1.0',
  'Feedly/1.0 (+http://www.feedly.com/fetcher.html; like FeedFetcher-Google)',
  'ia_archiver',
]);

const programs = bots('program', [
  ...(
    'curl/8.5.0|Wget/1.21.3|python-requests/2.31.0|Python-urllib/3.11|aiohttp/3.9|python-httpx/0.27|Go-http-client/1.1|Go-http-client/2.0|' +
    'okhttp/4.9.1|Java/17.0.2|Apache-HttpClient/4.5.13 (Java/11)|axios/1.6.0|node-fetch/1.0 (+https://github.com/bitinn/node-fetch)|node|undici|' +
    'Deno/1.4|Bun/1.1|GuzzleHttp/7|PHP/8.2|Ruby|Faraday v2.7|libwww-perl/6.67|PostmanRuntime/7.36|insomnia/8.6|HTTPie/3.2|Scrapy/2.11|' +
    'Laravel Reaver|Symfony HttpClient/Curl|colly - https://github.com/gocolly/colly'
  ).split('|'),
  `Mozilla/5.0 (X11; Linux x86_64) ${webkit} HeadlessChrome/126.0.0.0 Safari/537.36`,
  `Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1`,
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Code/1.115.0 Chrome/138.0 Electron/37.2 Safari/537.36`,
  `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Trae/1.100.3 Chrome/132.0 Electron/34.5 Safari/537.36`,
  `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Cursor/1.7.28 Chrome/138.0 Electron/37.2 Safari/537.36`,
  'something new',
  '-',
  '',
]);

const monitors = bots('monitor', [
  `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/126.0 Safari/537.36 (compatible; Checkly/1.0; +https://checklyhq.com)`,
  `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/126.0 Safari/537.36 Checkly`,
  `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/126.0 Safari/537.36 GTmetrix`,
  `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/126.0 Safari/537.36 YLT`,
  `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/126.0 Safari/537.36 PTST/240101`,
  `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/126.0 Safari/537.36 DatadogSynthetics`,
  onAndroid('11; moto g power (2022)', `${chrome} Chrome-Lighthouse`),
  'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)',
  'Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)',
  'Mozilla/5.0 (compatible; StatusCake)',
  'Site24x7',
  'Better Uptime Bot Mozilla/5.0',
  'Assetnote/1.0.0',
  'Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)',
  'Mozilla/5.0 zgrab/0.x',
  'Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)',
  'Expanse, a Palo Alto Networks company, searches across the global IPv4 space',
  'sqlmap/1.7 (https://sqlmap.org)',
  'Mozilla/5.0 (compatible; Nuclei - Open-source project)',
  'kube-probe/1.29',
  'ELB-HealthChecker/2.0',
  'GoogleHC/1.0',
]);

/** A few hundred agents of ten kinds. */
export const agents: readonly Known[] = [
  ...phones,
  ...tablets,
  ...desktops,
  ...inApp,
  ...televisions,
  ...consoles,
  ...wearables,
  ...crawlers,
  ...programs,
  ...monitors,
];
