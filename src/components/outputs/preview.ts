import type { IOutputFile } from '../common/types';

export type IPreviewKind = 'image' | 'table' | 'page' | 'text';

/** Bytes that are read of a text or table, rows and columns that are shown. */
export const HEAD = 256 * 1024;
export const MOST_ROWS = 100;
export const MOST_COLUMNS = 50;

const TABLES = ['text/csv', 'text/tab-separated-values'];
const TEXTS = /^text\/|[/+](json|xml|yaml|x-yaml|toml|javascript|sql)$/;
const TEXT_NAMES = /\.(md|log|txt|ya?ml|toml|ini|cfg|py|r|jl|sql|sh|jsonl?)$/i;

/** How an output can be shown here; null for one that can only be downloaded. */
export function kindOf(
  file: Pick<IOutputFile, 'name' | 'media_type'>
): IPreviewKind | null {
  const { name, media_type: type } = file;
  if (type.startsWith('image/')) {
    return 'image';
  }
  if (TABLES.includes(type)) {
    return 'table';
  }
  if (type === 'text/html') {
    return 'page';
  }
  return TEXTS.test(type) || TEXT_NAMES.test(name) ? 'text' : null;
}

export interface IRows {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Whether the values of a column are numbers. */
  readonly numeric: readonly boolean[];
  /** Whether there are more rows or columns than these. */
  readonly more: boolean;
}

/** The first rows of separated values; a last line that may be cut is left out. */
export function firstRows(
  text: string,
  separator: string,
  whole: boolean
): IRows {
  const lines = separated(text, separator, MOST_ROWS + 2);
  if (!whole && lines.length < MOST_ROWS + 2) {
    lines.pop();
  }
  const wide = lines.some(line => line.length > MOST_COLUMNS);
  const [header = [], ...rows] = lines.map(line => line.slice(0, MOST_COLUMNS));
  const more = !whole || wide || rows.length > MOST_ROWS;
  const shown = rows.slice(0, MOST_ROWS);
  const numeric = header.map((_, at) =>
    shown.every(row => row[at] === '' || !isNaN(Number(row[at] ?? '')))
  );
  return { header, rows: shown, numeric, more };
}

/** Lines of fields, at most so many; quotes as RFC 4180 has them. */
function separated(text: string, separator: string, most: number): string[][] {
  const field = new RegExp(
    `("(?:[^"]|"")*(?:"|$)[^${separator}\\r\\n]*|[^${separator}\\r\\n]*)(${separator}|\\r?\\n|\\r|$)`,
    'y'
  );
  const lines: string[][] = [];
  let line: string[] = [];
  while (field.lastIndex < text.length && lines.length < most) {
    const found = field.exec(text) as RegExpExecArray;
    line.push(unquoted(found[1]));
    if (found[2] !== separator) {
      lines.push(line);
      line = [];
    } else if (field.lastIndex === text.length) {
      lines.push([...line, '']);
    }
  }
  return lines;
}

function unquoted(field: string): string {
  return field.startsWith('"')
    ? field
        .slice(1)
        .replace(/"(?!")([^"]*)$/, '$1')
        .replace(/""/g, '"')
    : field;
}
