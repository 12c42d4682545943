const byLowerCase = (names: string): ReadonlyMap<string, string> =>
  new Map(names.split('|').map((name) => [name.toLowerCase(), name]));

/**
 * The browsers and apps that are told by name; any other is none, so that no visitor can make a group of
 * their own.
 */
export const browserNames = byLowerCase(
  '2345Explorer|360 Browser|Alipay|Android Browser|Avast Secure Browser|AVG Secure ' +
    'Browser|Baidu|Basilisk|Brave|' +
    'Camino|Chrome|Chrome WebView|Chromium|Coc Coc|Comodo ' +
    'Dragon|Conkeror|Dolphin|DuckDuckGo|Edge|Electron|Epiphany|' +
    'Facebook|Falkon|Fennec|Firefox|Firefox Focus|Firefox Reality|Google app|Heytap|Huawei ' +
    'Browser|IceCat|IceDragon|' +
    'Iceweasel|IE|IEMobile|Instagram|Iridium|K-Meleon|KAKAOSTORY|KAKAOTALK|' +
    'Kindle|Klar|Klarna|Konqueror|LBBROWSER|' +
    'Line|LinkedIn|Lunascape|Maemo Browser|Maxthon|Midori|MIUI Browser|Mobile ' +
    'Safari|NAVER|NetFront|Netscape|' +
    'NokiaBrowser|Oculus Browser|OmniWeb|Opera|Opera Coast|Opera GX|Opera Mini|Opera Mobi|Opera ' +
    'Tablet|Opera Touch|' +
    'PaleMoon|Pinterest|Puffin|QQ|QQBrowser|QQBrowserLite|QupZilla|Rekonq|Safari|Sailfish ' +
    'Browser|Samsung Internet|' +
    'SeaMonkey|Silk|Smart Lenovo Browser|Snapchat|Sogou Explorer|Sogou ' +
    'Mobile|Tesla|Threads|TikTok|Tizen Browser|' +
    'Twitter|UCBrowser|Vivaldi|Vivo Browser|Waterfox|WebKit|WeChat|Weibo|Whale|Yandex',
);

/** The systems that are told by name. */
export const systemNames = byLowerCase(
  'Android|Android-x86|Arch|Bada|BlackBerry|CentOS|Chromecast|Chromium ' +
    'OS|Debian|Deepin|DragonFly|elementary OS|' +
    'Fedora|Firefox OS|FreeBSD|Fuchsia|Gentoo|GNU|Haiku|HarmonyOS|iOS|KaiOS|Kubuntu|Linux|Lubuntu|Mac ' +
    'OS|Maemo|' +
    'Mageia|Mandriva|Manjaro|MeeGo|Mint|NetBSD|NetTV|Nintendo|OpenBSD|OpenSUSE|Palm|PlayStation|QNX|Raspbian|Red ' +
    'Hat|' +
    'RIM Tablet ' +
    'OS|Sailfish|Series40|Slackware|Solaris|SUSE|Symbian|Tizen|tvOS|Ubuntu|Viera|watchOS|webOS|Windows|' +
    'Windows Mobile|Windows Phone|Xbox|Xubuntu',
);

/** Other words of the parser for one of these. */
export const sameName: Readonly<Record<string, string>> = {
  'windows phone os': 'Windows Phone',
  mobilesafari: 'Mobile Safari',
  'android-x86': 'Android',
  opensolaris: 'Solaris',
};

/** Apps that show pages, by what only they say; the first that holds names the browser. */
export const apps: readonly (readonly [RegExp, string])[] = [
  [/\b(?:musical_ly|trill_|aweme|ttwebview|tiktok)|bytedancewebview/i, 'TikTok'],
  [/\bbarcelona \d/i, 'Threads'],
  [/\binstagram \d/i, 'Instagram'],
  [/\bpinterest(?:\/| for )/i, 'Pinterest'],
  [/\bfb(?:an|av|_iab|ios|ss)\b/i, 'Facebook'],
  [/\bgsa\/\d/i, 'Google app'],
  [/\blinkedinapp\b/i, 'LinkedIn'],
  [/\bsnapchat\b/i, 'Snapchat'],
  [/\btwitter ?(?:for|android)/i, 'Twitter'],
  [/\bmicromessenger\//i, 'WeChat'],
  [/\bkakaotalk\b/i, 'KAKAOTALK'],
  [/\bnaver\(/i, 'NAVER'],
  [/\bline\/\d/i, 'Line'],
];

/** A pattern of any of these words (each itself a pattern), letter case aside. */
const anyOf = (...words: readonly string[]): RegExp =>
  new RegExp(words.flatMap((list) => list.split(' ')).join('|'), 'i');

/**
 * Televisions, boxes and sticks beside them, and consoles: by our decision desktops, whatever system they run.
 */
export const bigScreen = anyOf(
  String.raw`\bsmart[-\s]?tv \bhbbtv \bce-html \bnetcast \bnettv \bweb0s \bwebos\.tv \bapple\s?tv \btvos`,
  String.raw`\bgoogle\s?tv \bgtv\b`,
  String.raw`\bandroid\s?tv \bcrkey \bchromecast \broku \bbravia \baquos-?tv \bviera \bvidaa \blativu`,
  String.raw`\binettvbrowser \bdtv\)`,
  String.raw`\baft[a-z]\w*(?=\)|\sbuild) \bmitv \bmibox \bmi\s?tv \btv\s?box \btv\s?stick \bset-?top`,
  String.raw`\bstb\b \bfreebox \bphilipstv`,
  String.raw`\blarge\sscreen \bvizio \btv\ssafari \btv;\srv: \bopera\stv ;\s?tv\b \btv[;)]`,
  String.raw`\stv\d{0,2}(?:\sbuild|\))`,
  String.raw`\bplaystation \bxbox \bnintendo \bouya \bshield(?:\sandroid\stv)?(?=\sbuild|\))`,
);

/** Systems of phones only. */
export const phoneSystems: ReadonlySet<string> = new Set([
  'Bada',
  'BlackBerry',
  'Firefox OS',
  'HarmonyOS',
  'KaiOS',
  'Palm',
  'Series40',
  'Symbian',
  'Windows Mobile',
  'Windows Phone',
]);

/** Programs that `isbot` does not know. Editors fetch and preview pages for those who write them. */
export const moreBots = anyOf(
  String.raw`\bAmzn-User \bAssetnote \bMiniature\.io \bGTmetrix \bYLT\b \b360JK \bLaravel[\s-]?Reaver`,
  String.raw`\bCheckly \bDetectify`,
  String.raw`\bSpeedCurve \bCatchpoint \bNmap\sScripting \bNuclei\b \bsqlmap \bWPScan`,
  String.raw`\bNessus \bOpenVAS \bAcunetix`,
  String.raw`\b(?:Code|Cursor|Trae|Windsurf|Kiro|VSCodium|Antigravity)/[\d.]+.*\sElectron/`,
);

/** Words that `isbot` takes for a program’s and that people’s devices and browsers have. */
export const peoplesWords: readonly RegExp[] = [
  /\bSogou(?:MSE|Mobile\w*|SearchApp|Explorer|Input)\b|\bMetaSr\b/gi,
  // Only behind Android, in the part that names the device.
  /(?<=Android[^)]*)\b(?:Discovery|Google)\b/gi,
  /\bCatcher ?[\d.]+/gi,
  /\bCE-HTML\/[\d.]+/gi,
];
