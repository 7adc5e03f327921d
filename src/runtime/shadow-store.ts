import type { StateStore } from '../core/ports/state-store.port';
import { shadowOf, type TaskId } from '../core/task/task-id';

/** The store as a rebuild sees it: what it asks of a task goes to the state of the rebuild, and not to that in force. */
export function shadowStore(store: StateStore, generation: bigint): StateStore {
  const shadow = (task: TaskId): TaskId => shadowOf(task, generation);
  return {
    deploy: (pipeline, proposed) => store.deploy(pipeline, proposed),
    deployment: (pipeline) => store.deployment(pipeline),
    redeploy: (pipeline, next, partitions) => store.redeploy(pipeline, next, partitions),
    claim: (task, owner) => store.claim(shadow(task), owner),
    commit: (task, token, delta) => store.commit(shadow(task), token, delta),
    standing: (task) => store.standing(shadow(task)),
    load: (task, refs) => store.load(shadow(task), refs),
    scan: (task, segment) => store.scan(shadow(task), segment),
    peek: (task) => store.peek(shadow(task)),
  };
}
