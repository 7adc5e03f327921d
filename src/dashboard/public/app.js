import { getPipelines, getResources } from './net/api.js';
import { LiveHub } from './net/live-hub.js';
import { addRates } from './model/rates.js';
import { byId, h, setHidden, setText } from './parts/dom.js';
import { showNavigation } from './shell/navigation.js';
import { readHash, ROUTES } from './shell/routes.js';
import { SignIn } from './shell/sign-in.js';
import { Trouble } from './shell/trouble.js';

const POLL_MS = 1_000;
const FEED_TEXT = { live: 'Live', connecting: 'Connecting', away: 'Reconnecting' };

const trouble = new Trouble();
const signIn = new SignIn(() => {
  hub.reconnect();
  void poll();
});
const hub = new LiveHub(showFeed);

let pipelines;
let resources;
let view;
let shownHash;

function showFeed(state) {
  const feed = byId('feed');
  setHidden(feed, state === 'none');
  feed.dataset.state = state;
  setText(byId('feed-text'), FEED_TEXT[state] ?? '');
}

async function showView() {
  const { hash } = location;
  if (hash === shownHash || !pipelines) return;
  shownHash = hash;
  const { path, argument } = readHash(hash);
  const route = ROUTES.find((known) => known.path === path);
  showNavigation({ pipelines, resources }, path);
  document.title = `${argument ?? route?.title ?? 'Not found'} · Millrace`;
  const View = await route?.load();
  // Another one may have been asked for while it was loaded.
  if (hash !== location.hash) return;
  view?.close();
  const root = h('div', { class: 'view', id: `view-${path}` });
  byId('main').replaceChildren(root);
  view = View ? new View(root, { hub, pipelines, argument }) : undefined;
  if (!View) root.append(notFound());
}

function notFound() {
  return h(
    'section',
    { class: 'notice' },
    h('h1', {}, 'There is no such view'),
    h('p', {}, h('a', { href: '#/overview' }, 'Go to the overview')),
  );
}

async function poll() {
  try {
    pipelines = await getPipelines();
    resources ??= await getResources();
    addRates(pipelines, performance.now());
    trouble.good();
    showNavigation({ pipelines, resources }, readHash(location.hash).path);
    await showView();
    view?.update(pipelines);
  } catch (error) {
    if (error.status === 401) signIn.ask();
    trouble.bad(error);
  }
}

/** A page that nobody looks at asks for nothing. */
async function pollForEver() {
  if (!document.hidden) await poll();
  setTimeout(() => void pollForEver(), POLL_MS);
}

addEventListener('hashchange', () => {
  scrollTo(0, 0);
  void showView().catch((error) => trouble.bad(error));
});
showFeed('none');
void pollForEver();

// The address says which view is shown, so the link to it must not change the address.
byId('skip').addEventListener('click', (event) => {
  event.preventDefault();
  byId('main').focus();
});
