import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepare } from './place';

/** An environment of an author's own with a kernel of this name. */
export function makeAuthor(name: string): void {
  const { home } = prepare();
  const folder = join(home, name);
  const python = join(folder, 'bin', 'python');
  execFileSync('uv', ['--quiet', 'venv', folder]);
  install(name, 'ipykernel', 'six==1.16.0');
  const spec = join(home, 'data', 'kernels', name);
  mkdirSync(spec, { recursive: true });
  const kernel = {
    argv: [python, '-m', 'ipykernel_launcher', '-f', '{connection_file}'],
    display_name: name,
    language: 'python'
  };
  writeFileSync(join(spec, 'kernel.json'), JSON.stringify(kernel));
}

/** The author changes the environment. */
export function install(name: string, ...packages: string[]): void {
  const python = join(prepare().home, name, 'bin', 'python');
  const command = ['--quiet', 'pip', 'install', '--python', python];
  const env = { ...process.env, UV_SYSTEM_CERTS: '1' };
  execFileSync('uv', [...command, ...packages], { env });
}
