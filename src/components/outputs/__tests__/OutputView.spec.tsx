import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { ApiError } from '../../../api/problem';
import { OutputView } from '../OutputView';

const trans = nullTranslator.load('');

function show(
  name: string,
  media_type: string,
  head: Promise<{ bytes: Uint8Array; whole: boolean }> = Promise.reject(
    new Error('not asked for')
  )
): HTMLElement {
  head.catch(() => undefined);
  return render(
    <OutputView
      file={{ name, media_type, size: 4_000_000, digest: '' }}
      url="/outputs/file"
      readHead={() => head}
      trans={trans}
    />
  ).container;
}

function text(value: string, whole = true) {
  const bytes = Uint8Array.from([...value], one => one.charCodeAt(0));
  return Promise.resolve({ bytes, whole });
}

describe('OutputView', () => {
  it('shows a table with its numbers to the right', async () => {
    show('a.csv', 'text/csv', text('name,n\n<b>x</b>,1\n'));
    expect((await screen.findByText('<b>x</b>')).className).toBe('');
    expect(screen.getByText('1').className).toBe('jp-deploy-Number');
  });

  it('says that a text goes on', async () => {
    show('a.txt', 'text/plain', text('<script>1</script>', false));
    expect(await screen.findByText('<script>1</script>')).toBeTruthy();
    expect(screen.getByText('The beginning of 4.0 MB.')).toBeTruthy();
  });

  it('frames a page without the rights of this one', () => {
    const frame = show('a.html', 'text/html').querySelector('iframe');
    expect(frame?.getAttribute('sandbox')).toBe('allow-scripts');
  });

  it('says that an image is broken', () => {
    show('a.png', 'image/png');
    fireEvent.error(screen.getByRole('img', { name: 'a.png' }));
    expect(screen.getByRole('alert').textContent).toBe('This image is broken.');
  });

  it('says what the server complains about', async () => {
    const gone = new ApiError({ detail: 'It is no longer on disk.' });
    show('a.txt', 'text/plain', Promise.reject(gone));
    expect((await screen.findByRole('alert')).textContent).toContain(
      'It is no longer on disk.'
    );
  });
});
