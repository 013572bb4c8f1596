import { nullTranslator } from '@jupyterlab/translation';
import { LEVELS, found, logLine, ofLevels } from '../log';
import type { ILevel } from '../log';
import { entry } from './fixtures';

const trans = nullTranslator.load('');

const printed = (name: string, text: string) =>
  entry(3, 'output', {
    cell: 1,
    output: { output_type: 'stream', name, text }
  });

const lines = [
  entry(1, 'attempt_started', { notebook: 'a.ipynb', cells: 2 }),
  entry(2, 'cell_started', { cell: 1, number: 1, cells: 2 }),
  printed('stdout', 'Loaded 1,204 rows\n'),
  printed('stderr', 'FutureWarning: old\n'),
  entry(5, 'output', {
    cell: 1,
    output: { output_type: 'error', ename: 'KeyError', evalue: "'price'" }
  }),
  entry(6, 'cell_finished', { cell: 1, status: 'error', duration: 3 }),
  entry(7, 'warning', { cell: 1, message: 'Output was cut.' })
].map(one => logLine(one, trans));

it('says what was printed and by which cell', () => {
  expect(lines.map(line => line.text)).toEqual([
    'Started',
    'Cell 2 started',
    'Cell 2: Loaded 1,204 rows',
    'Cell 2: FutureWarning: old',
    "Cell 2: KeyError: 'price'",
    'Cell 2 failed after 3.0 s',
    'Warning: Output was cut.'
  ]);
});

it('knows levels', () => {
  const levels = lines.map(line => line.level);
  expect(levels).toEqual([
    'info',
    'info',
    'output',
    'warning',
    'error',
    'error',
    'warning'
  ]);
  const chosen = new Set<ILevel>(['error']);
  expect(ofLevels(lines, chosen)).toHaveLength(2);
  expect(ofLevels(lines, new Set(LEVELS))).toBe(lines);
});

it('finds text whatever its case', () => {
  expect(found(lines, 'LOADED')).toEqual([2]);
  expect(found(lines, 'cell 2')).toHaveLength(5);
  expect(found(lines, ' ')).toEqual([]);
  expect(found(lines, 'nowhere')).toEqual([]);
});

it.each([undefined, {}, { output_type: 'display_data', data: {} }])(
  'has a line for any output',
  output => {
    expect(logLine(entry(1, 'output', { cell: 0, output }), trans).text).toBe(
      'Cell 1: output'
    );
  }
);
