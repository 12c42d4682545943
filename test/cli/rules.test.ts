import { describe, expect, test } from 'vitest';
import { outcomeOf } from '../../src/cli/rules.ts';

const nowhere = { forwarded: [], host: undefined, scheme: undefined };

describe('what a line of a log becomes', () => {
  test.each([
    ['GET', '/', 200, '$pageview'],
    ['GET', '/about', 200, '$pageview'],
    ['GET', '/about', 204, '$pageview'],
    ['GET', '/about', 299, '$pageview'],
    ['GET', '/about', 304, '$pageview'],
    ['GET', '/about.html', 200, '$pageview'],
    ['GET', '/ABOUT.HTML', 200, '$pageview'],
    ['GET', '/index.php?id=1', 200, '$pageview'],
    ['GET', '/search?q=a.b', 200, '$pageview'],
    ['GET', '/page#part.two', 200, '$pageview'],
    ['GET', '/v1.2/page', 200, '$pageview'],
    ['GET', '/file.zip/', 200, '$pageview'],
    ['GET', 'http://other.example', 200, '$pageview'],
    ['GET', '/a?next=/b/c.png', 200, '$pageview'],
    ['GET', '/a.', 200, '$pageview'],
    ['GET', '/.well-known', 200, '$pageview'],
    ['GET', '/docs/v2.0', 200, '$pageview'],
    ['GET', '/wiki/Mr._Smith', 200, '$pageview'],
    ['GET', '/@jane.doe', 200, '$pageview'],
    ['GET', '/index.do', 200, '$pageview'],
    ['GET', '/shop.action', 200, '$pageview'],
    ['GET', '/p;jsessionid=1A.node1', 200, '$pageview'],
    ['GET', '/p.jsp;jsessionid=1A.node1?x=a.png', 200, '$pageview'],
    ['GET', '/logo.png;jsessionid=1A.node1', 200, 'asset'],
    ['GET', '/app.js.map', 200, 'asset'],
    ['GET', '/photo.webp?w=300', 200, 'asset'],
    ['GET', '/feed.xml', 200, 'asset'],
    ['GET', '/robots.txt', 200, 'asset'],
    ['GET', '/logo.PNG', 304, 'asset'],
    ['GET', '/archive.tar.gz', 200, 'file_download'],
    ['GET', '/Talk.PDF', 200, 'file_download'],
    ['GET', '/talk.pdf', 304, 'file_download'],
    ['GET', '/talk.pdf?v=2#p=3', 200, 'file_download'],
    ['GET', '/talk.pdf', 206, 'partial'],
    ['GET', '/about', 206, 'partial'],
    ['GET', '/about', 101, 'partial'],
    ['GET', '/about', 301, 'redirect'],
    ['GET', '/talk.pdf', 302, 'redirect'],
    ['HEAD', '/', 200, 'method'],
    ['POST', '/form', 200, 'method'],
    ['HEAD', '/', 301, 'method'],
    ['get', '/', 200, 'method'],
    ['-', '', 200, 'method'],
    ['GET', '/none', 404, 'request_failed'],
    ['GET', '/none.png', 404, 'request_failed'],
    ['HEAD', '/', 500, 'request_failed'],
    ['POST', '/form', 403, 'request_failed'],
    ['GET', '/', 400, 'request_failed'],
    ['GET', '/', 599, 'request_failed'],
    ['-', '', 408, 'request_failed'],
  ])('%s %s answered with %i is %s', (method, target, status, outcome) => {
    expect(
      outcomeOf({
        address: '192.0.2.1',
        at: 0,
        method,
        target,
        status,
        referrer: '-',
        userAgent: '-',
        ...nowhere,
      }).gives,
    ).toBe(outcome);
  });

  const extensions =
    'pdf zip gz tgz bz2 xz 7z rar jar deb rpm exe dmg msi iso apk doc docx xls xlsx ppt pptx csv mp3 mp4'.split(
      ' ',
    );
  test.each(extensions)('a .%s is a file to download', (extension) => {
    const line = {
      address: '192.0.2.1',
      at: 0,
      method: 'GET',
      target: `/a/b.${extension.toUpperCase()}`,
      status: 200,
      referrer: '-',
      userAgent: '-',
      ...nowhere,
    };
    expect(outcomeOf(line)).toEqual({ gives: 'file_download', extension });
  });

  test.each('html htm xhtml shtml php asp aspx jsp cgi'.split(' '))('a .%s is a page', (extension) => {
    const line = {
      address: '192.0.2.1',
      at: 0,
      method: 'GET',
      target: `/a/b.${extension}`,
      status: 200,
      referrer: '-',
      userAgent: '-',
      ...nowhere,
    };
    expect(outcomeOf(line).gives).toBe('$pageview');
  });
});
