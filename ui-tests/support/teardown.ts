import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { prepare } from './place';

/** The engine outlives the server by design; here it goes with it. */
export default function teardown(): void {
  const { home, environment } = prepare();
  const stopped = spawnSync('jupyter', ['deploy', 'engine', 'stop'], {
    env: environment,
    encoding: 'utf-8',
    timeout: 60_000
  });
  if (stopped.status !== 0) {
    throw new Error(`The engine did not stop: ${stopped.stderr}`);
  }
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
