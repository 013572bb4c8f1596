import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { ApiError } from '../../../api/client';
import type { DeployApi } from '../../../api/client';
import { CompareView } from '../CompareView';
import { countStops } from '../outline';
import { CompareSession } from '../session';
import type { IDiff } from '../types';
import { changesIn, directionOf, reveal } from '../walking';
import { diff, everything } from './fixtures';

const trans = nullTranslator.load('jupyterlab_deploy');
const ask = jest.fn();
const actions = { openRun: jest.fn(), step: jest.fn() };

function Page({ session }: { session: CompareSession }): JSX.Element {
  const [, draw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    session.changed.connect(draw);
    return () => void session.changed.disconnect(draw);
  }, [session]);
  return (
    <CompareView session={session} actions={actions} at={-1} trans={trans} />
  );
}

async function show(
  answer: IDiff | Error,
  a: number | null = 6
): Promise<HTMLElement> {
  ask.mockImplementationOnce(() =>
    answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  );
  const api = { diff: ask } as unknown as DeployApi;
  const session = new CompareSession({ a, b: 7 }, api);
  const { container } = render(<Page session={session} />);
  await act(() => session.load());
  return container;
}

describe('CompareView', () => {
  beforeEach(() => {
    ask.mockReset();
    jest.clearAllMocks();
  });

  it('says what it is about while it compares', async () => {
    let answer: (found: IDiff) => void = () => undefined;
    ask.mockReturnValueOnce(
      new Promise<IDiff>(resolve => {
        answer = resolve;
      })
    );
    const api = { diff: ask } as unknown as DeployApi;
    const session = new CompareSession({ a: null, b: 7 }, api);
    render(<Page session={session} />);
    act(() => void session.load());
    expect(screen.getByText('Run 7 and the last good one')).toBeTruthy();
    expect(screen.getByRole('status').textContent).toBe(
      'Comparing the results…'
    );
    await act(async () => answer(diff()));
    expect(screen.queryByText('Comparing the results…')).toBeNull();
  });

  it('has a place to stop for each change that is counted', async () => {
    const page = await show(everything);
    expect(changesIn(page)).toHaveLength(countStops(everything));
  });

  it('shows the evidence', async () => {
    await show(everything);
    expect(screen.getByRole('row', { name: /auc 0.9 0.8/ })).toBeTruthy();
    expect(screen.getByTitle('+1 (+100 %)').textContent).toContain('1 2');
    expect(screen.getByText('cost', { selector: 'ins' })).toBeTruthy();
    expect(screen.getByText('And 2 more cells.')).toBeTruthy();
    expect(screen.getByText('changed, 98.1 % alike')).toBeTruthy();
    expect(screen.getByText('/data/0/y/2')).toBeTruthy();
    expect(screen.getByText("KeyError: 'price'")).toBeTruthy();
    expect(
      screen.getByRole('row', { name: /orders.csv .* −40 %/ })
    ).toBeTruthy();
    expect(screen.getByRole('row', { name: /Cell 1 10 s 25 s/ })).toBeTruthy();
    expect(screen.getByText('1 unchanged cell')).toBeTruthy();
  });

  it('shows what a notebook says as text, never as HTML', async () => {
    await show(everything);
    expect(screen.getByText('<b>1</b>')).toBeTruthy();
  });

  it('shows images side by side, swiped and subtracted', async () => {
    const page = await show(everything);
    const images = (): HTMLElement[] => screen.getAllByRole('img');
    expect(images().map(image => image.getAttribute('src'))).toEqual([
      'data:image/png;base64,AAAA',
      'data:image/png;base64,BBBB'
    ]);
    fireEvent.click(screen.getByLabelText('Swipe'));
    expect(screen.getByRole('slider')).toBeTruthy();
    fireEvent.click(screen.getByLabelText('Difference'));
    expect(page.querySelector('[data-mode=difference]')).toBeTruthy();
    fireEvent.error(images()[0]);
    expect(screen.getByText(/damaged/)).toBeTruthy();
    expect(images()).toHaveLength(1);
  });

  it('says when nothing differs', async () => {
    const summary = 'No difference in the results.';
    const page = await show(diff({ same: true, summary }));
    expect(screen.getByRole('heading', { name: summary })).toBeTruthy();
    expect(screen.getByText('Both runs show the same results.')).toBeTruthy();
    expect(changesIn(page)).toHaveLength(0);
    expect(screen.queryByRole('button', { name: 'Next' })).toBeNull();
  });

  it('says why it cannot compare, and tries again', async () => {
    await show(new ApiError({ detail: 'Nobody there.', hint: 'Look.' }));
    expect(screen.getByRole('alert').textContent).toContain('Nobody there.');
    ask.mockResolvedValueOnce(diff());
    const again = screen.getByRole('button', { name: 'Try again' });
    await act(async () => void fireEvent.click(again));
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.getByRole('heading', { level: 2 }).textContent).toBe(
      'Results differ in 1 metric.'
    );
  });

  it('asks for what is hidden', async () => {
    await show(everything);
    expect(
      screen.getByText('14 differences hidden: timings (9), addresses (5)')
    ).toBeTruthy();
    ask.mockResolvedValueOnce(everything);
    await act(
      async () => void fireEvent.click(screen.getByLabelText('Show them'))
    );
    expect(ask).toHaveBeenLastCalledWith(6, 7, {
      ignore: [],
      tolerance: [],
      hidden: true
    });
    expect(screen.getByText('The first 1 of 14.')).toBeTruthy();
  });

  it('keeps the page when a rule is refused, and says so at its field', async () => {
    await show(everything);
    const typed = screen.getByLabelText('Ignore text like');
    fireEvent.change(typed, { target: { value: '[' } });
    ask.mockRejectedValueOnce(
      new ApiError({ detail: 'That is no pattern.', field: 'ignore' })
    );
    const button = screen.getByRole('button', { name: 'Compare again' });
    await act(async () => void fireEvent.click(button));
    expect(ask.mock.lastCall?.[2].ignore).toEqual(['[']);
    expect(screen.getByRole('alert').textContent).toBe('That is no pattern.');
    expect(typed.getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByRole('row', { name: /auc/ })).toBeTruthy();
  });

  it('opens the runs', async () => {
    await show(everything, null);
    fireEvent.click(screen.getByRole('button', { name: 'run 6' }));
    expect(actions.openRun).toHaveBeenCalledWith(6);
    expect(screen.getByText(/against the last good run/)).toBeTruthy();
  });
});

describe('walking', () => {
  const key = (name: string, target?: Element, ctrlKey = false): number => {
    const event = new KeyboardEvent('keydown', { key: name, ctrlKey });
    Object.defineProperty(event, 'target', { value: target ?? document.body });
    return directionOf(event);
  };

  it('goes by n and p', () => {
    expect([key('n'), key('p'), key('x')]).toEqual([1, -1, 0]);
  });

  it('leaves fields and shortcuts alone', () => {
    expect(key('n', document.createElement('textarea'))).toBe(0);
    expect(key('n', document.body, true)).toBe(0);
  });

  it('focuses the change', async () => {
    const page = await show(everything);
    const [, second] = changesIn(page);
    second.scrollIntoView = jest.fn();
    reveal(second);
    expect(document.activeElement).toBe(second);
    expect(second.scrollIntoView).toHaveBeenCalledTimes(1);
  });
});
