import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { leaving } from '../support/notebooks';
import { expect, test } from '../support/test';
import type { Server } from '../support/server';

/** A failed run with a parameter, and files of each kind. */
async function failedRun(server: Server, name: string): Promise<number> {
  await server.deploy(name, await server.write(`${name}.ipynb`, leaving));
  const id = await server.run(name, { region: 'us' });
  await server.waitFor(id, 'failed');
  return id;
}

async function openDocument(page: Page, id: number): Promise<void> {
  await page.waitForFunction(() =>
    window.jupyterapp?.commands.hasCommand('deploy:open-document')
  );
  await page.evaluate(async run => {
    await window.jupyterapp.commands.execute('deploy:open-document', {
      id: run
    });
  }, id);
}

test('an executed notebook is a document to be read', async ({
  page,
  server,
  deployments
}) => {
  const id = await failedRun(server, 'read');
  const before = await server.files();
  const sessions = await server.sessions();
  const failing = page
    .locator('.jp-NotebookPanel .jp-Cell')
    .filter({ hasText: 'prices["pear"]' });
  await deployments.openRun(id);
  await deployments.main
    .getByRole('button', { name: 'Open as document' })
    .click();

  await test.step('at the failing cell, without a kernel', async () => {
    const tab = page.getByRole('tab', { name: `run ${id}.ipynb` });
    await expect(tab).toHaveAttribute('aria-selected', 'true');
    await expect(failing.first()).toBeInViewport();
    await expect(page.getByText("KeyError: 'pear'").last()).toBeInViewport();
    await expect(page.getByText('notebook is read-only')).toBeVisible();
    await expect(page.getByText('No Kernel').first()).toBeVisible();
    await expect(tab).not.toHaveClass(/jp-mod-dirty/);
    expect(await server.sessions()).toEqual(sessions);
    await page.screenshot({ path: test.info().outputPath('document.png') });
  });

  await test.step('nothing is typed, nothing is saved', async () => {
    const editor = failing.first().locator('.cm-content');
    await expect(editor).toHaveAttribute('aria-readonly', 'true');
    await editor.press('x');
    await expect(editor).toHaveText('prices = {region: 1}prices["pear"]');
    const sentence = await page.evaluate(async path => {
      const { contents } = window.jupyterapp.serviceManager;
      try {
        await contents.save(path, { type: 'notebook', format: 'json' });
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    }, `Runs:read/run ${id}.ipynb`);
    expect(sentence).toBe('The results of a run cannot be changed.');
    await page.menu.clickMenuItem('File>Save Notebook As…');
    await deployments.dialog.getByRole('textbox').fill('mine.ipynb');
    await deployments.press('Save');
    await expect(deployments.dialog).toContainText(
      'The results of a run cannot be changed.'
    );
    await deployments.press('Close');
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
    await expect(deployments.dialog).toContainText(
      `This is what run ${id} left`
    );
    await deployments.press('Close');
    expect(await server.files()).toEqual(before);
  });
});

test('a document is there again after a reload', async ({
  context,
  server
}) => {
  const id = await failedRun(server, 'again');
  const sessions = await server.sessions();
  const page = await context.newPage();
  const panel = page.locator('.jp-NotebookPanel');
  await page.goto('/lab/workspaces/outputs?reset');
  await expect(page.locator('#jupyterlab-splash')).toHaveCount(0);
  const saved = page.waitForResponse(
    answer =>
      answer.url().includes('/api/workspaces/') &&
      answer.request().method() === 'PUT' &&
      (answer.request().postData() ?? '').includes(`run ${id}.ipynb`)
  );
  await openDocument(page, id);
  await saved;
  await page.reload();
  await expect(panel.getByText('notebook is read-only')).toBeVisible();
  await expect(panel.getByText('region = "us"').first()).toBeVisible();
  await expect(panel.getByText('No Kernel').first()).toBeVisible();
  expect(await server.sessions()).toEqual(sessions);
});

test('what cannot be opened says why', async ({ page, server }) => {
  const id = await failedRun(server, 'gone');
  const sentences = await page.evaluate(
    async paths => {
      const { contents } = window.jupyterapp.serviceManager;
      const ask = (path: string): Promise<string> =>
        contents.get(path).then(
          model => model.type,
          error => (error as Error).message
        );
      return Promise.all(paths.map(ask));
    },
    ['Runs:', 'Runs:gone', `Runs:other/run ${id}.ipynb`, 'Runs:gone/none']
  );
  expect(sentences).toEqual([
    'directory',
    'directory',
    `There is no run at “other/run ${id}.ipynb”.`,
    'There is no run at “gone/none”.'
  ]);
});

test('a draft has the source, the parameters and a name of its own', async ({
  page,
  server,
  deployments
}) => {
  const id = await failedRun(server, 'tried');
  const name = `tried (run ${id})`;
  await page.filebrowser.openDirectory(server.folder);
  for (const file of [`${name}.ipynb`, `${name} 2.ipynb`]) {
    await deployments.openRun(id);
    await deployments.main
      .getByRole('button', { name: 'Open as draft' })
      .click();
    await expect(page.getByRole('tab', { name: file })).toHaveAttribute(
      'aria-selected',
      'true'
    );
    const failing = page
      .locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell')
      .filter({ hasText: 'prices["pear"]' });
    await expect(failing.first()).toBeInViewport();
    const { cells, metadata } = await server.read(`${server.folder}/${file}`);
    expect(metadata.kernelspec?.name).toBe('python3');
    expect(cells).toHaveLength(leaving.cells.length + 1);
    expect(cells[1].source).toContain('region = "us"');
    expect(cells.flatMap(cell => cell.outputs ?? [])).toEqual([]);
  }
  expect(await server.files()).toEqual([
    `${name} 2.ipynb`,
    `${name}.ipynb`,
    'tried.ipynb'
  ]);
});

test('everything can be downloaded', async ({ page, server, deployments }) => {
  test.slow(); // a browser is started for the PDF
  const id = await failedRun(server, 'kept');
  await deployments.openRun(id);
  const download = async (item: string): Promise<[string, string]> => {
    await deployments.main.getByRole('button', { name: 'Download' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: item, exact: true }).click()
    ]);
    const content = await readFile(await file.path(), 'utf-8');
    return [file.suggestedFilename(), content];
  };
  const expected: [string, string, RegExp][] = [
    ['Notebook (.ipynb)', `kept-${id}.ipynb`, /"nbformat": 4/],
    ['Web page (HTML)', `kept-${id}.html`, /broken\.png/],
    ['Web page without code', `kept-${id}.html`, /line 79/],
    ['PDF', `kept-${id}.pdf`, /^%PDF/],
    ['Markdown', `kept-${id}.md`, /```python/],
    ['Script', `kept-${id}.py`, /^#!/],
    ['scores.csv (122 kB)', 'scores.csv', /^id,name,score/]
  ];
  for (const [item, name, content] of expected) {
    await test.step(item, async () => {
      const found = await download(item);
      expect(found[0]).toBe(name);
      expect(found[1]).toMatch(content);
      if (item === 'Web page without code') {
        expect(found[1]).not.toContain('broken.png');
      }
    });
  }
});

test('what cannot be made is said on the page', async ({
  page,
  server,
  deployments
}) => {
  const id = await failedRun(server, 'unmade');
  await deployments.openRun(id);
  await page.route('**/outputs/output.ipynb?format=pdf*', async route => {
    const { hostname, port } = new URL(route.request().url());
    const address = `http://${hostname}:${port}/jupyter-deploy/api/v1/runs/${id}/outputs/output.ipynb?format=docx`;
    await route.fulfill({ response: await route.fetch({ url: address }) });
  });
  await deployments.main.getByRole('button', { name: 'Download' }).click();
  await page.getByRole('menuitem', { name: 'PDF' }).click();
  await expect(deployments.main.getByRole('alert')).toContainText(
    "cannot be had as 'docx'"
  );
});

