import * as React from 'react';

type Listener = () => void;

/** One timer for each period, however many rows tick; it rests while nobody listens. */
class Ticker {
  constructor(private _period: number) {}

  subscribe(listener: Listener): () => void {
    this._listeners.add(listener);
    if (this._timer === undefined) {
      this._timer = window.setInterval(() => this._tick(), this._period);
    }
    return () => {
      this._listeners.delete(listener);
      if (this._listeners.size === 0) {
        window.clearInterval(this._timer);
        this._timer = undefined;
      }
    };
  }

  private _tick(): void {
    if (!document.hidden) {
      this._listeners.forEach(listener => listener());
    }
  }

  private _listeners = new Set<Listener>();
  private _timer: number | undefined;
}

const tickers = new Map<number, Ticker>();

function ticker(period: number): Ticker {
  let found = tickers.get(period);
  if (!found) {
    found = new Ticker(period);
    tickers.set(period, found);
  }
  return found;
}

/** The current time, rendered anew every `period` milliseconds; null stands still. */
export function useNow(period: number | null): Date {
  const [now, setNow] = React.useState(() => new Date());
  React.useEffect(() => {
    if (period === null) {
      return;
    }
    setNow(new Date());
    return ticker(period).subscribe(() => setNow(new Date()));
  }, [period]);
  return now;
}
