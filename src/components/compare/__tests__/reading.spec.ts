import { nullTranslator } from '@jupyterlab/translation';
import { gridOf, headsOf } from '../grid';
import { codeLines, pair, textLines } from '../lines';
import {
  formatChange,
  formatDelta,
  formatNumber,
  formatShare
} from '../numbers';
import { cellLine, cellName, countStops, outline } from '../outline';
import { isPicture, pictureUrl } from '../pictures';
import { badTolerance, readRules } from '../rules';
import type { ITableCell } from '../types';
import { everything } from './fixtures';

const trans = nullTranslator.load('jupyterlab_deploy');

describe('numbers', () => {
  it.each<[unknown, string]>([
    [0.123456789, '0.123457'],
    [1204, '1,204'],
    [0.0000012345, '0.0000012345'],
    [3e15, '3000000000000000'],
    ['nan', 'nan'],
    [null, '–'],
    [undefined, '–'],
    [{ a: 1 }, '{"a":1}'],
    [true, 'true'],
    [0, '0']
  ])('shows %j as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('signs changes', () => {
    expect(formatChange(0.02)).toBe('+0.02');
    expect(formatChange(-3)).toBe('−3');
    expect(formatChange(0)).toBe('0');
    expect(formatChange(null)).toBe('');
    expect(formatShare(-0.4)).toBe('−40 %');
    expect(formatShare(12.345)).toBe('+1,230 %');
    expect(formatDelta(1, null)).toBe('+1');
    expect(formatDelta(1, 0.5)).toBe('+1 (+50 %)');
  });
});

describe('outline', () => {
  it('counts by section', () => {
    const counts = outline(everything, trans).map(({ name, count }) => [
      name,
      count
    ]);
    expect(counts).toEqual([
      ['metrics', 1],
      ['tables', 2],
      ['images', 2],
      ['texts', 2],
      ['errors', 1],
      ['causes', 6]
    ]);
    expect(countStops(everything)).toBe(13);
  });

  it.each<[number | null, number | null, string]>([
    [3, 3, 'Cell 4'],
    [1, 2, 'Cell 3, before cell 2'],
    [null, 2, 'Cell 3, new'],
    [1, null, 'Cell 2, no longer there'],
    [null, null, 'Parameters']
  ])('names cells %j and %j', (cell_a, cell_b, name) => {
    expect(cellName({ cell_a, cell_b }, trans)).toBe(name);
  });

  it('knows a cell by its line', () => {
    expect(cellLine(everything, { cell_a: 1, cell_b: 1 })).toBe(
      'evaluate(model)'
    );
    expect(cellLine(everything, { cell_a: 1, cell_b: null })).toBe('');
  });
});

describe('lines', () => {
  it('marks what differs between two', () => {
    const [old, now] = pair('loss 0.5 of 3', 'loss 0.25 of 3');
    expect(old.pieces.map(piece => piece.text)).toEqual([
      'loss ',
      '0.5',
      ' of 3'
    ]);
    expect(now.pieces.filter(piece => piece.changed)).toEqual([
      { text: '0.25', changed: true }
    ]);
  });

  it('never takes the same word twice', () => {
    const [old, now] = pair('a a', 'a a a');
    expect(old.pieces.map(piece => piece.text).join('')).toBe('a a');
    expect(now.pieces.map(piece => piece.text).join('')).toBe('a a a');
  });

  it('puts lines beside each other where there are as many', () => {
    const kinds = textLines('a\nb', 'c\nd').map(line => line.kind);
    expect(kinds).toEqual(['old', 'new', 'old', 'new']);
  });

  it('tells texts of other lengths one after the other', () => {
    const kinds = textLines('a\nb', 'c').map(line => line.kind);
    expect(kinds).toEqual(['old', 'old', 'new']);
    expect(textLines(null, 'c').map(line => line.kind)).toEqual(['new']);
  });

  it('reads a unified difference', () => {
    const unified = '@@ -1,2 +1,2 @@\n x\n-a\n+b\n@@ -9 +9 @@\n-c';
    expect(
      codeLines(unified).map(line => [line.kind, line.pieces[0].text])
    ).toEqual([
      ['same', 'x'],
      ['old', 'a'],
      ['new', 'b'],
      ['gap', '⋯'],
      ['old', 'c']
    ]);
  });
});

describe('pictures', () => {
  const picture = (media_type: string, data: string | null): string | null =>
    pictureUrl({ output: 0, digest: '', media_type, data });

  it('is an address of an image and of nothing else', () => {
    expect(picture('image/png', 'AB\nCD==')).toBe(
      'data:image/png;base64,ABCD=='
    );
    expect(picture('image/svg+xml', '<svg onload="x"/>')).toBe(
      'data:image/svg+xml;charset=utf-8,%3Csvg%20onload%3D%22x%22%2F%3E'
    );
    expect(picture('text/html', 'AAAA')).toBeNull();
    expect(picture('image/png', '"><script>')).toBeNull();
    expect(picture('image/png', '')).toBeNull();
    expect(picture('image/png', null)).toBeNull();
  });

  it('tells pictures from plots as data', () => {
    const [image, plot] = everything.images;
    expect(isPicture(image.old)).toBe(true);
    expect(isPicture(plot.old)).toBe(false);
    expect(isPicture(null)).toBe(false);
  });
});

describe('tables', () => {
  const cell = (row: string, column: string): ITableCell => ({
    row,
    column,
    old: 1,
    new: 2,
    change: 1,
    relative: 1
  });

  it('is the part in which something changed', () => {
    const cells = [cell('eu', 'b'), cell('eu', 'a'), cell('us', 'gone')];
    const grid = gridOf(cells, ['a', 'b', 'c']);
    expect(grid.columns).toEqual(['a', 'b', 'gone']);
    expect(grid.rows.map(row => [row.label, row.cells.size])).toEqual([
      ['eu', 2],
      ['us', 1]
    ]);
  });

  it('leaves room for labels', () => {
    expect(headsOf([['0', 'eu', '1']], ['region', 'sales'])).toEqual([
      '',
      'region',
      'sales'
    ]);
    expect(headsOf([['1']], ['region', 'sales'])).toEqual([]);
  });
});

describe('rules', () => {
  it('reads one a line', () => {
    expect(readRules(' at \\d+\n\n', 'auc = 0.1\nx=y = 2\n')).toEqual({
      ignore: [' at \\d+'],
      tolerance: ['auc=0.1', 'x=y=2']
    });
  });

  it.each<[string, string | null]>([
    ['auc=0.1', null],
    ['', null],
    ['auc', 'auc'],
    ['auc=', 'auc='],
    ['=1', '=1'],
    ['auc=-1', 'auc=-1'],
    ['auc=much', 'auc=much']
  ])('finds what is wrong with “%s”', (typed, bad) => {
    expect(badTolerance(readRules('', typed))).toBe(bad);
  });
});
