/** What stands inside an element; text becomes a text node and never markup. */
export type Kid = Node | string | null | undefined | false | readonly Kid[];
/** Attributes by name; a function listens to the event of that name. Null and false leave it out. */
export type Attributes = Readonly<
  Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>
>;

/** An element of HTML. */
export const h = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...kids: readonly Kid[]
): HTMLElementTagNameMap[Name] => filled(document.createElement(name), attributes, kids);

/** An element of SVG. */
export const s = <Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...kids: readonly Kid[]
): SVGElementTagNameMap[Name] =>
  filled(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, kids);

const filled = <Made extends Element>(made: Made, attributes: Attributes, kids: readonly Kid[]): Made => {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false)
      made.setAttribute(name, value === true ? '' : String(value));
  }
  add(made, kids);
  return made;
};

const add = (to: Element, kids: readonly Kid[]): void => {
  for (const kid of kids) {
    if (kid === null || kid === undefined || kid === false) continue;
    if (typeof kid === 'string' || kid instanceof Node) to.append(kid);
    else add(to, kid);
  }
};

/** Hands a file to whoever looks at the page. */
export const handOver = (name: string, type: string, text: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = h('a', { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};
