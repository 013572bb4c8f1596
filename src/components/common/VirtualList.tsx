import * as React from 'react';

export interface IVirtualListProps<T> {
  rows: readonly T[];
  /** Every row has the same height in pixels. */
  rowHeight: number;
  keyOf: (row: T) => string;
  /** A whole element with a grid role; `id` marks it as the active one. */
  renderRow: (
    row: T,
    index: number,
    active: boolean,
    id: string
  ) => JSX.Element;
  /** Rows that the keyboard passes over, such as headings. */
  isHeading?: (row: T) => boolean;
  onOpen?: (row: T) => void;
  /** The space bar was pressed. */
  onToggle?: (row: T) => void;
  /** The menu key was pressed; `x` and `y` are a place on the row. */
  onMenu?: (row: T, x: number, y: number) => void;
  /** The last rows are in sight. */
  onEnd?: () => void;
  label: string;
  className?: string;
  header?: JSX.Element;
}

const OVERSCAN = 8;

interface IView {
  top: number;
  height: number;
}

/** The index that a key leads to, or null when the key is not for the list. */
export function nextIndex(
  key: string,
  from: number,
  count: number,
  page: number,
  isHeading: (index: number) => boolean
): number | null {
  const steps: Record<string, number> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -Infinity,
    End: Infinity
  };
  const step = steps[key];
  if (step === undefined || count === 0) {
    return null;
  }
  const direction = step > 0 ? 1 : -1;
  const target = Math.max(0, Math.min(count - 1, from + step));
  const found =
    seek(target, direction, count, isHeading) ??
    seek(target, -direction, count, isHeading);
  return found ?? null;
}

function seek(
  start: number,
  step: number,
  count: number,
  isHeading: (index: number) => boolean
): number | undefined {
  for (let at = start; at >= 0 && at < count; at += step) {
    if (!isHeading(at)) {
      return at;
    }
  }
  return undefined;
}

function isMenuKey(event: React.KeyboardEvent): boolean {
  return event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10');
}

/** The part of the list in sight. */
function useView(ref: React.RefObject<HTMLDivElement>): IView {
  const [view, setView] = React.useState<IView>({ top: 0, height: 600 });
  React.useEffect(() => {
    const node = ref.current;
    if (!node) {
      return;
    }
    const measure = (): void =>
      setView({ top: node.scrollTop, height: node.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    node.addEventListener('scroll', measure, { passive: true });
    measure();
    return () => {
      observer.disconnect();
      node.removeEventListener('scroll', measure);
    };
  }, [ref]);
  return view;
}

/** A grid of rows of which only those in sight exist; arrows move, Enter opens. */
export function VirtualList<T>(props: IVirtualListProps<T>): JSX.Element {
  const { rows, rowHeight, keyOf, onEnd } = props;
  const ref = React.useRef<HTMLDivElement>(null);
  const id = React.useId();
  const [activeKey, setActiveKey] = React.useState<string | null>(null);
  const view = useView(ref);
  const first = Math.max(0, Math.floor(view.top / rowHeight) - OVERSCAN);
  const inSight = Math.ceil(view.height / rowHeight);
  const last = Math.min(rows.length, first + inSight + 2 * OVERSCAN);
  const active =
    activeKey === null ? -1 : rows.findIndex(row => keyOf(row) === activeKey);

  React.useEffect(() => {
    if (last >= rows.length) {
      onEnd?.();
    }
  }, [last, rows.length, onEnd]);

  const reveal = (index: number): void => {
    const node = ref.current;
    if (!node) {
      return;
    }
    const headerHeight = node.scrollHeight - rows.length * rowHeight;
    const bottom = (index + 1) * rowHeight + headerHeight;
    if (index * rowHeight < node.scrollTop) {
      node.scrollTop = index * rowHeight;
    } else if (bottom > node.scrollTop + node.clientHeight) {
      node.scrollTop = bottom - node.clientHeight;
    }
  };

  const showMenu = (): void => {
    const node = document.getElementById(`${id}-${activeKey}`);
    if (node && props.onMenu) {
      const box = node.getBoundingClientRect();
      props.onMenu(rows[active], box.left + rowHeight / 2, box.bottom);
    }
  };

  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.target !== ref.current) {
      return;
    }
    if (event.key === 'Enter' && active >= 0) {
      props.onOpen?.(rows[active]);
      return;
    }
    if (event.key === ' ' && active >= 0 && props.onToggle) {
      event.preventDefault();
      props.onToggle(rows[active]);
      return;
    }
    if (isMenuKey(event) && active >= 0) {
      event.preventDefault();
      showMenu();
      return;
    }
    const target = nextIndex(event.key, active, rows.length, inSight - 1, at =>
      Boolean(props.isHeading?.(rows[at]))
    );
    if (target !== null) {
      event.preventDefault();
      setActiveKey(keyOf(rows[target]));
      reveal(target);
    }
  };

  return (
    <div
      ref={ref}
      className={`jp-deploy-List ${props.className ?? ''}`}
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={rows.length}
      aria-activedescendant={active >= 0 ? `${id}-${activeKey}` : undefined}
      onKeyDown={onKeyDown}
    >
      {props.header}
      <div
        role="rowgroup"
        className="jp-deploy-List-rows"
        style={{
          paddingTop: first * rowHeight,
          paddingBottom: (rows.length - last) * rowHeight
        }}
      >
        {rows.slice(first, last).map((row, offset) => (
          <React.Fragment key={keyOf(row)}>
            {props.renderRow(
              row,
              first + offset,
              first + offset === active,
              `${id}-${keyOf(row)}`
            )}
          </React.Fragment>
        ))}
      </div>
    </div>
  );
}
