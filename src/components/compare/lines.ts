/** A piece of a line; `changed` is what tells it from the other one. */
export interface IPiece {
  readonly text: string;
  readonly changed: boolean;
}

export interface ILine {
  /** `gap` stands for lines that are left out. */
  readonly kind: 'same' | 'old' | 'new' | 'gap';
  readonly pieces: readonly IPiece[];
}

function line(kind: ILine['kind'], text: string): ILine {
  return { kind, pieces: [{ text, changed: false }] };
}

/** Old and new text: line by line where they have as many, else one after the other. */
export function textLines(old: string | null, now: string | null): ILine[] {
  const before = old === null ? [] : old.split('\n');
  const after = now === null ? [] : now.split('\n');
  if (before.length === after.length) {
    return before.flatMap((text, index) => pair(text, after[index]));
  }
  return [
    ...before.map(text => line('old', text)),
    ...after.map(text => line('new', text))
  ];
}

/** Both lines, cut into what they share at their ends and what differs between. */
export function pair(old: string, now: string): [ILine, ILine] {
  const before = words(old);
  const after = words(now);
  const start = common(before, after);
  const end = common(
    before.slice(start).reverse(),
    after.slice(start).reverse()
  );
  return [
    { kind: 'old', pieces: cut(before, start, end) },
    { kind: 'new', pieces: cut(after, start, end) }
  ];
}

/** Words, numbers with their points, and each other character. */
function words(text: string): string[] {
  return text.match(/[\p{L}\p{N}_.]+|\s+|[^\p{L}\p{N}_.\s]/gu) ?? [];
}

function common(a: readonly string[], b: readonly string[]): number {
  const most = Math.min(a.length, b.length);
  let count = 0;
  while (count < most && a[count] === b[count]) {
    count += 1;
  }
  return count;
}

function cut(parts: readonly string[], start: number, end: number): IPiece[] {
  const last = parts.length - end;
  return [
    { text: parts.slice(0, start).join(''), changed: false },
    { text: parts.slice(start, last).join(''), changed: true },
    { text: parts.slice(last).join(''), changed: false }
  ].filter(piece => piece.text !== '');
}

const KINDS: Record<string, ILine['kind']> = { '+': 'new', '-': 'old' };

/** The lines of a unified difference, which begins with the place of its first part. */
export function codeLines(unified: string): ILine[] {
  const [, ...texts] = unified.split('\n');
  return texts.map(text =>
    text.startsWith('@@')
      ? line('gap', '⋯')
      : line(KINDS[text[0]] ?? 'same', text.slice(1))
  );
}
