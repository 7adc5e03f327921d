import { bars } from '../../parts/bars.js';
import { count } from '../../parts/format.js';
import { Panel } from '../../parts/panel.js';

const SHOWN = 15;

/** How many users each group has, over all hours that the page knows: the largest first, or in the order of the names. */
export class GroupsPanel {
  #panel;
  #title;
  #inOrder;

  constructor({ title, id, inOrder = false }) {
    this.#title = title;
    this.#inOrder = inOrder;
    this.#panel = new Panel({ title, id });
    this.element = this.#panel.element;
    this.#panel.state('loading', 'Reading rows…');
  }

  show(followed) {
    const groups = totalsOf(followed.model);
    groups.sort(this.#inOrder ? byAge : (a, b) => b.users - a.users);
    this.#panel.follow(followed, groups.length === 0, 'Nobody has signed up yet.');
    const all = groups.reduce((sum, { users }) => sum + users, 0);
    this.#panel.subtitle(
      `${count(all)} users${groups.length > SHOWN ? `, the first ${SHOWN} of ${groups.length} groups` : ''}`,
    );
    const items = groups.slice(0, SHOWN).map(({ key, users }) => ({
      label: key || 'not given',
      value: users,
      note: all > 0 ? `${((users / all) * 100).toFixed(1)} %` : '',
      text: count(users),
    }));
    this.#panel.body(bars(this.#title, items));
  }
}

function totalsOf(model) {
  return model.keys().map((key) => ({
    key,
    users: model.rowsOf(key).reduce((sum, { row }) => sum + (row.values?.users ?? 0), 0),
  }));
}

/** `under 18` comes before `18-24`. */
function byAge(a, b) {
  return ageOf(a.key) - ageOf(b.key);
}

const ageOf = (band) => (band.startsWith('under') ? 0 : Number.parseInt(band, 10) || Infinity);
