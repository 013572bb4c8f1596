import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { ApiError } from '../../../api/client';
import type { IEngineStatus } from '../../../tokens';
import { summary } from '../../deploy/__tests__/fixtures';
import { PanelView } from '../PanelView';
import type { IPanelViewProps } from '../PanelView';

const engine: IEngineStatus = {
  running: true,
  pid: 1,
  url: '',
  since: null,
  data_dir: '',
  database: '',
  keeps_alive: [],
  holding: null,
  slots: 4,
  queued: 0,
  running_runs: 2,
  rss: null,
  cpu: null,
  version: null,
  engines: []
};
const actions = {
  open: jest.fn(),
  showMenu: jest.fn(),
  deploy: jest.fn(),
  refresh: jest.fn()
};

function show(part: Partial<IPanelViewProps>): void {
  render(
    <PanelView
      state="ready"
      error={null}
      deployments={[]}
      engine={engine}
      actions={actions}
      trans={nullTranslator.load('jupyterlab_deploy')}
      {...part}
    />
  );
}

const status = (): string | null => screen.getByRole('status').textContent;

describe('PanelView', () => {
  beforeAll(() => {
    window.ResizeObserver = class {
      observe = jest.fn();
      unobserve = jest.fn();
      disconnect = jest.fn();
    };
  });

  beforeEach(() => jest.clearAllMocks());

  it('says what is missing where there is no server', () => {
    show({ state: 'unsupported', engine: null });
    expect(screen.getByText(/no Jupyter server/)).toBeTruthy();
    expect(screen.queryByRole('grid')).toBeNull();
  });

  it('loads', () => {
    show({ state: 'loading', engine: null });
    expect(screen.getByText('Loading deployments…')).toBeTruthy();
    expect(status()).toBe('');
  });

  it('offers to deploy when there is nothing', () => {
    show({});
    fireEvent.click(screen.getByRole('button', { name: 'Deploy a notebook' }));
    expect(actions.deploy).toHaveBeenCalledTimes(1);
  });

  it('keeps the list while nothing answers, and tries again', () => {
    const error = new ApiError({ detail: 'Nobody there.', hint: 'Look.' });
    show({ state: 'unreachable', error, deployments: [summary()] });
    expect(status()).toBe('The engine does not answer.');
    expect(screen.getByRole('alert').textContent).toContain(
      'Nobody there.Look.'
    );
    expect(screen.getByText('churn')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(actions.refresh).toHaveBeenCalledTimes(1);
  });

  it.each<[string, Partial<IEngineStatus>]>([
    ['Engine running · 2 of 4 slots in use', {}],
    ['Engine running · 2 of 4 slots in use · 3 waiting', { queued: 3 }],
    ['The engine rests and starts when it is needed.', { running: false }]
  ])('says “%s”', (text, part) => {
    show({ engine: { ...engine, ...part } });
    expect(status()).toBe(text);
  });

  it('filters', () => {
    show({ deployments: [summary(), summary({ name: 'sales' })] });
    const filter = screen.getByRole('searchbox');
    fireEvent.change(filter, { target: { value: 'sal' } });
    expect(screen.getAllByRole('row')).toHaveLength(1);
    fireEvent.change(filter, { target: { value: 'nothing' } });
    expect(screen.getByText(/No deployment matches/)).toBeTruthy();
  });

  it('opens a row by click and by key, and its menu', () => {
    show({ deployments: [summary(), summary({ name: 'sales' })] });
    fireEvent.click(screen.getByText('sales'));
    expect(actions.open.mock.calls[0][0].name).toBe('sales');
    const grid = screen.getByRole('grid');
    fireEvent.keyDown(grid, { key: 'ArrowDown' });
    fireEvent.keyDown(grid, { key: 'Enter' });
    expect(actions.open.mock.calls[1][0].name).toBe('churn');
    fireEvent.keyDown(grid, { key: 'ContextMenu' });
    expect(actions.showMenu.mock.calls[0][0].name).toBe('churn');
    fireEvent.click(screen.getByRole('button', { name: 'Actions of sales' }));
    expect(actions.showMenu.mock.calls[1][0].name).toBe('sales');
    expect(actions.open).toHaveBeenCalledTimes(2);
  });
});
