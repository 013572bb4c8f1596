import { atClock, clockOf, cronOf, patternOf } from '../schedules';

describe('patternOf and cronOf', () => {
  it.each([
    ['15 * * * *', 'hourly'],
    ['5 6 * * *', 'daily'],
    ['0 6 * * mon-fri', 'weekdays'],
    ['30 5 * * tue', 'weekly'],
    ['0 0 31 * *', 'monthly']
  ])('%s is %s, there and back', (cron, kind) => {
    const pattern = patternOf(cron);
    expect(pattern.kind).toBe(kind);
    expect(cronOf(pattern)).toBe(cron);
  });

  it.each([
    ['0 6 * * 1-5', '0 6 * * mon-fri'],
    ['0 6 * * 7', '0 6 * * sun'],
    ['0 6 * * 0', '0 6 * * sun'],
    ['  0  6 * *  MON ', '0 6 * * mon']
  ])('%s is said as %s', (cron, said) => {
    expect(cronOf(patternOf(cron))).toBe(said);
  });

  it.each([
    '',
    '* * * * *',
    '*/5 * * * *',
    '0 6 1 1 *',
    '0 6 1 * mon',
    '0 6 32 * *',
    '0 24 * * *',
    '60 6 * * *',
    '0 6-8 * * *',
    '0 6 * * mon,wed',
    '0 6 * * * *',
    '@daily'
  ])('%p has no words and is left alone', cron => {
    expect(patternOf(cron).kind).toBe('cron');
    expect(cronOf(patternOf(cron))).toBeNull();
  });
});

describe('the time of day', () => {
  const pattern = patternOf('5 6 * * *');

  it('is shown with two digits each', () => {
    expect(clockOf(pattern)).toBe('06:05');
  });

  it('is taken from the input', () => {
    expect(cronOf(atClock(pattern, '18:30'))).toBe('30 18 * * *');
  });

  it('stays when the input was emptied', () => {
    expect(atClock(pattern, '')).toBe(pattern);
  });
});
