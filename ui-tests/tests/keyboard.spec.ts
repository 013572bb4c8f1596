import { quick, report } from '../support/notebooks';
import { expect, test } from '../support/test';

test('deploying and running need no mouse', async ({
  page,
  server,
  deployments
}) => {
  const { dialog, main, panel } = deployments;
  const { keyboard } = page;
  const choose = async (command: string): Promise<void> => {
    await keyboard.press('Control+Shift+C');
    await expect(page.locator('.lm-CommandPalette-input')).toBeFocused();
    await keyboard.type(command);
    await expect(
      page.locator('.lm-CommandPalette-item.lm-mod-active')
    ).toContainText(command);
    await keyboard.press('Enter');
  };
  await server.write('helper.py', 'x = 1');
  await server.write('other.py', 'y = 2');
  await server.deploy('other', await server.write('other.ipynb', quick));
  await page.notebook.openByPath(await server.write('sales.ipynb', report));
  // The notebook takes the focus once more when its kernel is there.
  await expect(page.getByText('Python 3 (ipykernel) | Idle')).toBeVisible();
  await expect(page.locator('.jp-Notebook :focus')).toHaveCount(1);

  await test.step('from the command palette into the name', async () => {
    await choose('Deploy Notebook');
    await expect(dialog.getByLabel('Name', { exact: true })).toBeFocused();
    await keyboard.press('Control+A');
    await keyboard.type('keys');
  });

  await test.step('from field to field', async () => {
    await keyboard.press('Tab');
    await keyboard.press('ArrowDown');
    await expect(dialog.getByLabel('on a schedule')).toBeChecked();
    await keyboard.press('Tab');
    await expect(dialog.getByLabel('How often')).toBeFocused();
    await keyboard.type('Every day');
    await expect(dialog.getByLabel('Cron')).toHaveValue('0 6 * * *');
  });

  await test.step('Enter makes a line where there are lines', async () => {
    await dialog.getByLabel('Files').focus();
    await keyboard.type('helper.py');
    await keyboard.press('Enter');
    await keyboard.type('other.py');
    await expect(dialog.getByLabel('Files')).toHaveValue('helper.py\nother.py');
    await expect(dialog.getByText('2 files, 10 B')).toBeVisible();
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await expect(dialog.getByText('other.py', { exact: true })).toBeVisible();
  });

  await test.step('Enter deploys, Enter runs', async () => {
    await dialog.getByLabel('region str').focus();
    await keyboard.press('Enter');
    await expect(dialog).toContainText('Version 1 of “keys” is live');
    await expect(dialog.getByRole('button', { name: 'Run now' })).toBeFocused();
    await keyboard.press('Enter');
    await expect(main.getByRole('status')).toContainText('Succeeded in');
  });

  await test.step('arrows and Enter in the panel', async () => {
    await choose('Show Deployments');
    const grid = panel.getByRole('grid');
    await expect(grid).toBeFocused();
    await keyboard.press('ArrowDown');
    await expect(panel.getByRole('row', { selected: true })).toContainText(
      'keys'
    );
    await keyboard.press('ArrowDown');
    await expect(panel.getByRole('row', { selected: true })).toContainText(
      'other'
    );
    await keyboard.press('Home');
    await keyboard.press('ContextMenu');
    await expect(page.getByRole('menuitem', { name: 'Run now' })).toBeVisible();
    await keyboard.press('Escape');
    await expect(grid).toBeFocused();
    await keyboard.press('Shift+F10');
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await expect(main.getByRole('heading', { name: 'keys' })).toBeVisible();
  });

  await test.step('and in the list of runs', async () => {
    const runs = main.getByRole('grid', { name: 'Runs' });
    await expect(runs.getByRole('row').last()).toContainText('Succeeded');
    await runs.focus();
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await expect(main.getByRole('status')).toContainText('Succeeded in');
  });
});
