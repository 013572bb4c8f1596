import { nextIndex } from '../VirtualList';

describe('nextIndex', () => {
  // A heading, two rows, a heading, one row.
  const heading = (at: number): boolean => at === 0 || at === 3;
  const go = (key: string, from: number): number | null =>
    nextIndex(key, from, 5, 2, heading);

  it('enters the list at the first row, not at a heading', () => {
    expect(go('ArrowDown', -1)).toBe(1);
  });

  it('passes over headings both ways', () => {
    expect(go('ArrowDown', 2)).toBe(4);
    expect(go('ArrowUp', 4)).toBe(2);
  });

  it('stays on the first row when only a heading is above', () => {
    expect(go('ArrowUp', 1)).toBe(1);
    expect(go('Home', 4)).toBe(1);
  });

  it('goes by pages and to the end', () => {
    expect(go('PageDown', 1)).toBe(4);
    expect(go('End', 1)).toBe(4);
    expect(go('PageDown', 4)).toBe(4);
  });

  it('leaves other keys and empty lists alone', () => {
    expect(go('a', 1)).toBeNull();
    expect(nextIndex('ArrowDown', -1, 0, 2, () => false)).toBeNull();
    expect(nextIndex('ArrowDown', -1, 1, 2, () => true)).toBeNull();
  });
});
