import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { IPlace } from './place';
import { prepare, WORKERS } from './place';

/** Engines outlive their servers by design; here they go with them. */
export default function teardown(): void {
  for (let worker = 0; worker < WORKERS; worker++) {
    clear(prepare(worker));
  }
}

function clear({ home, environment }: IPlace): void {
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
