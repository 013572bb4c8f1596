import { expectAccessible } from '../support/axe';
import { notebook } from '../support/notebooks';
import { expect, test } from '../support/test';

const THEMES = ['JupyterLab Light', 'JupyterLab Dark'];

test('a version is tried, mended by a click, and goes live', async ({
  page,
  server,
  deployments
}) => {
  test.slow();
  const { dialog, main } = deployments;
  await server.write('figures.csv', 'a,b\n1,2\n');
  const path = await server.write(
    'tried.ipynb',
    notebook(
      "import time\ntime.sleep(2)\nname = 'figures' + '.csv'",
      'print(open(name).read())'
    )
  );
  await page.notebook.openByPath(path);
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await dialog.getByText('More: check').click();
  await dialog.getByLabel('Check before it goes live').selectOption('full');
  await deployments.press('Check and deploy');

  await test.step('its progress is shown', async () => {
    await expect(dialog.getByRole('status')).toContainText(
      'Version 1 is tried, in an empty folder'
    );
    await expect(dialog.getByRole('progressbar')).toBeVisible({
      timeout: 60_000
    });
    await page.screenshot({ path: test.info().outputPath('progress.png') });
  });

  await test.step('why it did not go live is said', async () => {
    await expect(dialog.getByRole('alert')).toContainText(
      'Version 1 did not go live. Cell 2: FileNotFoundError',
      { timeout: 60_000 }
    );
    for (const theme of THEMES) {
      await page.theme.setTheme(theme);
      await page.screenshot({ path: test.info().outputPath(`${theme}.png`) });
      await expectAccessible(page, '.jp-deploy-Dialog');
    }
  });

  await test.step('one click takes the file along', async () => {
    await dialog
      .getByRole('button', { name: 'Take along figures.csv' })
      .click();
    await expect(dialog.getByLabel('Files')).toHaveValue('figures.csv');
    await deployments.press('Check and deploy');
    await expect(dialog).toContainText('Version 2 of “tried” is live', {
      timeout: 90_000
    });
    await expect(dialog).toContainText('of memory');
    await page.screenshot({ path: test.info().outputPath('live.png') });
    await deployments.press('Open');
  });

  await test.step('its versions tell how they were tried', async () => {
    await main.getByRole('tab', { name: 'Versions' }).click();
    await expect(main.getByRole('row').nth(1)).toContainText('full, ok');
    await expect(main).toContainText('full, failed in cell 2');
    await page.screenshot({ path: test.info().outputPath('versions.png') });
  });
});

test('a rejected version leaves what is live', async ({
  page,
  server,
  deployments
}) => {
  const { main, panel } = deployments;
  const path = await server.write('kept.ipynb', notebook('print(1)'));
  await server.deploy('kept', path);
  await server.write('kept.ipynb', notebook('1 / 0'));
  await server.deploy('kept', path, { preflight: 'full' });
  await deployments.openPanel();
  await expect(deployments.row('kept')).toContainText('version 2', {
    timeout: 60_000
  });
  await expect(deployments.row('kept')).toContainText('was rejected', {
    timeout: 60_000
  });
  await deployments.openDeployment('kept');
  await expect(main).toContainText('version 2 was rejected, cell 1: ZeroDiv');
  for (const theme of THEMES) {
    await page.theme.setTheme(theme);
    await page.screenshot({ path: test.info().outputPath(`${theme}.png`) });
    await expectAccessible(page, '.jp-deploy-Header');
  }
  await expect(panel).toBeVisible();
  await main.getByRole('button', { name: 'Show its run' }).click();
  await expect(main.getByRole('status')).toContainText('Failed in cell 1');
});

test('a change of the notebook is shown and asked for', async ({
  page,
  server,
  deployments
}) => {
  const { dialog } = deployments;
  const path = await server.write(
    'asking.ipynb',
    notebook(
      'import os\ntoken = "f7a91c03be5d2846"',
      'n = int(input("?"))',
      'n'
    )
  );
  await page.notebook.openByPath(path);
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  const open = dialog.getByRole('button', { name: 'Change the notebook…' });
  const change = dialog.getByRole('button', { name: 'Change', exact: true });
  const shown = dialog.getByRole('group', { name: 'Change of the notebook' });
  const sources = async (): Promise<string[]> =>
    (await server.read(path)).cells.map(cell => String(cell.source));

  await test.step('it is shown before and after, and can be left', async () => {
    await expect(open).toHaveCount(2);
    await open.first().press('Enter');
    await expect(shown).toContainText('Cell 1');
    await expect(shown.locator('del')).toContainText('"f7a91c03be5d2846"');
    await expect(shown.locator('ins')).toContainText('os.environ["TOKEN"]');
    for (const theme of THEMES) {
      await page.theme.setTheme(theme);
      await page.screenshot({
        path: test.info().outputPath(`change-${theme}.png`)
      });
      await expectAccessible(page, '.jp-deploy-Dialog');
    }
    await dialog.getByRole('button', { name: 'Leave it' }).click();
    await expect(shown).toBeHidden();
    await expect(open.first()).toBeFocused();
    expect((await sources())[0]).toContain('f7a91c03be5d2846');
  });

  await test.step('it is made in the notebook and the form', async () => {
    await open.first().click();
    await change.press('Enter');
    await expect(open).toHaveCount(1);
    await dialog.getByText('More: check').click();
    await expect(dialog.getByRole('checkbox', { name: 'TOKEN' })).toBeChecked();
    expect(await sources()).toEqual([
      'import os\ntoken = os.environ["TOKEN"]',
      'n = int(input("?"))',
      'n'
    ]);
  });

  await test.step('a new parameter has its field', async () => {
    await open.click();
    await expect(shown).toContainText('New before cell 1, tagged “parameters”');
    await change.click();
    await expect(open).toHaveCount(0);
    await expect(dialog.getByLabel('n int')).toHaveValue('0');
    await page.screenshot({ path: test.info().outputPath('changed.png') });
  });

  await test.step('it can be undone in the notebook', async () => {
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await page.notebook.getCellTextInput(0)).toBe('n = 0');
    expect(await page.notebook.getCellTextInput(1)).toContain('os.environ');
    await page.menu.clickMenuItem('Edit>Undo Cell Operation');
    await expect
      .poll(() => page.notebook.getCellTextInput(0))
      .toContain('import os');
  });
});

test('a rejected version offers it too, of a notebook that is not open', async ({
  page,
  server,
  deployments
}) => {
  test.slow();
  const { dialog } = deployments;
  const alert = dialog.getByRole('alert');
  const path = await server.write(
    'far.ipynb',
    notebook('rows = open("/mnt/no-such-disk/rows.csv").read()')
  );
  await page.filebrowser.refresh();
  await page
    .getByRole('listitem', { name: /far\.ipynb/ })
    .click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Deploy Notebook' }).click();
  await dialog.getByText('More: check').click();
  await dialog.getByLabel('Check before it goes live').selectOption('full');
  await deployments.press('Check and deploy');
  await expect(alert).toContainText('did not go live', { timeout: 60_000 });
  await alert.getByRole('button', { name: 'Change the notebook…' }).click();
  await alert.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(dialog.getByLabel('rows_path')).toHaveValue(
    '/mnt/no-such-disk/rows.csv'
  );
  await expect(alert).not.toContainText('leads out of the project');
  const { cells } = await server.read(path);
  expect(cells.map(cell => String(cell.source))).toEqual([
    'rows_path = "/mnt/no-such-disk/rows.csv"',
    'rows = open(rows_path).read()'
  ]);
  expect(cells[0].metadata).toMatchObject({ tags: ['parameters'] });
});
