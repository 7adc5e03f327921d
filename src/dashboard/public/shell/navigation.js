import { byId, h } from '../parts/dom.js';
import { isOffered, ROUTES } from './routes.js';

/** The views that there is something to show of. */
export function showNavigation({ pipelines, resources }, chosenPath) {
  const nav = byId('views');
  const offered = ROUTES.filter((route) => isOffered(route, pipelines, resources));
  const signature = JSON.stringify([offered.map(({ path }) => path), chosenPath]);
  if (nav.dataset.signature === signature) return;
  nav.dataset.signature = signature;
  const focused = nav.contains(document.activeElement) ? document.activeElement.getAttribute('href') : undefined;
  nav.replaceChildren(
    ...offered.map(({ path, title }) =>
      h('a', { class: 'tab', href: `#/${path}`, 'aria-current': path === chosenPath && 'page' }, title),
    ),
  );
  const current = nav.querySelector('[aria-current]');
  if (focused) [...nav.children].find((link) => link.getAttribute('href') === focused)?.focus();
  if (current) nav.scrollLeft = Math.max(0, current.offsetLeft - nav.offsetLeft - 16);
}
