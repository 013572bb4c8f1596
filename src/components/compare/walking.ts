/** Marks what n and p go to. */
export const changeMark = { 'data-change': '', tabIndex: -1 } as const;

/** The changes below a node in the order of the page. */
export function changesIn(root: HTMLElement): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>('[data-change]')];
}

/** What follows or precedes a place on the page; without one the first change. */
export function changeBeside(
  root: HTMLElement,
  place: Element | null,
  direction: 1 | -1
): HTMLElement | undefined {
  const changes = changesIn(root);
  if (place === null || !root.contains(place)) {
    return direction === 1 ? changes[0] : undefined;
  }
  const side =
    direction === 1
      ? Node.DOCUMENT_POSITION_FOLLOWING
      : Node.DOCUMENT_POSITION_PRECEDING;
  const beside = changes.filter(
    change => (place.compareDocumentPosition(change) & side) !== 0
  );
  return direction === 1 ? beside[0] : beside[beside.length - 1];
}

/** 1 for n, -1 for p, 0 for keys that are not meant or belong to a field. */
export function directionOf(event: KeyboardEvent): -1 | 0 | 1 {
  const { target } = event;
  const typing =
    target instanceof HTMLElement &&
    target.closest('input, textarea, select') !== null;
  if (typing || event.ctrlKey || event.metaKey || event.altKey) {
    return 0;
  }
  return event.key === 'n' ? 1 : event.key === 'p' ? -1 : 0;
}

/** Focus the change and bring it into view. */
export function reveal(change: HTMLElement): void {
  change.focus({ preventScroll: true });
  change.scrollIntoView({ block: 'nearest' });
}
