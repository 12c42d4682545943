/** What a shape’s looks are made of; a file of its own has no style sheet. */
const looks = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-opacity',
  'stop-color',
  'stop-opacity',
  'font-size',
  'font-family',
] as const;

/** A chart as a file that looks the same anywhere. */
export const pictureOf = (svg: SVGSVGElement): string => {
  const copy = svg.cloneNode(true);
  if (!(copy instanceof SVGSVGElement)) return '';
  const shapes = [...svg.querySelectorAll('*')];
  for (const [i, shape] of [...copy.querySelectorAll('*')].entries()) {
    const source = shapes[i];
    if (source === undefined) continue;
    const style = getComputedStyle(source);
    for (const look of looks) {
      // A pattern’s address in the page’s own would not be found elsewhere.
      const own = shape.getAttribute(look) ?? '';
      if (!own.startsWith('url(')) shape.setAttribute(look, style.getPropertyValue(look));
    }
    shape.removeAttribute('class');
  }
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return new XMLSerializer().serializeToString(copy);
};
