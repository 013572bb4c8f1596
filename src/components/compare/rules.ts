import type { IRules } from './types';

function lines(text: string): string[] {
  return text.split('\n').filter(line => line.trim() !== '');
}

/** What was typed, one rule a line. Spaces belong to a pattern, not to a tolerance. */
export function readRules(patterns: string, tolerances: string): IRules {
  return {
    ignore: lines(patterns),
    tolerance: lines(tolerances).map(line =>
      line.trim().replace(/\s*=\s*(?=[^=]*$)/, '=')
    )
  };
}

/** The first line that is no tolerance; null when all are. */
export function badTolerance(rules: IRules): string | null {
  const good = (line: string): boolean => {
    const at = line.lastIndexOf('=');
    const value = line.slice(at + 1);
    return at > 0 && value !== '' && Number(value) >= 0;
  };
  return rules.tolerance.find(line => !good(line)) ?? null;
}
