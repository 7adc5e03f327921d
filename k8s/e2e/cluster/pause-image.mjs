import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '../../../stack/run.mjs';
import { kubeCache, once } from '../../check/go.mjs';

/** What holds a pod's namespaces open: it waits for a signal, and buries the children that nobody else does. */
const PROGRAM = `
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
static void end(int number) { _exit(0); }
static void bury(int number) { while (waitpid(-1, 0, WNOHANG) > 0); }
int main() { signal(SIGINT, end); signal(SIGTERM, end); signal(SIGCHLD, bury); for (;;) pause(); }
`;

/** The archive of an image named `name` of one static program, made once. */
export function pauseImage(name) {
  return once(kubeCache('images', 'pause-1.tar'), async (folder) => {
    mkdirSync(join(folder, 'image'));
    writeFileSync(join(folder, 'pause.c'), PROGRAM);
    await mustRun('gcc', ['-static', '-Os', '-s', '-o', 'pause', 'pause.c'], { cwd: folder });
    await mustRun('tar', ['-cf', 'image/layer.tar', 'pause'], { cwd: folder });
    const layer = createHash('sha256')
      .update(readFileSync(join(folder, 'image/layer.tar')))
      .digest('hex');
    const config = JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Entrypoint: ['/pause'], User: '65535:65535' },
      rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    });
    writeFileSync(join(folder, 'image/config.json'), config);
    const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }];
    writeFileSync(join(folder, 'image/manifest.json'), JSON.stringify(manifest));
    await mustRun('tar', ['-cf', 'pause.tar', '-C', 'image', '.'], { cwd: folder });
    return join(folder, 'pause.tar');
  });
}
