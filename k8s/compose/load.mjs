import { mustRun } from '../../stack/run.mjs';
import { docker, imageId } from '../e2e/docker.mjs';
import { SERVICE } from '../e2e/images.mjs';

/** As compose names the image of the service that it would build itself: by project and service. */
const OF_COMPOSE = 'millrace-millrace:latest';

/** Puts the images of archives into the daemon's store, each under the name that docker-compose.yml has for it. */
export async function loadImages(archives) {
  for (const archive of archives) {
    const { name, id } = await describe(archive);
    if ((await imageId(name)) !== id) await docker(['load', '-q', '-i', archive]);
  }
  await docker(['tag', SERVICE, OF_COMPOSE]);
}

async function describe(archive) {
  const [{ Config, RepoTags }] = JSON.parse(await mustRun('tar', ['-xOf', archive, 'manifest.json']));
  return { name: RepoTags[0], id: `sha256:${Config.replace(/^blobs\/sha256\/|\.json$/g, '')}` };
}
