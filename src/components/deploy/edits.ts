import type { components } from '../../api/schema';
import { textLines } from '../compare/lines';
import type { ILine } from '../compare/lines';

export type IEdit = components['schemas']['Edit'];

/** The cells of a notebook, wherever it is held. */
export interface ICells {
  readonly count: number;
  /** null for a cell that is no code. */
  source(index: number): string | null;
  replace(index: number, source: string): void;
  insert(index: number, source: string, tags: readonly string[]): void;
}

/** Make all of the edits; none, and false, when a cell is not as it was. */
export function applyEdits(cells: ICells, edits: readonly IEdit[]): boolean {
  if (!edits.every(edit => fits(cells, edit))) {
    return false;
  }
  for (const edit of edits) {
    if (edit.before !== null) {
      cells.replace(edit.cell, edit.after);
    }
  }
  // They come in the order of the cells: from the end no index is moved.
  for (const edit of [...edits].reverse()) {
    if (edit.before === null) {
      cells.insert(edit.cell, edit.after, edit.tags);
    }
  }
  return true;
}

/** Editors have line ends of their own. */
function fits(cells: ICells, { cell, before }: IEdit): boolean {
  if (before === null || cell >= cells.count) {
    return before === null && cell <= cells.count;
  }
  const source = cells.source(cell);
  return source !== null && plain(source) === plain(before);
}

function plain(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** Unchanged lines that are shown around what changes. */
const AROUND = 2;

/** What changes, line by line, with a few lines around it. */
export function lineChanges(before: string | null, after: string): ILine[] {
  const [old, now] = [splitLines(before), splitLines(after)];
  const lines: ILine[] = [];
  const changed = (olds: string[], news: string[]): number =>
    lines.push(...textLines(joined(olds), joined(news)));
  let [i, j] = [0, 0];
  for (const [a, b] of [...common(old, now), [old.length, now.length]]) {
    changed(old.slice(i, a), now.slice(j, b));
    if (a < old.length) {
      lines.push({ kind: 'same', pieces: [{ text: old[a], changed: false }] });
    }
    [i, j] = [a + 1, b + 1];
  }
  return folded(lines);
}

function splitLines(text: string | null): string[] {
  return text ? plain(text).split('\n') : [];
}

function joined(lines: readonly string[]): string | null {
  return lines.length === 0 ? null : lines.join('\n');
}

/** Pairs of indices of the lines that both have, in their order. */
function common(
  old: readonly string[],
  now: readonly string[]
): [number, number][] {
  const most = Math.min(old.length, now.length);
  let [head, tail] = [0, 0];
  while (head < most && old[head] === now[head]) {
    head++;
  }
  while (tail < most - head && old.at(-1 - tail) === now.at(-1 - tail)) {
    tail++;
  }
  const between = longest(
    old.slice(head, old.length - tail),
    now.slice(head, now.length - tail)
  );
  return [
    ...old.slice(0, head).map((_, i): [number, number] => [i, i]),
    ...between.map(([i, j]): [number, number] => [i + head, j + head]),
    ...now
      .slice(now.length - tail)
      .map((_, i): [number, number] => [
        old.length - tail + i,
        now.length - tail + i
      ])
  ];
}

/** Of lines that differ at both ends: the longest sequence in common. */
function longest(
  old: readonly string[],
  now: readonly string[]
): [number, number][] {
  const best = old.map(() => new Array<number>(now.length + 1).fill(0));
  best.push(new Array<number>(now.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      best[i][j] =
        old[i] === now[j]
          ? best[i + 1][j + 1] + 1
          : Math.max(best[i + 1][j], best[i][j + 1]);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < old.length && j < now.length;) {
    if (old[i] === now[j]) {
      pairs.push([i++, j++]);
    } else if (best[i + 1][j] >= best[i][j + 1]) {
      i++;
    } else {
      j++;
    }
  }
  return pairs;
}

/** Without the lines that are far from any change. */
function folded(lines: readonly ILine[]): ILine[] {
  const near = (index: number): boolean =>
    lines
      .slice(Math.max(0, index - AROUND), index + AROUND + 1)
      .some(line => line.kind !== 'same');
  return lines.flatMap((line, index) =>
    near(index)
      ? [line]
      : index > 0 && !near(index - 1)
        ? []
        : [{ kind: 'gap', pieces: [{ text: '⋯', changed: false }] } as ILine]
  );
}
