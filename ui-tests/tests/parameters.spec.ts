import { expectAccessible } from '../support/axe';
import { notebook } from '../support/notebooks';
import { expect, test } from '../support/test';

const THEMES = ['JupyterLab Light', 'JupyterLab Dark'];

test('a value of the notebook becomes a parameter', async ({
  page,
  server,
  deployments
}) => {
  const { dialog } = deployments;
  const path = await server.write(
    'untagged.ipynb',
    notebook(
      'import math\nregion = "eu"\nlimit = 3',
      'print(region, math.sqrt(limit))'
    )
  );
  await page.notebook.openByPath(path);
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(dialog).toContainText('None. Tag a cell “parameters”');
  await dialog.getByText('Make a value of the notebook a parameter').click();
  const values = dialog.getByRole('list', { name: 'Values of the notebook' });
  await expect(values.getByRole('listitem')).toHaveText([
    /region = 'eu'\s*cell 1/,
    /limit = 3\s*cell 1/
  ]);
  const make = values.getByRole('button', { name: 'Make region a parameter…' });
  await make.press('Enter');
  const shown = dialog.getByRole('group', { name: 'Change of the notebook' });
  await expect(shown).toContainText('New before cell 1, tagged “parameters”');
  await expect(shown.locator('del')).toContainText('region = "eu"');
  for (const theme of THEMES) {
    await page.theme.setTheme(theme);
    await page.screenshot({ path: test.info().outputPath(`${theme}.png`) });
    await expectAccessible(page, '.jp-deploy-Dialog');
  }
  await dialog.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(dialog.getByLabel('region')).toHaveValue('eu');
  await expect(values.getByRole('listitem')).toHaveText([/limit = 3/]);
  const { cells } = await server.read(path);
  expect(cells.map(({ source }) => source)).toEqual([
    'region = "eu"',
    'import math\nlimit = 3',
    'print(region, math.sqrt(limit))'
  ]);
  expect(cells[0].metadata).toMatchObject({ tags: ['parameters'] });
});
