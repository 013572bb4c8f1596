import { nullTranslator } from '@jupyterlab/translation';
import type { IDeployment } from '../../common/types';
import { run } from '../../run/__tests__/fixtures';
import { deploymentLine } from '../summary';

const trans = nullTranslator.load('jupyterlab_deploy');
const now = new Date(2026, 10, 24, 12);
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const today = new Date(2026, 10, 24, 6, 2).toISOString();
const tomorrow = new Date(2026, 10, 25, 6).toISOString();

function line(part: Partial<IDeployment>): string {
  const deployment = {
    version: 4,
    created_at: new Date(2026, 10, 12).toISOString(),
    created_by: 'anna',
    schedule: { cron: '0 6 * * *', timezone: ZONE },
    schedule_text: 'Daily at 06:00',
    next_fires: [tomorrow],
    paused: false,
    recent: [],
    last_run: null,
    ...part
  } as unknown as IDeployment;
  return deploymentLine(deployment, now, trans).join(' · ');
}

it('says what it is and how it is', () => {
  const good = run({ ended_at: today });
  const failed = run({ id: 8, state: 'failed' });
  expect(line({ recent: [good, failed], last_run: failed })).toBe(
    'Runs daily at 06:00 · next tomorrow 06:00 · last good today 06:02 · version 4 of Nov 12 by anna'
  );
});

it("names a time zone that is not the reader's, and no random user", () => {
  const schedule = { cron: '0 6 * * *', timezone: 'Pacific/Chatham' };
  const created_by = '8388c7c87abe42d2a786b206ee223254';
  expect(line({ schedule, created_by } as never)).toBe(
    'Runs daily at 06:00 (Pacific/Chatham) · next tomorrow 06:00 · never run yet · version 4 of Nov 12'
  );
});

it('does not promise a next run while paused', () => {
  expect(line({ paused: true, created_by: null })).toBe(
    'Paused, otherwise runs daily at 06:00 · never run yet · version 4 of Nov 12'
  );
});

it('knows a deployment without schedule that never succeeded', () => {
  const failed = run({ state: 'failed' });
  expect(
    line({
      schedule: null,
      schedule_text: null,
      next_fires: [],
      recent: [failed],
      last_run: failed
    })
  ).toBe(
    'Runs when you start it · no recent run succeeded · version 4 of Nov 12 by anna'
  );
});