test('files are shown and nothing in them acts', async ({
  page,
  server,
  deployments
}) => {
  const id = await failedRun(server, 'shown');
  const { dialog, main } = deployments;
  for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
    await page.theme.setTheme(theme);
    await deployments.openRun(id);
    const shoot = (name: string): Promise<Buffer> =>
      page.screenshot({ path: test.info().outputPath(`${theme}-${name}.png`) });
    const view = async (file: string): Promise<void> => {
      await main.getByRole('button', { name: `View ${file}` }).click();
      await expect(dialog).toBeVisible();
    };

    await test.step(`${theme}: a table`, async () => {
      await view('scores.csv');
      await expect(dialog.getByRole('row')).toHaveCount(101);
      await expect(
        dialog.getByRole('cell', { name: 'name, 7', exact: true })
      ).toBeVisible();
      await expect(dialog.getByText('The first 100 rows.')).toBeAttached();
      await shoot('table');
      const { violations } = await new AxeBuilder({ page })
        .include('.jp-deploy-OutputDialog')
        .analyze();
      const serious = violations.filter(one =>
        ['serious', 'critical'].includes(one.impact ?? '')
      );
      expect(serious.map(one => one.id)).toEqual([]);
      await deployments.press('Close');
    });

    await test.step(`${theme}: images`, async () => {
      await view('plot.png');
      await expect(dialog.getByRole('img')).toHaveJSProperty(
        'naturalWidth',
        240
      );
      await shoot('image');
      await deployments.press('Close');
      await view('broken.png');
      await expect(dialog.getByRole('alert')).toHaveText(
        'This image is broken.'
      );
      await deployments.press('Close');
    });

    await test.step(`${theme}: text and a page`, async () => {
      await view('notes.log');
      await expect(dialog.getByText('<b>not bold</b>')).toBeVisible();
      await expect(dialog.getByText('The beginning of 480 kB.')).toBeAttached();
      await deployments.press('Close');
      await view('page.html');
      const frame = dialog.frameLocator('iframe');
      await expect(
        frame.getByRole('heading', { name: 'Report' })
      ).toBeVisible();
      await shoot('page');
      await deployments.press('Close');
      await expect(page).not.toHaveTitle('broken into');
      await expect(
        main.getByRole('button', { name: 'View model.bin' })
      ).toHaveCount(0);
    });

    await main.getByRole('button', { name: 'Download' }).click();
    await expect(page.getByRole('menuitem', { name: 'PDF' })).toBeVisible();
    await shoot('menu');
    await page.keyboard.press('Escape');
    await page.activity.closeAll();
  }
});
