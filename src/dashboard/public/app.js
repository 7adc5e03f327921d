import { getPipelines } from './api.js';
import { byId, h, setHidden, setText } from './dom.js';
import { PipelinePage } from './pipeline-page.js';

const POLL_MS = 1_000;

let page;

/** The pipeline of the address, `#name`, or the first one. */
function chosenName(pipelines) {
  const wanted = decodeURIComponent(location.hash.slice(1));
  return pipelines.some(({ name }) => name === wanted) ? wanted : pipelines[0]?.name;
}

function showTabs(pipelines, chosen) {
  const nav = byId('pipelines');
  const signature = JSON.stringify([pipelines.map(({ name, state }) => [name, state]), chosen]);
  if (nav.dataset.signature === signature) return;
  nav.dataset.signature = signature;
  nav.replaceChildren(
    ...pipelines.map(({ name, state }) =>
      h(
        'a',
        {
          class: 'tab',
          href: `#${encodeURIComponent(name)}`,
          'data-state': state,
          'aria-current': name === chosen && 'page',
        },
        h('span', { class: 'dot', role: 'img', 'aria-label': state }),
        name,
      ),
    ),
  );
}

function showNotice(title, text, problems = []) {
  byId('empty').replaceChildren(
    h('h1', {}, title),
    h('p', {}, text),
    ...(problems.length
      ? [h('ul', { class: 'problems' }, ...problems.map((problem) => h('li', {}, problem.text)))]
      : []),
  );
}

function showPipeline(pipelines) {
  const name = chosenName(pipelines);
  const pipeline = pipelines.find((candidate) => candidate.name === name);
  showTabs(pipelines, name);
  const runs = pipeline !== undefined && pipeline.state !== 'refused';
  setHidden(byId('pipeline'), !runs);
  setHidden(byId('empty'), runs);
  document.title = name ? `${name} · Millrace` : 'Millrace';
  if (!runs) {
    page?.close();
    page = undefined;
    setHidden(byId('feed'), true);
    if (pipeline)
      showNotice(`${name} was refused`, 'It does not run until its definition is put right.', pipeline.problems);
    else showNotice('No pipelines', 'Put a definition into the pipelines folder and start the service again.');
    return;
  }
  if (page?.name !== name) {
    page?.close();
    page = new PipelinePage(pipeline);
  }
  page.update(pipeline);
}

async function poll() {
  try {
    showPipeline(await getPipelines());
    setHidden(byId('trouble'), true);
    delete document.body.dataset.stale;
  } catch (error) {
    const isSilent = error instanceof TypeError || error.name === 'TimeoutError';
    const reason = isSilent ? 'The service does not answer.' : error.message;
    setText(byId('trouble'), `${reason} What is shown may be old; trying again.`);
    setHidden(byId('trouble'), false);
    document.body.dataset.stale = '';
  }
}

async function pollForEver() {
  await poll();
  setTimeout(() => void pollForEver(), POLL_MS);
}

addEventListener('hashchange', () => void poll());
void pollForEver();
