import {
  daysAgo,
  formatBytes,
  formatDuration,
  formatElapsed,
  formatParameters,
  formatRelative
} from '../format';

describe('formatDuration', () => {
  it.each([
    [0, '0.0 s'],
    [0.44, '0.4 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [184, '3 min 04 s'],
    [3599.7, '1 h 00 min'],
    [3900, '1 h 05 min'],
    [86400 * 2 + 3600 * 3 + 59, '2 d 3 h'],
    [-3, '0.0 s'],
    [NaN, '']
  ])('%p s is %p', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('ticks in whole seconds', () => {
    expect(formatElapsed(3.9)).toBe('3 s');
    expect(formatElapsed(59.9)).toBe('59 s');
    expect(formatElapsed(-1)).toBe('0 s');
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1234567, '1.2 MB'],
    [99960, '100 kB'],
    [999600, '1.0 MB'],
    [5e15, '5,000 TB']
  ])('%p is %p', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('formatRelative', () => {
  const now = new Date('2026-11-24T12:00:00Z');
  it.each([
    ['2026-11-24T11:59:58Z', 'now'],
    ['2026-11-24T11:59:30Z', '30 seconds ago'],
    ['2026-11-24T11:57:01Z', '2 minutes ago'],
    ['2026-11-24T15:00:00Z', 'in 3 hours'],
    ['2026-11-23T11:00:00Z', 'yesterday'],
    ['2026-09-01T12:00:00Z', '2 months ago'],
    ['2024-11-01T12:00:00Z', '2 years ago']
  ])('%p is %p', (at, text) => {
    expect(formatRelative(new Date(at), now)).toBe(text);
  });
});

describe('daysAgo', () => {
  it('counts calendar days, not hours', () => {
    const now = new Date(2026, 10, 24, 0, 5);
    expect(daysAgo(new Date(2026, 10, 23, 23, 55), now)).toBe(1);
    expect(daysAgo(new Date(2026, 10, 24, 23, 59), now)).toBe(0);
    expect(daysAgo(new Date(2026, 10, 25, 0, 0), now)).toBe(-1);
  });

  it('is not fooled by a day of 23 hours', () => {
    const now = new Date(2026, 2, 30, 0, 0);
    expect(daysAgo(new Date(2026, 2, 28, 0, 0), now)).toBe(2);
  });
});

it('shows parameters as one would type them', () => {
  expect(
    formatParameters({ region: 'eu', n: 3, list: [1, 'a'], none: null })
  ).toBe('region=eu, n=3, list=[1,"a"], none=null');
});
