import { readdirSync, readFileSync } from 'node:fs';

/** One of our source files. */
export interface Source {
  /** From the project's root, e.g. `src/sql/sql.ts`. */
  readonly path: string;
  readonly text: string;
  /** The text with comments, strings, regular expressions and the words of templates blanked out; what stands in a template's holes stays. Same lines. */
  readonly code: string;
  /** The text with only its comments blanked out. Same lines. */
  readonly uncommented: string;
  /** What it imports and re-exports: packages as they are named, our own files from the project's root. */
  readonly imports: readonly string[];
}

/** Every TypeScript and JavaScript file below these folders; a folder that is not there yet has none. */
export const sourcesIn = (...folders: readonly string[]): readonly Source[] =>
  folders.flatMap((folder) => filesBelow(folder).map((path) => sourceAt(path, readFileSync(path, 'utf8'))));

/** A file's text, read. */
export const sourceAt = (path: string, text: string): Source => ({
  path,
  text,
  code: codeOf(text),
  uncommented: codeOf(text, true),
  imports: importsOf(path, text),
});

const filesBelow = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.[jt]s$/.test(name) && !name.includes('node_modules'))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
  } catch {
    return [];
  }
};

const importLine =
  /^(?:import|export)\b(?:[^;'"=()]*?\bfrom)?\s*['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]/gm;

const importsOf = (path: string, text: string): readonly string[] =>
  [...text.matchAll(importLine)].map(([, from, late]) => {
    const named = from ?? late ?? '';
    return named.startsWith('.') ? new URL(named, `file:///${path}`).pathname.slice(1) : named;
  });

const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const string = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y;
const regularExpression = /\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const templateWords = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y;
/** After these a slash begins a regular expression; after anything else it divides. */
const beforeExpression = /(?:^|[(,=:[!&|?{};+*<>~^%-]|\breturn|\btypeof|=>)\s*$/;

const codeOf = (text: string, keepsWords = false): string => {
  let code = '';
  let at = 0;
  /** For each template we are in the hole of: how many braces are open in it. */
  const holes: number[] = [];
  const taken = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? '';
  };
  const blank = (piece: string): void => {
    code +=
      keepsWords && !piece.startsWith('//') && !piece.startsWith('/*') ? piece : piece.replace(/[^\n]/g, ' ');
    at += piece.length;
  };
  const words = (): void => {
    blank(taken(templateWords));
    if (text[at] === '$') holes.push(0);
    blank(text[at] === '$' ? '${' : '`');
  };
  while (at < text.length) {
    const here = text[at] ?? '';
    const skipped =
      taken(comment) ||
      taken(string) ||
      (here === '/' && beforeExpression.test(code.slice(-40)) ? taken(regularExpression) : '');
    const open = holes.at(-1);
    if (skipped !== '') blank(skipped);
    else if (here === '`' || (here === '}' && open === 0)) {
      if (here === '}') holes.pop();
      blank(here);
      words();
    } else {
      if (open !== undefined && (here === '{' || here === '}'))
        holes[holes.length - 1] = open + (here === '{' ? 1 : -1);
      code += here;
      at += 1;
    }
  }
  return code;
};
