import { pageLocale } from '../common/format';

/** Six digits at most; what is no number stays as it is, what is missing is a dash. */
export function formatNumber(value: unknown): string {
  if (value === null || value === undefined) {
    return '–';
  }
  if (typeof value !== 'number') {
    return typeof value === 'string' ? value : JSON.stringify(value);
  }
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e12)) {
    return String(Number(value.toPrecision(6)));
  }
  return value.toLocaleString(pageLocale(), { maximumSignificantDigits: 6 });
}

function signed(value: number, text: string): string {
  return value > 0 ? `+${text}` : text.replace(/^-/, '−');
}

/** "+0.02", "−3"; nothing where there is no difference to tell. */
export function formatChange(value: number | null): string {
  return value === null ? '' : signed(value, formatNumber(value));
}

/** "+3.1 %", "−40 %" */
export function formatShare(share: number | null): string {
  if (share === null) {
    return '';
  }
  const percent = (100 * share).toLocaleString(pageLocale(), {
    maximumSignificantDigits: 3
  });
  return signed(share, `${percent} %`);
}

/** Both in one: "+0.02 (+3.1 %)". */
export function formatDelta(
  change: number | null,
  relative: number | null
): string {
  const share = formatShare(relative);
  return share ? `${formatChange(change)} (${share})` : formatChange(change);
}
