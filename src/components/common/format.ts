/** Pure formatting: every function takes the moment it compares with, so tests need no clock. */

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

/** The page's language, which JupyterLab writes on the root element. */
export function pageLocale(): string {
  return document.documentElement.lang || 'en';
}

function decimals(value: number, digits: number): string {
  return value.toLocaleString(pageLocale(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits
  });
}

/** Seconds with units: "0.4 s", "12 s", "3 min 04 s", "1 h 05 min", "2 d 3 h". */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) {
    return '';
  }
  const exact = Math.max(0, seconds);
  if (exact < 9.95) {
    return `${decimals(exact, 1)} s`;
  }
  const whole = Math.round(exact);
  if (whole < MINUTE) {
    return `${whole} s`;
  }
  if (whole < HOUR) {
    return `${Math.floor(whole / MINUTE)} min ${two(whole % MINUTE)} s`;
  }
  if (whole < DAY) {
    const minutes = Math.floor((whole % HOUR) / MINUTE);
    return `${Math.floor(whole / HOUR)} h ${two(minutes)} min`;
  }
  const hours = Math.floor((whole % DAY) / HOUR);
  return `${Math.floor(whole / DAY)} d ${hours} h`;
}

/** Like `formatDuration` without tenths: a ticking figure should not flicker. */
export function formatElapsed(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return whole < 10 ? `${whole} s` : formatDuration(whole);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** "512 B", "1.2 MB": decimal units, as file managers show them. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${decimals(value, digits)} ${units[unit]}`;
}

/** "now", "2 minutes ago", "in 3 hours". */
export function formatRelative(
  moment: Date,
  now: Date,
  style: Intl.RelativeTimeFormatStyle = 'long'
): string {
  const format = new Intl.RelativeTimeFormat(pageLocale(), {
    numeric: 'auto',
    style
  });
  const seconds = (moment.getTime() - now.getTime()) / 1000;
  const size = Math.abs(seconds);
  if (size < 5) {
    return format.format(0, 'second');
  }
  const steps: [number, number, Intl.RelativeTimeFormatUnit][] = [
    [MINUTE, 1, 'second'],
    [HOUR, MINUTE, 'minute'],
    [DAY, HOUR, 'hour'],
    [30 * DAY, DAY, 'day'],
    [365 * DAY, 30 * DAY, 'month']
  ];
  const step = steps.find(([below]) => size < below);
  const [, unit, name] = step ?? [0, 365 * DAY, 'year' as const];
  return format.format(Math.trunc(seconds / unit), name);
}

/** Date and time to the second, for tool tips. */
export function formatExact(moment: Date): string {
  return moment.toLocaleString(pageLocale(), {
    dateStyle: 'full',
    timeStyle: 'long'
  });
}

/** "06:02" */
export function formatClock(moment: Date): string {
  return moment.toLocaleTimeString(pageLocale(), {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false
  });
}

/** "12 Nov", with the year when it is another one. */
export function formatDate(moment: Date, now: Date): string {
  return moment.toLocaleDateString(pageLocale(), {
    day: 'numeric',
    month: 'short',
    year: moment.getFullYear() === now.getFullYear() ? undefined : 'numeric'
  });
}

/** Whole local days from `moment` to `now`: 0 today, 1 yesterday. */
export function daysAgo(moment: Date, now: Date): number {
  const start = (at: Date): number =>
    Date.UTC(at.getFullYear(), at.getMonth(), at.getDate());
  return Math.round((start(now) - start(moment)) / (DAY * 1000));
}

/** A parameter's value as one would type it. */
export function formatValue(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** "region=eu, n=3": short enough for a row. */
export function formatParameters(parameters: Record<string, unknown>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${formatValue(value)}`)
    .join(', ');
}
