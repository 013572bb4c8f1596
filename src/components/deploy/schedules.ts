/** Schedules in words and as cron: the form shows the one, the other is what counts. */

export type ICronKind =
  'hourly' | 'daily' | 'weekdays' | 'weekly' | 'monthly' | 'cron';

export interface ICronPattern {
  readonly kind: ICronKind;
  readonly minute: number;
  readonly hour: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** Day of the month. */
  readonly day: number;
}

const USUAL: ICronPattern = {
  kind: 'cron',
  minute: 0,
  hour: 6,
  weekday: 1,
  day: 1
};

const DAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** What the words can say of a cron text; `cron` for everything else. */
export function patternOf(cron: string): ICronPattern {
  const fields = cron.trim().toLowerCase().split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (fields.length !== 5 || month !== '*' || !within(minute, 0, 59)) {
    return USUAL;
  }
  const pattern = { ...USUAL, minute: Number(minute) };
  if (hour === '*' && day === '*' && weekday === '*') {
    return { ...pattern, kind: 'hourly' };
  }
  if (!within(hour, 0, 23)) {
    return USUAL;
  }
  return { ...pattern, hour: Number(hour), ...days(day, weekday) };
}

function days(day: string, weekday: string): Partial<ICronPattern> {
  if (weekday === '*') {
    if (day === '*') {
      return { kind: 'daily' };
    }
    return within(day, 1, 31) ? { kind: 'monthly', day: Number(day) } : USUAL;
  }
  if (day !== '*') {
    return USUAL;
  }
  if (weekday === 'mon-fri' || weekday === '1-5') {
    return { kind: 'weekdays' };
  }
  const number = within(weekday, 0, 7)
    ? Number(weekday) % 7
    : DAY_NAMES.indexOf(weekday);
  return number < 0 ? USUAL : { kind: 'weekly', weekday: number };
}

function within(text: string, low: number, high: number): boolean {
  return /^\d+$/.test(text) && Number(text) >= low && Number(text) <= high;
}

/** The cron text of a pattern in words; null for `cron`, which has none of its own. */
export function cronOf(pattern: ICronPattern): string | null {
  const { kind, minute, hour, weekday, day } = pattern;
  switch (kind) {
    case 'hourly':
      return `${minute} * * * *`;
    case 'daily':
      return `${minute} ${hour} * * *`;
    case 'weekdays':
      return `${minute} ${hour} * * mon-fri`;
    case 'weekly':
      return `${minute} ${hour} * * ${DAY_NAMES[weekday]}`;
    case 'monthly':
      return `${minute} ${hour} ${day} * *`;
    case 'cron':
      return null;
  }
}

/** "06:05" as an input of type `time` has it. */
export function clockOf(pattern: ICronPattern): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(pattern.hour)}:${two(pattern.minute)}`;
}

/** The pattern at another time of day; an emptied input changes nothing. */
export function atClock(pattern: ICronPattern, clock: string): ICronPattern {
  const [hour, minute] = clock.split(':').map(Number);
  return Number.isInteger(hour) && Number.isInteger(minute)
    ? { ...pattern, hour, minute }
    : pattern;
}
