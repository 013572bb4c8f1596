import { MOST_COLUMNS, MOST_ROWS, firstRows, kindOf } from '../preview';

describe('kindOf', () => {
  it.each([
    ['plot.png', 'image/png', 'image'],
    ['plot.svg', 'image/svg+xml', 'image'],
    ['scores.csv', 'text/csv', 'table'],
    ['scores.tsv', 'text/tab-separated-values', 'table'],
    ['page.html', 'text/html', 'page'],
    ['notes.txt', 'text/plain', 'text'],
    ['config.json', 'application/json', 'text'],
    ['run.log', 'application/octet-stream', 'text'],
    ['model.pkl', 'application/octet-stream', null],
    ['data.parquet', 'application/vnd.apache.parquet', null]
  ])('%s of type %s is shown as %s', (name, media_type, kind) => {
    expect(kindOf({ name, media_type })).toBe(kind);
  });
});

describe('firstRows', () => {
  it('reads quotes, separators within them and every end of line', () => {
    const text = 'id,name\n1,"a, ""b"""\r\n2,"two\nlines"\r3,';
    expect(firstRows(text, ',', true)).toEqual({
      header: ['id', 'name'],
      rows: [
        ['1', 'a, "b"'],
        ['2', 'two\nlines'],
        ['3', '']
      ],
      numeric: [true, false],
      more: false
    });
  });

  it('leaves out a line that is cut', () => {
    const { rows, more } = firstRows('a\tb\n1\t2\n3', '\t', false);
    expect(rows).toEqual([['1', '2']]);
    expect(more).toBe(true);
  });

  it('ends after the first rows and columns', () => {
    const line = Array(MOST_COLUMNS + 1)
      .fill('1')
      .join(',');
    const wide = firstRows(`${line}\n${line}`, ',', true);
    expect(wide.header).toHaveLength(MOST_COLUMNS);
    expect(wide.more).toBe(true);
    const long = firstRows('1\n'.repeat(MOST_ROWS + 500), ',', true);
    expect(long.rows).toHaveLength(MOST_ROWS);
    expect(long.more).toBe(true);
  });

  it('takes any text', () => {
    expect(firstRows('', ',', true).rows).toEqual([]);
    expect(firstRows('"never closed, \n x', ',', true).header).toEqual([
      'never closed, \n x'
    ]);
    expect(firstRows('a,"b"c\n', ',', true).header).toEqual(['a', 'bc']);
  });

  it('is quick with a quote that never ends', () => {
    const started = performance.now();
    firstRows('"' + 'a"",'.repeat(60_000), ',', false);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
