import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import * as React from 'react';
import { ApiError } from '../../../api/client';
import { Secrets } from '../Secrets';

const trans = nullTranslator.load('jupyterlab_deploy');
const known = ['API_TOKEN', 'DB_URL'].map(name => ({
  name,
  set_at: '2026-05-01T06:00:00+00:00',
  used_by: []
}));

const store = { list: jest.fn(), keep: jest.fn() };
const onChange = jest.fn();

const input = (label: string): HTMLInputElement =>
  screen.getByLabelText<HTMLInputElement>(label);

const keepButton = (): HTMLButtonElement =>
  screen.getByRole<HTMLButtonElement>('button', { name: 'Keep secret' });

async function said(): Promise<string | null> {
  return (await screen.findByRole('alert')).textContent;
}

async function show(chosen: string[] = [], error?: string): Promise<void> {
  const props = { chosen, onChange, store, error, trans };
  render(<Secrets {...props} />);
  await waitFor(() => expect(store.list).toHaveBeenCalled());
}

async function fill(name: string, value: string): Promise<void> {
  fireEvent.click(await screen.findByRole('button', { name: 'New secret…' }));
  const field = screen.getByLabelText('Name of the variable');
  fireEvent.change(field, { target: { value: name } });
  fireEvent.change(screen.getByLabelText('Value'), { target: { value } });
}

describe('Secrets', () => {
  beforeEach(() => {
    jest.resetAllMocks();
    store.list.mockResolvedValue(known);
    store.keep.mockResolvedValue(undefined);
  });

  it('offers those that are set, and keeps one that is gone', async () => {
    await show(['GONE']);
    await screen.findByLabelText('API_TOKEN');
    expect(input('API_TOKEN').checked).toBe(false);
    expect(input('GONE').checked).toBe(true);
    fireEvent.click(screen.getByLabelText('DB_URL'));
    expect(onChange).toHaveBeenLastCalledWith(['GONE', 'DB_URL']);
    fireEvent.click(screen.getByLabelText('GONE'));
    expect(onChange).toHaveBeenLastCalledWith([]);
  });

  it('keeps a new one and chooses it', async () => {
    await show(['DB_URL']);
    await fill(' NEW_ONE ', 'hunter22');
    expect(input('Value').type).toBe('password');
    fireEvent.click(keepButton());
    await waitFor(() =>
      expect(onChange).toHaveBeenCalledWith(['DB_URL', 'NEW_ONE'])
    );
    expect(store.keep).toHaveBeenCalledWith('NEW_ONE', 'hunter22');
    expect(screen.queryByLabelText('Value')).toBeNull();
  });

  it('is kept with Enter, and not before both are typed', async () => {
    await show();
    await fill('NEW_ONE', '');
    expect(keepButton().disabled).toBe(true);
    const value = screen.getByLabelText('Value');
    fireEvent.keyDown(value, { key: 'Enter' });
    expect(store.keep).not.toHaveBeenCalled();
    fireEvent.change(value, { target: { value: 'hunter22' } });
    fireEvent.keyDown(value, { key: 'Enter' });
    await waitFor(() => expect(onChange).toHaveBeenCalledWith(['NEW_ONE']));
  });

  it('says at the field what is wrong', async () => {
    const wrong = { detail: 'PATH is taken.', hint: 'Choose another.' };
    store.keep.mockRejectedValue(new ApiError({ ...wrong, field: 'name' }));
    await show();
    await fill('PATH', 'hunter22');
    fireEvent.click(keepButton());
    expect(await said()).toBe('PATH is taken. Choose another.');
    const field = input('Name of the variable');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(onChange).not.toHaveBeenCalled();
  });

  it('says that they cannot be read', async () => {
    store.list.mockRejectedValue(new ApiError({ detail: 'No answer.' }));
    await show();
    expect(await said()).toBe('No answer.');
  });

  it('shows what is wrong with the choice', async () => {
    await show(['GONE'], 'The secret GONE is not set.');
    await screen.findByLabelText('DB_URL');
    expect(await said()).toBe('The secret GONE is not set.');
  });
});
